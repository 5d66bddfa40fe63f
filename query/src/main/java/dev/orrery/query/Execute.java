package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import org.jspecify.annotations.Nullable;

/**
 * Runs a body in a recording of its own and settles what it gave. Bodies call each other on the
 * caller's stack; every {@value #LEVELS_PER_THREAD} levels the next one goes on in a fresh thread.
 *
 * <p>A stack that is full is never a body's failure unless the body had a whole one: on the way out
 * each level tries again in a fresh thread, and the first that has the room to start one succeeds.
 */
final class Execute {
    /*
     * A virtual thread's stack may be as deep as a platform thread's (-Xss) while it runs, but to
     * park, its frames are moved to the heap by a routine that recurses over those that are
     * interpreted, and then a third of that depth overflows. A level is about seventeen frames, so
     * that 64 levels, all interpreted, are a third of what a stack of one MiB can park.
     */
    private static final int LEVELS_PER_THREAD = 64;

    private Execute() {}

    static Memo body(Context context, Flight flight) {
        Events events = context.engine.events;
        flight.recorded = Recorded.begin();
        boolean timed = flight.recorded != null || events.isFollowed();
        long begun = timed ? System.nanoTime() : 0;
        run(context, flight);
        flight.hasRun = true;
        OrreryException.Cycle cycle = flight.cycle;
        Memo memo =
                cycle != null
                        ? Settle.failed(context, flight, cycle, flight.read)
                        : Settle.run(context, flight);
        long nanos = timed ? System.nanoTime() - begun : 0;
        flight.node.definition.ran(context.engine, flight, memo, nanos);
        return memo;
    }

    private static void run(Context context, Flight flight) {
        if (context.depth >= LEVELS_PER_THREAD || Hop.limit(flight) != null) {
            Hop.over(context, flight);
            return;
        }
        try {
            inFrame(context, flight);
        } catch (StackOverflowError full) {
            Hop.over(context, flight);
        }
    }

    /** Runs the body and notes in the flight what it came to. */
    static void inFrame(Context context, Flight flight) {
        Recording outer = context.recording;
        Recording recording = context.inner(outer).begin(flight.prior);
        context.recording = recording;
        context.depth++;
        try {
            Object value = flight.node.definition.compute(flight.node.key);
            if (context.cancelled) { // the body went on after an interrupt: its value is of no use
                throw cancelled(context, flight.node, null);
            }
            if (context.strand.top != flight) { // the body went on after the stack was full
                throw new StackOverflowError();
            }
            note(flight, value, false, recording);
        } catch (StackOverflowError full) {
            throw full;
        } catch (OrreryException.Cancelled inside) {
            context.cancelled = true;
            Thread.currentThread().interrupt();
            throw inside;
        } catch (Throwable thrown) {
            if (thrown instanceof InterruptedException) {
                throw cancelled(context, flight.node, thrown);
            }
            if (context.cancelled || thrown instanceof VirtualMachineError) {
                throw thrown;
            }
            note(flight, failure(flight.node, thrown), true, recording);
        } finally {
            context.depth--;
            context.recording = outer;
        }
        recording.end();
    }

    private static void note(Flight flight, Object value, boolean failed, Recording recording) {
        flight.isPrivate = recording.isPrivate();
        flight.with(value, failed, recording.dependencies(), recording.from());
    }

    /** What a caller gets when a body throws: where it happened, or the circle it is part of. */
    static OrreryException failure(Node node, Throwable thrown) {
        return switch (thrown) {
            case UserFailure inner -> inner;
            case OrreryException.Cycle cycle -> cycle;
            default -> new UserFailure(node.definition.name, node.key, thrown);
        };
    }

    /** Marks everything that runs on this thread as cancelled, and restores the interrupt. */
    static OrreryException.Cancelled cancelled(
            Context context, Node node, @Nullable Throwable cause) {
        return cancelled(context, "waiting for " + node.label(), cause);
    }

    static OrreryException.Cancelled cancelled(
            Context context, String what, @Nullable Throwable cause) {
        context.cancelled = true;
        Thread.currentThread().interrupt();
        return new OrreryException.Cancelled(what, cause);
    }
}
