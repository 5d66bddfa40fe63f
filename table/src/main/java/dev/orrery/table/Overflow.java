package dev.orrery.table;

/** What a write does when the outbox is full. */
public enum Overflow {
    /** It is refused with {@code LimitExceeded}, and nothing is done. */
    REFUSE,
    /** It waits until there is room, for a time that has an end. */
    BLOCK
}
