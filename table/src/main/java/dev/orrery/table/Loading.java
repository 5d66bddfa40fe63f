package dev.orrery.table;

/** How much of a table a live copy holds. Immutable. */
public sealed interface Loading {
    /** All of it: every read is answered here. */
    record Whole() implements Loading {}

    /** All of it: every read is answered here. */
    static Loading whole() {
        return new Whole();
    }
}
