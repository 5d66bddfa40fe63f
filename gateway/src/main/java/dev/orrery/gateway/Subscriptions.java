package dev.orrery.gateway;

import dev.orrery.channel.Attachment;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Join;
import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one client follows, by channel.
 *
 * <p>Its session's reader is the only one to add; a pump ends its own subscription, and the writer
 * ends what expired.
 */
final class Subscriptions implements Follow.Over {
    /*
     * The race of two ends. A pump meets a gap and says so with a push while the client, which has not seen it, leaves
     * and joins again. The push must not reach the client after the reply to its new subscription, which it would end.
     * Hence a follow the client left, or replaced, marks itself as left, and what it queued is not written any more; and
     * a follow that is ending no longer counts as subscribed, or the client that comes back at once would be refused.
     */
    private final Services services;
    private final SessionWriter writer;
    private final Over session;
    private final Map<String, Follow> follows = new ConcurrentHashMap<>();
    private volatile boolean expiring;

    /** Whether the session these belong to is over. */
    @FunctionalInterface
    interface Over {
        boolean over();
    }

    Subscriptions(Services services, SessionWriter writer, Over session) {
        this.services = services;
        this.writer = writer;
        this.session = session;
    }

    void subscribe(Connection opened, Command.Subscribe command) {
        @Nullable Follow old = follows.get(command.channel());
        if (old != null && !old.ended()) {
            writer.send(ErrorCode.ALREADY_SUBSCRIBED.reply(command.id()));
            return;
        }
        if (old != null) {
            old.leave();
        }
        try {
            switch (credentials(opened, command)) {
                case Credentials.Expired() ->
                        writer.send(ErrorCode.TOKEN_EXPIRED.reply(command.id()));
                case Credentials.Bad(String why) ->
                        writer.send(
                                ErrorCode.PERMISSION_DENIED.reply(
                                        command.id(), "the channel's token: " + why));
                case Credentials.Good good -> follow(opened, command, good);
            }
        } catch (OrreryException.Closed | OrreryException.Cancelled ended) {
            throw ended;
        } catch (OrreryException refused) {
            writer.send(Refusal.of(command.id(), refused));
        } catch (RuntimeException failure) {
            writer.send(Refusal.of(command.id(), failure));
        }
    }

    /** As whom it is joined: as the session's principal, when no token says more. */
    private Credentials credentials(Connection opened, Command.Subscribe command) {
        return command.token().isEmpty()
                ? new Credentials.Good(opened.principal(), Optional.empty())
                : services.authenticator()
                        .checkFor(opened.principal(), command.channel(), command.token());
    }

    private void follow(Connection opened, Command.Subscribe command, Credentials.Good good) {
        Optional<String> after =
                command.recover()
                        ? Optional.of(command.epoch() + ":" + command.offset())
                        : Optional.empty();
        Optional<Principal> who =
                command.token().isEmpty() ? Optional.empty() : Optional.of(good.principal());
        Attachment attachment =
                opened.attach(
                        new Join(
                                command.channel(),
                                after,
                                command.data(),
                                command.joinLeave(),
                                who));
        start(
                command.id(),
                new Follow(services, writer, attachment, Expiry.at(good.until(), services), this));
    }

    private void start(long id, Follow follow) {
        String channel = follow.attachment().channel();
        if (follow.expiry().deadline().isPresent()) {
            expiring = true;
        }
        try {
            Reply reply = follow.begin(id);
            follows.put(channel, follow);
            writer.send(reply);
            services.threads().newThread(follow).start();
        } catch (RuntimeException failure) {
            follow.leave();
            follows.remove(channel, follow);
            throw failure;
        }
    }

    /** Goes on with a subscription as a newer token says. */
    Reply refresh(Connection opened, Command.SubRefresh command) {
        try {
            Follow follow = find(command.channel());
            return switch (services.authenticator()
                    .checkFor(opened.principal(), command.channel(), command.token())) {
                case Credentials.Expired() -> ErrorCode.TOKEN_EXPIRED.reply(command.id());
                case Credentials.Bad(String why) ->
                        ErrorCode.PERMISSION_DENIED.reply(
                                command.id(), "the channel's token: " + why);
                case Credentials.Good(Principal principal, var until) -> {
                    opened.renew(follow.attachment(), principal);
                    follow.expiry(Expiry.at(until, services));
                    expiring = true;
                    yield new Reply.SubRefreshed(command.id(), follow.expiry().ttl());
                }
            };
        } catch (OrreryException.Denied refused) {
            return ErrorCode.PERMISSION_DENIED.reply(command.id());
        } catch (OrreryException.Missing none) {
            return ErrorCode.UNKNOWN_CHANNEL.reply(command.id());
        }
    }

    /**
     * Leaving a channel that one is not in is no error: the server may have ended it a moment ago.
     */
    void unsubscribe(Command.Unsubscribe command) {
        @Nullable Follow follow = follows.remove(command.channel());
        if (follow != null) {
            follow.leave();
        }
        writer.send(new Reply.Unsubscribed(command.id()));
    }

    /** Lets a follower of part of a channel go on with another part. // law G13 */
    Map<String, Object> change(@Nullable Object data) {
        if (!(data instanceof Map<?, ?> asked && asked.get("channel") instanceof String channel)) {
            throw new OrreryException.Invalid("data", "is an object with channel and part", data);
        }
        find(channel).attachment().change(asked.get("part"));
        return Map.of();
    }

    private Follow find(String channel) {
        @Nullable Follow follow = follows.get(channel);
        if (follow == null || follow.ended()) {
            throw new OrreryException.Missing("the channels this client follows", channel);
        }
        return follow;
    }

    /** How long until the first of them expires, in nanoseconds. */
    long untilExpiry(long now) {
        if (!expiring) {
            return Long.MAX_VALUE;
        }
        long first = Long.MAX_VALUE;
        for (Follow follow : follows.values()) {
            first = Math.min(first, follow.ended() ? Long.MAX_VALUE : follow.expiry().left(now));
        }
        return first;
    }

    /** Ends those that have expired; the client comes back with a newer token. // law G14 */
    void expire(long now) {
        if (!expiring) {
            return;
        }
        for (Follow follow : follows.values()) {
            if (!follow.ended() && follow.expiry().left(now) == 0) {
                follow.finish(UnsubscribeCode.EXPIRED, "bring a newer token");
            }
        }
    }

    @Override
    public boolean sessionOver() {
        return session.over();
    }

    @Override
    public void ended(Follow follow) {
        follows.remove(follow.attachment().channel(), follow);
    }
}
