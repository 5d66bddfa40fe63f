package dev.orrery.gateway;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server sends: replies to commands, which carry their id, and pushes. All data is JSON
 * text.
 */
sealed interface Reply {
    /** The session is open; a ping comes every so many seconds and wants a pong. */
    record Connected(long id, String client, String version, int pingSeconds) implements Reply {}

    /**
     * The subscription is open.
     *
     * @param epoch and {@code offset}: the place after everything this reply carries
     * @param wasRecovering whether the client gave a place
     * @param recovered whether that place is continued: {@code publications} and the pushes after
     *     them are what it missed
     * @param data the whole, where the client needs one and the channel has one
     */
    record Subscribed(
            long id,
            String epoch,
            long offset,
            boolean wasRecovering,
            boolean recovered,
            List<Publication> publications,
            @Nullable String data)
            implements Reply {}

    /** The subscription is over. */
    record Unsubscribed(long id) implements Reply {}

    /** What a method returned. */
    record Returned(long id, String data) implements Reply {}

    /** The command failed. */
    record Failed(long id, int code, String message, boolean temporary) implements Reply {}

    /** A sign of life that was asked for. */
    record Pong(long id) implements Reply {}

    /** The server's ping: an empty reply. */
    record Ping() implements Reply {}

    /** Push: an entry of a channel. */
    record Published(String channel, Publication publication) implements Reply {}

    /** Push: the server ended a subscription. */
    record Dropped(String channel, int code, String reason) implements Reply {}
}
