package dev.orrery.gateway;

import dev.orrery.channel.ChannelDefinition;
import dev.orrery.core.OrreryException;

/** What a client is told when a command about a channel was refused. // law G6 */
final class Refusal {
    private static final System.Logger LOG = System.getLogger(Refusal.class.getName());

    private Refusal() {}

    static Reply.Failed of(long id, OrreryException refused) {
        return switch (refused) {
            case OrreryException.Missing _ -> ErrorCode.UNKNOWN_CHANNEL.reply(id);
            case OrreryException.Denied _ -> ErrorCode.PERMISSION_DENIED.reply(id);
            case OrreryException.LimitExceeded limit ->
                    (limit.limit().equals(ChannelDefinition.CLIENT_RATE)
                                    ? ErrorCode.TOO_MANY_REQUESTS
                                    : ErrorCode.LIMIT_EXCEEDED)
                            .reply(id, limit.getMessage());
            case OrreryException.Unsupported unsupported ->
                    ErrorCode.NOT_AVAILABLE.reply(id, unsupported.getMessage());
            case OrreryException.StaleCursor stale ->
                    ErrorCode.UNRECOVERABLE_POSITION.reply(id, stale.getMessage());
            default -> Failure.of(refused).reply(id);
        };
    }

    static Reply.Failed of(long id, RuntimeException failure) {
        LOG.log(System.Logger.Level.WARNING, "a command failed: {0}", failure);
        LOG.log(System.Logger.Level.DEBUG, "a command failed", failure);
        return ErrorCode.INTERNAL.reply(id, "see the server's log");
    }
}
