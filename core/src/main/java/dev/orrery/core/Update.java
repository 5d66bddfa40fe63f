package dev.orrery.core;

/** What a state feed delivers: the whole state first and after a gap, then what changed. */
public sealed interface Update<S, D> {
    /** The reader's place after this update. */
    Cursor cursor();

    /** The whole state as of the cursor; replaces whatever the reader held. */
    record Whole<S, D>(Cursor cursor, S state) implements Update<S, D> {}

    /** What changed from the previous update to this one. */
    record Delta<S, D>(Cursor cursor, D change) implements Update<S, D> {}
}
