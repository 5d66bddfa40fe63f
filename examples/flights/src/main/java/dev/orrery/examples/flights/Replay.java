package dev.orrery.examples.flights;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends flights in time order at a chosen speed, from where the log ends; can be paused, stepped
 * and told another speed while it runs. Thread-safe; one thread runs it, and an interrupt ends that
 * between two appends.
 */
final class Replay {
    /** Appended together at full speed: as many as one transaction carries well. */
    private static final int BATCH = 500;

    /** While it runs, its progress is told ten times a second at most. */
    private static final long TOLD_EVERY_NANOS = 100_000_000L;

    private static final int HISTORY = 64;

    private final FlightsApp app;
    private final List<Flight> flights;
    private final Broadcast<Status> told;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();

    // guarded by the lock
    private Speed speed;
    private State state = State.STARTING;
    private int next;
    private long toldAt;

    /** What the flights due are counted from: since the last change of speed or pause. */
    private int countedFrom;

    private long countedSince;

    /** How a replay stands. */
    enum State {
        STARTING,
        RUNNING,
        PAUSED,
        FINISHED
    }

    /**
     * What a client is told.
     *
     * @param state in lower case
     * @param speed flights per second, or {@code max}
     * @param flights how many there are
     * @param next how many are appended
     * @param clock date and time of the last one, empty before the first
     */
    record Status(String state, Object speed, long flights, long next, String clock) {}

    Replay(FlightsApp app, List<Flight> flights, Speed speed) {
        this.app = app;
        this.flights = flights;
        this.speed = speed;
        this.told = new Broadcast<>(app.newEpoch(), HISTORY);
        this.next = (int) Math.min(app.flights.head().number(), flights.size());
    }

    /** How many flights there are. */
    int size() {
        return flights.size();
    }

    /** Appends every flight that is not in the log yet; returns how many. */
    long run() {
        lock.lock();
        try {
            int first = next;
            begin();
            while (state != State.FINISHED && !Thread.currentThread().isInterrupted()) {
                runOrWait();
            }
            return (long) next - first;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /** Leaves the start: runs from here on, or is finished. */
    void begin() {
        changing(() -> become(next == flights.size() ? State.FINISHED : State.RUNNING));
    }

    @SuppressWarnings("WaitNotInLoop") // it is called in one, which looks again
    private void runOrWait() throws InterruptedException {
        if (state == State.PAUSED) {
            changed.await();
            return;
        }
        long due = (long) countedFrom + speed.dueAfter(System.nanoTime() - countedSince);
        int until = (int) Math.min(Math.min(due, (long) next + BATCH), flights.size());
        if (until > next) {
            append(until);
            letOthersIn();
        } else {
            changed.await(speed.interval().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /**
     * The lock is fair: whoever wants to pause a replay at full speed gets it between two batches.
     */
    private void letOthersIn() {
        if (lock.hasQueuedThreads()) {
            lock.unlock();
            lock.lock();
        }
    }

    private void append(int until) {
        List<Flight> batch = new ArrayList<>();
        for (int line = next; line < until; line++) {
            batch.add(known(line, flights.get(line)));
        }
        app.flights.appendAll(batch);
        next = until;
        if (next == flights.size()) {
            become(State.FINISHED);
        } else if (System.nanoTime() - toldAt >= TOLD_EVERY_NANOS || state == State.PAUSED) {
            tell();
        }
    }

    private Flight known(int line, Flight flight) {
        require(line, "origin", flight.origin());
        require(line, "destination", flight.destination());
        return flight;
    }

    private void require(int line, String column, String code) {
        if (app.airports.find(code).isEmpty()) {
            throw new OrreryException.Invalid(
                    "flights line " + (line + 1) + " " + column,
                    "is the code of one of the airports; correct the line, or add the airport to"
                            + " airports.db",
                    code);
        }
    }

    // control

    /** Appends no more until it is resumed; nothing when it does not run. */
    void pause() {
        changing(() -> {
            if (state == State.RUNNING) {
                become(State.PAUSED);
            }
        });
    }

    /** Goes on after a pause; nothing when it is not paused. */
    void resume() {
        changing(() -> {
            if (state == State.PAUSED) {
                become(State.RUNNING);
            }
        });
    }

    /** Pauses, and appends the next flight; nothing before the start and after the end. */
    void step() {
        changing(() -> {
            if (state == State.RUNNING || state == State.PAUSED) {
                state = State.PAUSED;
                appendNext();
            }
        });
    }

    /** Appends the next flight, due or not, and tells of it at once. */
    void appendNext() {
        changing(() -> {
            toldAt = System.nanoTime() - TOLD_EVERY_NANOS;
            append(next + 1);
        });
    }

    /** Goes on at another speed. */
    void speed(Speed chosen) {
        changing(() -> {
            speed = chosen;
            become(state);
        });
    }

    private void changing(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void become(State other) {
        state = other;
        countedFrom = next;
        countedSince = System.nanoTime();
        tell();
    }

    private void tell() {
        toldAt = System.nanoTime();
        told.publish(status());
    }

    private Status status() {
        return new Status(
                state.name().toLowerCase(Locale.ROOT),
                speed.value(),
                flights.size(),
                next,
                next == 0 ? "" : flights.get(next - 1).date());
    }

    /** How it stands, then each change of that. */
    Feed<Update<Status, Status>> feed() {
        return new StateFeed<>(told, this::whole);
    }

    private Update.Whole<Status, Status> whole() {
        lock.lock();
        try {
            return new Update.Whole<>(told.head(), status());
        } finally {
            lock.unlock();
        }
    }
}
