package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/**
 * One line of computation: the flights it leads, innermost on top, and the one it waits for. It may
 * go on in another thread when the stack gets deep; one thread at a time runs it.
 */
final class Strand {
    /** The thread of control's own; read by others only while this strand waits. */
    @Nullable Flight top;

    /** Guarded by the waits lock. */
    @Nullable Flight waitingFor;
}
