package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A body that runs in a thread of its own, with the same strand, while the one before waits for it:
 * because the stack is deep or full, or because the run has a limit. Confined to one thread at a
 * time.
 */
final class Hop implements Runnable {
    /** Frames that starting a thread and waiting for it may take. */
    private static final int FRAMES = 48;

    private final Context outer;
    private final Flight flight;
    private final @Nullable Duration limit;
    private @Nullable Throwable thrown;
    private boolean cancelled;

    private Hop(Context outer, Flight flight) {
        this.outer = outer;
        this.flight = flight;
        this.limit = limit(flight);
    }

    /** How long a run may take, if that is limited. */
    static @Nullable Duration limit(Flight flight) {
        return flight.node.definition.options.timeout();
    }

    /**
     * Makes a virtual thread that is not started, so that whatever is needed to make one is loaded
     * before a stack is full: a class whose initialization overflows is lost for good.
     */
    static void prepare() {
        Thread.ofVirtual().unstarted(() -> {});
    }

    /** Runs a body in a fresh thread, and notes in the flight what it came to. */
    static void over(Context context, Flight flight) {
        makeSureOfRoom(FRAMES);
        new Hop(context, flight).runAndWait();
    }

    /**
     * Overflows the stack now, while nothing has begun, if there is not the room to start a thread
     * and wait for it. Yielding moves a virtual thread's frames to the heap as waiting will.
     */
    @SuppressWarnings("ThreadPriorityCheck") // yields for what it does to the stack, not to others
    private static int makeSureOfRoom(int frames) {
        if (frames == 0) {
            Thread.yield();
            return 0;
        }
        return makeSureOfRoom(frames - 1) + 1;
    }

    private void runAndWait() {
        Thread thread = outer.engine.threads.newThread(this);
        thread.start();
        boolean overdue = false;
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                if (limit == null || overdue || interrupted) {
                    thread.join();
                    ended = true;
                } else if (thread.join(limit)) {
                    ended = true;
                } else {
                    overdue = true;
                    thread.interrupt();
                }
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        } else if (limit != null && overdue) {
            fail(new OrreryException.TimedOut(flight.node.label(), limit));
            return;
        }
        outer.cancelled |= cancelled;
        end();
    }

    @Override
    public void run() {
        Context inner = new Context(outer.engine, outer.revision, outer.strand);
        try {
            Obtain.takeDown(outer.engine, outer.strand, flight); // left where it was full
            inner.within(() -> {
                Execute.inFrame(inner, flight);
                return true;
            });
        } catch (StackOverflowError full) { // and the whole of it was the body's
            fail(full);
        } catch (Throwable e) {
            thrown = e;
        }
        cancelled = inner.cancelled;
    }

    /** What the run came to when nothing is known of what it read. */
    private void fail(Throwable cause) {
        Obtain.takeDown(outer.engine, outer.strand, flight);
        flight.isPrivate = false;
        flight.with(Execute.failure(flight.node, cause), true, Memo.NOTHING, outer.revision);
    }

    /** Throws what the thread ended with, if it was not a result. */
    private void end() {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown != null) {
            throw new IllegalStateException("law Q10: a body ended without a result", thrown);
        }
    }
}
