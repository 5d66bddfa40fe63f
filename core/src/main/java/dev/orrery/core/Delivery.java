package dev.orrery.core;

/**
 * What a feed that may drop hands to a subscriber: an item, or the plain word that some were
 * missed.
 */
public sealed interface Delivery<T> {
    /** The reader's place after this delivery. */
    Cursor cursor();

    /** One entry of the feed, in order. */
    record Item<T>(Cursor cursor, T value) implements Delivery<T> {}

    /**
     * Entries after {@code from} up to and including {@code to} were not kept for this slow
     * subscriber: read state again. The next delivery follows {@code to}.
     */
    record Lagged<T>(Cursor from, Cursor to) implements Delivery<T> {
        @Override
        public Cursor cursor() {
            return to;
        }
    }
}
