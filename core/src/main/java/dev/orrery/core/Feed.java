package dev.orrery.core;

/**
 * Numbered entries that anyone may follow from a place of their own.
 *
 * <p>What can be lost is in the entry type: {@code Feed<Delivery<T>>} may report {@link
 * Delivery.Lagged}; {@code Feed<Update<S, D>>} answers a gap with the whole; a feed of plain
 * entries loses nothing and throws {@link OrreryException.StaleCursor} when retention removed what
 * a cursor needs. A subscriber never slows the publisher. Thread-safe.
 */
public interface Feed<T> {
    /** Follows from now; a state feed begins with the whole. */
    Subscription<T> subscribe();

    /** Follows every entry after a place that this feed gave out, perhaps in an earlier process. */
    Subscription<T> subscribe(Cursor after);

    /** The place after the newest entry. */
    Cursor head();

    /** Reads back a cursor's text; {@code Invalid} when this feed could not have written it. */
    Cursor cursor(String text);
}
