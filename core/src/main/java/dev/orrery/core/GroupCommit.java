package dev.orrery.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Work of many threads, carried out in groups by one of them at a time. Whoever finds nobody in
 * office takes all that waits, carries it out, and hands the office to the first that came
 * meanwhile; the others park. So there is no thread of its own, and as much work in a group as came
 * during the one before. Thread-safe.
 *
 * @param <W> a piece of work, which holds its own outcome
 */
final class GroupCommit<W> {
    private final String name;
    private final Consumer<List<W>> carrier;

    /** Guards the queue, the office and closing; nothing is done under it but that. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition idle = lock.newCondition();
    private final ArrayDeque<Turn<W>> queue = new ArrayDeque<>();
    private boolean inOffice;
    private boolean closed;

    private enum State {
        WAITING,
        IN_OFFICE,
        DONE
    }

    /** One thread's work on its way. */
    private static final class Turn<W> {
        final W work;
        final Thread thread = Thread.currentThread();
        volatile State state = State.WAITING;

        Turn(W work) {
            this.work = work;
        }
    }

    /**
     * Nobody waits yet.
     *
     * @param name what is closed, in errors
     * @param carrier carries a group out and leaves in each piece what came of it; what it throws
     *     reaches the thread that was in office, and nobody else
     */
    GroupCommit(String name, Consumer<List<W>> carrier) {
        this.name = name;
        this.carrier = carrier;
    }

    /**
     * Returns when the work has been carried out, by whichever thread. An interrupt does not end
     * the wait; the flag is set again.
     *
     * @throws OrreryException.Closed after {@link #close}
     */
    void carryOut(W work) {
        Turn<W> mine = join(work);
        awaitTurn(mine);
        if (mine.state == State.IN_OFFICE) {
            serve();
        }
    }

    private Turn<W> join(W work) {
        lock.lock();
        try {
            if (closed) {
                throw new OrreryException.Closed(name);
            }
            Turn<W> mine = new Turn<>(work);
            queue.add(mine);
            if (!inOffice) {
                inOffice = true;
                mine.state = State.IN_OFFICE;
            }
            return mine;
        } finally {
            lock.unlock();
        }
    }

    private static void awaitTurn(Turn<?> mine) {
        boolean interrupted = false;
        while (mine.state == State.WAITING) {
            LockSupport.park(mine);
            interrupted |= Thread.interrupted(); // with the flag set, park would not park
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve() {
        List<Turn<W>> group = takeQueue();
        try {
            carrier.accept(group.stream().map(turn -> turn.work).toList());
        } finally {
            for (Turn<W> each : group) {
                each.state = State.DONE;
                LockSupport.unpark(each.thread);
            }
            passOn();
        }
    }

    private List<Turn<W>> takeQueue() { // law C43
        lock.lock();
        try {
            List<Turn<W>> group = new ArrayList<>(queue);
            queue.clear();
            return group;
        } finally {
            lock.unlock();
        }
    }

    private void passOn() {
        lock.lock();
        try {
            Turn<W> next = queue.peek();
            if (next == null) {
                inOffice = false;
                idle.signalAll();
            } else {
                next.state = State.IN_OFFICE;
                LockSupport.unpark(next.thread);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Refuses work from now on and waits for what came before; false when it was closed already.
     */
    boolean close() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            while (inOffice) {
                idle.awaitUninterruptibly();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
