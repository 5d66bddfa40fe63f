package dev.orrery.channel;

import dev.orrery.core.Cursor;

/**
 * Is told by transports what they have handed to their sockets. Called on their writing threads: an
 * implementation must be quick and must not throw. Thread-safe.
 */
@FunctionalInterface
public interface Outgoing {
    /** Nobody wants to know. */
    Outgoing NONE = (channel, place, bytes) -> {};

    /**
     * One session has handed an entry of a channel to its socket.
     *
     * @param place the place after the entry
     * @param bytes the entry as the session encoded it
     */
    void sent(String channel, Cursor place, int bytes);
}
