package dev.orrery.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of computation: the flights it leads, innermost on top, and the one it waits for. It may
 * go on in another thread when the stack gets deep; one thread at a time runs it. It may be divided
 * into parts that run side by side, for which it waits.
 *
 * <p>What it waits for is guarded by the lock of {@link Waits}.
 */
final class Strand {
    /** The thread of control's own; read by others only while this strand waits. */
    @Nullable Flight top;

    /** The runtime whose timeline has this strand's reading, and the place of that. */
    private final @Nullable Engine owner;

    private final int place;

    private @Nullable Flight waitingFor;

    /** What this is a part of. */
    private final @Nullable Strand whole;

    private List<Strand> parts = List.of();
    private boolean inHope;

    /** Written under the waits lock and the monitor of the flight that is waited for. */
    private volatile boolean released;

    /**
     * Set when its access ended before it could take down what it led: the stack was full. Whoever
     * meets one of its flights takes them down. // law Q13
     */
    volatile boolean isLeft;

    Strand() {
        this(null, Tally.SHARED);
    }

    /** A strand of an access of a root with a place of its own. */
    Strand(@Nullable Engine owner, int place) {
        this.owner = owner;
        this.place = place;
        this.whole = null;
    }

    /** A part of another strand, which waits for it. */
    Strand(Strand whole) {
        this.owner = null;
        this.place = Tally.SHARED;
        this.whole = whole;
    }

    /** Where what it does is counted by a runtime, for {@link Tally}. */
    int placeIn(Engine counting) {
        return counting == owner ? place : Tally.SHARED;
    }

    void waitsFor(Flight flight, boolean hoping) {
        waitingFor = flight;
        inHope = hoping;
        released = false;
    }

    void waitsNoMore() {
        waitingFor = null;
    }

    /**
     * The flight this strand waits for; null when it waits for none, or was sent on its own way.
     */
    @Nullable Flight waitingFor() {
        return released ? null : waitingFor;
    }

    void divide(List<Strand> into) {
        parts = into;
    }

    /** What this is divided into, and waits for. */
    List<Strand> parts() {
        return parts;
    }

    /** What this is a part of. */
    @Nullable Strand whole() {
        return whole;
    }

    /** Whether this goes on only when the waiter does. */
    boolean isWaiterOrDividedInto(Strand waiter) {
        Strand each = waiter;
        while (each != null && each != this) {
            each = each.whole;
        }
        return each != null;
    }

    /** Whether it waits for a flight of another revision, only hoping that its result will do. */
    boolean waitsInHope() {
        return inHope;
    }

    void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }
}
