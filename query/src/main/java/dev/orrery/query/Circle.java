package dev.orrery.query;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way from a flight that somebody wants to wait for back to that waiter: over strands that wait
 * for another's flight, and over strands that wait for those they were divided into. Made and used
 * holding the lock of {@link Waits}, under which whoever waits stays as it is.
 */
final class Circle {
    private final Strand waiter;
    private final Step last;

    /**
     * A strand on the way, and the flight of its own that is waited for; null when it is waited for
     * itself, as a part of another.
     */
    private record Step(Strand strand, @Nullable Flight entry, @Nullable Step before) {
        boolean isAboutToMove() {
            return strand.isLeft || (entry != null && entry.isDone());
        }
    }

    private Circle(Strand waiter, Step last) {
        this.waiter = waiter;
        this.last = last;
    }

    /** The circle of waits that waiting for a flight would close; null when it would close none. */
    static @Nullable Circle closedBy(Strand waiter, Flight wanted) { // law Q12
        return closedBy(waiter, wanted, Strand::waitingFor);
    }

    /** The same where nobody on the way waits in hope only: each flight reads the next. */
    static @Nullable Circle ofReads(Strand waiter, Flight wanted) {
        return closedBy(
                waiter, wanted, strand -> strand.waitsInHope() ? null : strand.waitingFor());
    }

    private static @Nullable Circle closedBy(
            Strand waiter, Flight wanted, Function<Strand, @Nullable Flight> waitingFor) {
        Deque<Step> open = new ArrayDeque<>();
        Set<Strand> seen = new HashSet<>();
        open.push(new Step(wanted.strand, wanted, null));
        for (Step step = open.poll(); step != null; step = open.poll()) {
            Strand strand = step.strand();
            if (step.isAboutToMove()) {
                continue;
            }
            if (strand.isWaiterOrDividedInto(waiter)) {
                return new Circle(waiter, step);
            }
            if (seen.add(strand)) {
                addFurther(step, waitingFor.apply(strand), open);
            }
        }
        return null;
    }

    private static void addFurther(Step step, @Nullable Flight further, Deque<Step> open) {
        if (further != null) {
            open.push(new Step(further.strand, further, step));
        }
        for (Strand part : step.strand().parts()) {
            open.push(new Step(part, null, step));
        }
    }

    /** Sends one strand on its own way that waits on this circle in hope only: there is one. */
    void releaseOneInHope() {
        for (Step step = last.before(); step != null; step = step.before()) {
            Flight further = step.strand().waitingFor();
            if (further != null && step.strand().waitsInHope()) {
                further.release(step.strand());
                return;
            }
        }
        throw new IllegalStateException("law Q12: nobody waits in hope on " + members());
    }

    /** The flights on it, each reading the next. */
    List<Flight> members() {
        Deque<Step> steps = new ArrayDeque<>();
        for (Step step = last; step != null; step = step.before()) {
            steps.push(step);
        }
        List<Flight> members = new ArrayList<>();
        steps.forEach(step -> addFrom(step.entry(), step.strand(), members));
        Deque<Strand> parts = new ArrayDeque<>();
        for (Strand part = waiter; part != null && part != last.strand(); part = part.whole()) {
            parts.push(part);
        }
        parts.forEach(part -> addFrom(null, part, members));
        return members;
    }

    /** The flights of a strand from one, or all, to its top, in the order of their beginning. */
    private static void addFrom(@Nullable Flight first, Strand strand, List<Flight> members) {
        List<Flight> downward = new ArrayList<>();
        Flight each = strand.top;
        while (each != null && each != first) {
            downward.add(each);
            each = each.below;
        }
        if (each != null) {
            downward.add(each);
        }
        members.addAll(downward.reversed());
    }
}
