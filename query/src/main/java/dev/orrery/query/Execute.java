package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import org.jspecify.annotations.Nullable;

/**
 * Runs a body in a recording of its own and settles what it gave. Bodies call each other on the
 * caller's stack; every 192 levels the next one goes on in a fresh thread.
 */
final class Execute {
    private static final int LEVELS_PER_THREAD = 192;

    private Execute() {}

    /** What a body came to. */
    private record Result(Object value, boolean failed, Recording recording) {}

    static Memo body(Context context, Flight flight) {
        long begun = System.nanoTime();
        Result result;
        try {
            result = run(context, flight, context.depth >= LEVELS_PER_THREAD);
        } catch (StackOverflowError tooDeep) {
            result = onceMore(context, flight);
        }
        OrreryException.Cycle cycle = flight.cycle;
        Memo memo =
                cycle != null
                        ? Settle.failed(context, flight, cycle, result.recording().dependencies())
                        : Settle.run(
                                context,
                                flight,
                                result.value(),
                                result.failed(),
                                result.recording());
        flight.node.definition.ran(context.engine, flight, memo, System.nanoTime() - begun);
        return memo;
    }

    /** A body that overflowed the stack has the whole of another one, once. */
    private static Result onceMore(Context context, Flight flight) {
        Recording recording = new Recording(flight.prior, context.engine.faults);
        try {
            return inFreshThread(context, flight, recording);
        } catch (StackOverflowError tooDeep) {
            return new Result(failure(flight.node, tooDeep), true, recording);
        }
    }

    private static Result run(Context context, Flight flight, boolean deep) {
        Recording recording = new Recording(flight.prior, context.engine.faults);
        return deep
                ? inFreshThread(context, flight, recording)
                : inFrame(context, flight, recording);
    }

    private static Result inFrame(Context context, Flight flight, Recording recording) {
        Recording outer = context.recording;
        context.recording = recording;
        context.depth++;
        try {
            Object value = flight.node.definition.compute(flight.node.key);
            if (context.cancelled) { // the body went on after an interrupt: its value is of no use
                throw cancelled(context, flight.node, null);
            }
            return new Result(value, false, recording);
        } catch (StackOverflowError tooDeep) {
            throw tooDeep;
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
            return new Result(failure(flight.node, thrown), true, recording);
        } finally {
            context.depth--;
            context.recording = outer;
        }
    }

    /** Goes on in another thread with the same strand, while this one waits for it. */
    private static Result inFreshThread(Context context, Flight flight, Recording recording) {
        Hop hop = new Hop(context, flight, recording);
        Thread thread = context.engine.threads.newThread(hop);
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        context.cancelled |= hop.cancelled;
        return hop.result();
    }

    /** A body that runs in a thread of its own. */
    private static final class Hop implements Runnable {
        private final Context outer;
        private final Flight flight;
        private final Recording recording;
        private @Nullable Result result;
        private @Nullable Throwable thrown;
        private boolean cancelled;

        private Hop(Context outer, Flight flight, Recording recording) {
            this.outer = outer;
            this.flight = flight;
            this.recording = recording;
        }

        @Override
        public void run() {
            Context inner = new Context(outer.engine, outer.revision, outer.strand);
            try {
                result = inner.within(() -> inFrame(inner, flight, recording));
            } catch (Throwable e) {
                thrown = e;
            }
            cancelled = inner.cancelled;
        }

        private Result result() {
            if (result != null) {
                return result;
            }
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IllegalStateException("law Q10: a body ended without a result", thrown);
        }
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
        context.cancelled = true;
        Thread.currentThread().interrupt();
        return new OrreryException.Cancelled("waiting for " + node.label(), cause);
    }
}
