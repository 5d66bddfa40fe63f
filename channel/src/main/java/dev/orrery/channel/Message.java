package dev.orrery.channel;

import dev.orrery.core.Cursor;

/** What follows a {@link Beginning}. */
public sealed interface Message {
    /** The reader's place after this message. */
    Cursor cursor();

    /** One numbered entry: a message, or what changed in a state. */
    record Entry(Cursor cursor, Object value) implements Message {}

    /** One numbered message that a client sent. */
    record FromClient(Cursor cursor, ClientMessage message) implements Message {}

    /** Somebody came or went; it has no number, and the place is what it was. */
    record Came(Cursor cursor, Presence.Change change) implements Message {}

    /**
     * The reader was too slow and entries it needs are no longer held. Nothing follows that
     * connects to what it has: it attaches again and says where it was.
     *
     * @param from the place it had
     */
    record Gap(Cursor from, Cursor cursor) implements Message {}
}
