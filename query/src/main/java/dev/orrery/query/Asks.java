package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Pin;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results that are asked for with a time limit. Each is obtained by a thread of its own, for all
 * who ask for it at one revision, so that one of them may leave and the work goes on. Thread-safe.
 */
final class Asks {
    /*
     * The lock guards who asks. It is taken holding nothing; the monitor of an asking is taken
     * inside it or alone, and that of a flight inside it. When the last asker leaves, the work is
     * interrupted, unless a reader waits for something it is computing: such a reader would only
     * begin again.
     */
    private final Map<Of, Asking> open = new HashMap<>();

    private record Of(Node node, long revision) {}

    /** The memo of a node at the newest revision, waited for no longer than the limit. */
    Memo ask(Engine engine, Node node, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Asking asking;
        try (Pin pin = engine.timeline.pin()) {
            Memo ready = node.valueAt(pin.revision().number());
            if (ready != null) {
                node.definition.hit(ready);
                return ready;
            }
            if (!limit.isPositive()) {
                throw timedOut(node, limit);
            }
            asking = join(engine, node, pin);
        }
        try {
            if (!asking.await(deadline)) {
                throw timedOut(node, limit);
            }
            return asking.result();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("waiting for " + node.label(), e);
        } finally {
            leave(asking);
        }
    }

    private static OrreryException timedOut(Node node, Duration limit) {
        return new OrreryException.TimedOut(node.label(), limit);
    }

    private synchronized Asking join(Engine engine, Node node, Pin pin) {
        Of of = new Of(node, pin.revision().number());
        Asking asking = open.get(of);
        if (asking == null) {
            asking = new Asking(engine, of, engine.timeline.pin(pin));
            open.put(of, asking);
            asking.thread.start();
        }
        asking.askers++;
        return asking;
    }

    private synchronized void leave(Asking asking) {
        if (--asking.askers == 0) {
            open.remove(asking.of, asking);
            asking.stop();
        }
    }

    /** One result that is asked for, and the work for it. */
    private static final class Asking implements Runnable {
        private final Engine engine;
        private final Of of;
        private final Pin pin;
        private final Strand strand = new Strand();
        private final Thread thread;

        /** Guarded by the lock of those who ask. */
        private int askers;

        private @Nullable Memo memo;
        private @Nullable Throwable thrown;

        Asking(Engine engine, Of of, Pin pin) {
            this.engine = engine;
            this.of = of;
            this.pin = pin;
            this.thread = engine.threads.newThread(this);
        }

        @Override
        public void run() {
            try (pin) {
                end(engine.on(strand, of.revision, context -> context.read(of.node)), null);
            } catch (Throwable e) {
                end(null, e);
            }
        }

        private synchronized void end(@Nullable Memo result, @Nullable Throwable failure) {
            memo = result;
            thrown = failure;
            notifyAll();
        }

        private boolean isOver() {
            return memo != null || thrown != null;
        }

        /** Waits for the end; false when the deadline comes first. */
        synchronized boolean await(long deadline) throws InterruptedException {
            while (!isOver()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wait(left / 1_000_000, (int) (left % 1_000_000));
            }
            return true;
        }

        synchronized Memo result() {
            Fork.rethrow(thrown);
            if (memo == null) {
                throw new IllegalStateException("law Q10: no result of " + of.node.label());
            }
            return memo;
        }

        /** Interrupts the work, unless it is over or somebody else waits for part of it. */
        void stop() { // law Q13
            synchronized (this) {
                if (isOver()) {
                    return;
                }
            }
            if (!isWantedByOthers()) {
                thread.interrupt();
            }
        }

        private boolean isWantedByOthers() {
            Flight whole;
            synchronized (of.node) {
                whole = of.node.flightFor(of.revision);
            }
            boolean wanted = whole != null && whole.isAwaited();
            Flight each = strand.top; // as far as it is seen from here
            while (each != null && !wanted) {
                wanted = each.isAwaited();
                each = each.below;
            }
            return wanted;
        }
    }
}
