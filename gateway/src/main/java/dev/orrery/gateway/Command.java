package dev.orrery.gateway;

import dev.orrery.core.Cursor.Numbered;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends: one record for each request of the Centrifuge client protocol that means
 * something here.
 */
sealed interface Command {
    /** Opens the session; must come first. */
    record Connect(long id, String token) implements Command {}

    /** Goes on with the session as a newer token says. */
    record Refresh(long id, String token) implements Command {}

    /**
     * Asks to follow a channel.
     *
     * @param token what the client shows for this channel; empty when nothing
     * @param recover whether the client holds a place, given by {@code epoch} and {@code offset}
     * @param data which part of the channel, as a value tree; null for all there is to see
     * @param joinLeave whether the client wants to know who is here
     */
    record Subscribe(
            long id,
            String channel,
            String token,
            boolean recover,
            String epoch,
            long offset,
            @Nullable Object data,
            boolean joinLeave)
            implements Command {}

    /** Goes on with a subscription as a newer token says. */
    record SubRefresh(long id, String channel, String token) implements Command {}

    /** Ends a subscription. */
    record Unsubscribe(long id, String channel) implements Command {}

    /** Sends a value tree to the others who follow a channel. */
    record Publish(long id, String channel, @Nullable Object data) implements Command {}

    /** Asks who follows a channel. */
    record Presence(long id, String channel) implements Command {}

    /** Asks how many follow a channel. */
    record PresenceStats(long id, String channel) implements Command {}

    /**
     * Reads what is kept of a channel.
     *
     * @param limit how many at most; 0 for the place alone, below it for all
     * @param since the place to read from, exclusive
     * @param reverse the newest first
     */
    record History(long id, String channel, int limit, Optional<Numbered> since, boolean reverse)
            implements Command {}

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
