package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom. A strand parks only after this says that it closes no circle. // law Q12
 *
 * <p>Thread-safe; its lock is a leaf but for the monitor of a flight.
 */
final class Waits {
    private static final Comparator<OrreryException.Cycle.Step> BY_NAME_AND_KEY =
            Comparator.comparing(OrreryException.Cycle.Step::query)
                    .thenComparing(step -> String.valueOf(step.key()));

    private final Object lock = new Object();

    /**
     * Waits until a flight is done; false, at once, when that would wait for the waiter itself.
     *
     * <p>A strand that waits for a flight of another revision does so in the hope of sharing its
     * result, not because it reads it. Such a wait never makes a circle: whoever would close some
     * over such waits sends those strands on their own way instead, to compute for themselves.
     * Since strands are divided, there may be several, beside one of reads alone.
     */
    boolean await(Strand waiter, Flight flight, boolean inHope) throws InterruptedException {
        synchronized (lock) {
            Circle circle = Circle.closedBy(waiter, flight);
            while (circle != null) {
                if (inHope || Circle.ofReads(waiter, flight) != null) {
                    return false;
                }
                circle.releaseOneInHope();
                circle = Circle.closedBy(waiter, flight);
            }
            waiter.waitsFor(flight, inHope);
        }
        try {
            flight.await(waiter);
        } finally {
            synchronized (lock) {
                waiter.waitsNoMore();
            }
        }
        return true;
    }

    /** Says that a strand waits for nothing any more. */
    void leave(Strand strand) {
        synchronized (lock) {
            strand.waitsNoMore();
        }
    }

    /** Says that a strand waits for those it is divided into; empty when they are done. */
    void divide(Strand strand, List<Strand> parts) {
        synchronized (lock) {
            strand.divide(parts);
        }
    }

    /**
     * The error for a circle that waiting for a flight would close; every flight on it gets the
     * same one, so that what a member reports does not depend on who asked first. Null when the
     * circle has dissolved meanwhile, since somebody on it was interrupted.
     */
    OrreryException.@Nullable Cycle circle(Strand waiter, Flight wanted) {
        synchronized (lock) {
            List<Flight> members = members(waiter, wanted);
            if (members.isEmpty()) {
                return null;
            }
            OrreryException.Cycle cycle = cycle(nodes(members));
            members.forEach(member -> member.cycle = cycle);
            return cycle;
        }
    }

    /** The circle that waiting for a flight would close; empty when it has dissolved meanwhile. */
    List<Node> path(Strand waiter, Flight wanted) {
        synchronized (lock) {
            return nodes(members(waiter, wanted));
        }
    }

    private static List<Node> nodes(List<Flight> members) {
        return members.stream().map(member -> member.node).toList();
    }

    private static List<Flight> members(Strand waiter, Flight wanted) {
        Circle circle = Circle.ofReads(waiter, wanted);
        return circle == null ? List.of() : circle.members();
    }

    /** The error for a circle, the same wherever it was entered. */
    static OrreryException.Cycle cycle(List<Node> members) {
        List<OrreryException.Cycle.Step> steps = new ArrayList<>();
        for (Node node : members) {
            steps.add(new OrreryException.Cycle.Step(node.definition.name, node.key));
        }
        int least = steps.indexOf(Collections.min(steps, BY_NAME_AND_KEY));
        Collections.rotate(steps, -least);
        return new OrreryException.Cycle(steps);
    }
}
