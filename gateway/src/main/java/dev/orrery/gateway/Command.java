package dev.orrery.gateway;

import org.jspecify.annotations.Nullable;

/**
 * What a client sends: one record for each request of the Centrifuge client protocol that means
 * something here.
 */
sealed interface Command {
    /** Opens the session; must come first. */
    record Connect(long id, String token) implements Command {}

    /**
     * Asks to follow a channel.
     *
     * @param recover whether the client holds a place, given by {@code epoch} and {@code offset}
     * @param data which part of the channel, as a value tree; null for all there is to see
     */
    record Subscribe(
            long id,
            String channel,
            boolean recover,
            String epoch,
            long offset,
            @Nullable Object data)
            implements Command {}

    /** Ends a subscription. */
    record Unsubscribe(long id, String channel) implements Command {}

    /** Calls a method with a value tree. */
    record Call(long id, String method, @Nullable Object data) implements Command {}

    /** Asks for a sign of life. */
    record Ping(long id) implements Command {}

    /** The answer to the server's ping: an empty command. */
    record Pong() implements Command {}

    /** A request of the protocol that Orrery does not serve. */
    record Unserved(long id, String request) implements Command {}

    /** No request that the protocol knows. */
    record Unknown(long id) implements Command {}

    /** A request whose frame could be read but whose content could not. */
    record Unreadable(long id, String reason) implements Command {}
}
