package dev.orrery.gateway;

import dev.orrery.gateway.Publication.ClientInfo;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the server sends: replies to commands, which carry their id, and pushes. All data is JSON
 * text; a time to live is in seconds, and empty where nothing expires.
 */
sealed interface Reply {
    /** The session is open; a ping comes every so many seconds and wants a pong. */
    record Connected(long id, String client, String version, int pingSeconds, OptionalInt ttl)
            implements Reply {}

    /** The session goes on. */
    record Refreshed(long id, String client, String version, OptionalInt ttl) implements Reply {}

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
            @Nullable String data,
            OptionalInt ttl)
            implements Reply {}

    /** The subscription goes on. */
    record SubRefreshed(long id, OptionalInt ttl) implements Reply {}

    /** The subscription is over. */
    record Unsubscribed(long id) implements Reply {}

    /** The client's message has its place. */
    record Accepted(long id) implements Reply {}

    /** Who follows a channel, by connection. */
    record Present(long id, List<ClientInfo> clients) implements Reply {}

    /** How many follow a channel. */
    record PresentCount(long id, int clients, int users) implements Reply {}

    /** What is kept of a channel, and the newest place. */
    record Kept(long id, String epoch, long offset, List<Publication> publications)
            implements Reply {}

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

    /** Push: a user's first connection follows a channel. */
    record Joined(String channel, ClientInfo client) implements Reply {}

    /** Push: a user's last connection left a channel. */
    record Left(String channel, ClientInfo client) implements Reply {}

    /** Push: the server ended a subscription. */
    record Dropped(String channel, int code, String reason) implements Reply {}
}
