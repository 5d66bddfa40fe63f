package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.core.Signal;
import dev.orrery.table.Overlay.Pending;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a live table that talks to its source: it sends pending mutations and asks what
 * others changed. Thread-safe.
 */
final class Courier {
    /*
     * Because sends and fetches are done by one thread, a fetch never holds an answer older than a
     * write that the source confirmed: nothing that is fetched can undo it. // law T11
     *
     * The mark is read before the rows. What changes after the mark changes the next mark, so it is
     * fetched then, whether or not this fetch saw it. // law T12
     *
     * Fields that other threads read or write are guarded by the reducer's monitor.
     */
    private static final System.Logger LOG = System.getLogger(Courier.class.getName());
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final Table table;
    private final Live.Options options;
    private final Reducer reducer;
    private final Monitor monitor;
    private final InstantSource clock;
    private final Thread thread;
    private final Latest<SourceState> state;
    private @Nullable Object known;
    private Instant nextPoll;
    private Instant awayUntil = Instant.MIN;
    private Duration pause;
    private boolean closing;
    private boolean hurry;
    private long refreshesAsked;
    private long refreshesDone;
    private final LongAdder polls = new LongAdder();
    private final LongAdder fetches = new LongAdder();

    /** What to do next. */
    private sealed interface Step {
        record Stop() implements Step {}

        record Ask(long refresh) implements Step {}

        record Send(Pending pending) implements Step {}
    }

    /**
     * A courier that has not started.
     *
     * @param known the mark of the rows that were fetched already, null when none were
     * @param away why the source could not be reached at opening, null when it could
     */
    Courier(
            String epoch,
            Live.Options options,
            Reducer reducer,
            ThreadFactory threads,
            InstantSource clock,
            @Nullable Object known,
            @Nullable Unavailable away) {
        this.table = options.table();
        this.options = options;
        this.reducer = reducer;
        this.monitor = reducer.monitor();
        this.clock = clock;
        this.known = known;
        this.pause = options.retryFirst();
        Instant now = clock.instant();
        this.nextPoll = known == null ? now : now.plus(options.pollEvery());
        this.fetches.add(known == null ? 0 : 1);
        this.state =
                new Latest<>(
                        epoch,
                        away == null
                                ? new SourceState.Reachable()
                                : new SourceState.Away(now, away));
        this.thread = threads.newThread(this::run);
    }

    void start() {
        if (state.now() instanceof SourceState.Away(Instant _, OrreryException reason)) {
            reducer.reaches(reason);
        }
        thread.start();
    }

    Signal<SourceState> state() {
        return state;
    }

    Ledger ledger() {
        return reducer.ledger(polls.sum(), fetches.sum());
    }

    private void run() {
        try {
            while (true) {
                switch (next()) {
                    case Step.Stop _ -> {
                        return;
                    }
                    case Step.Ask(long refresh) -> ask(refresh);
                    case Step.Send(Pending pending) -> send(pending);
                }
            }
        } catch (Throwable broken) { // recorded and shown; this table alone stops
            LOG.log(
                    System.Logger.Level.ERROR,
                    "live table " + options.name() + " has stopped",
                    broken);
            away(unavailable(broken));
        }
    }

    private Step next() {
        while (true) {
            Optional<Step> step = monitor.awaitSome(this::ready, untilNext());
            if (step.isPresent()) {
                return step.get();
            }
        }
    }

    /** The step that is due, under the lock, if one is. */
    private Optional<Step> ready() {
        if (closing) {
            return Optional.of(new Step.Stop());
        }
        Instant now = clock.instant();
        if (hurry) {
            hurry = false;
            return Optional.of(new Step.Ask(refreshesAsked));
        }
        if (now.isBefore(awayUntil)) {
            return Optional.empty();
        }
        if (!now.isBefore(nextPoll)) {
            return Optional.of(new Step.Ask(refreshesAsked));
        }
        return reducer.due(now).map(Step.Send::new);
    }

    private Duration untilNext() {
        Duration[] wait = new Duration[1];
        monitor.tell(() -> {
            Instant next = reducer.dueNext().filter(nextPoll::isAfter).orElse(nextPoll);
            Instant from = next.isBefore(awayUntil) ? awayUntil : next;
            Duration left = Duration.between(clock.instant(), from);
            wait[0] = left.isNegative() ? Duration.ZERO : left;
        });
        return wait[0];
    }

    // asking

    private void ask(long refresh) {
        try {
            Object mark = table.can(Capability.MARK) ? table.driver().mark() : null;
            boolean fetch = mark == null || !mark.equals(known) || refresh > refreshesDone;
            if (fetch) {
                reducer.learn(rows(table));
                known = mark;
            }
            polls.increment();
            fetches.add(fetch ? 1 : 0);
            monitor.tell(() -> {
                refreshesDone = refresh;
                nextPoll = clock.instant().plus(options.pollEvery());
            });
            reachable();
        } catch (RuntimeException e) {
            away(unavailable(e));
        }
    }

    /**
     * The rows of a table by their id; a row without one cannot be told from others and is left
     * out.
     */
    static Map<Key, Row> rows(Table table) {
        Schema schema = table.schema();
        Map<Key, Row> rows = new LinkedHashMap<>();
        for (Row row : table.list()) {
            try {
                rows.put(schema.keyOf(row), row);
            } catch (Invalid nameless) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} has a row without {1}, which is left out: {2}",
                        table.name(),
                        schema.id(),
                        row);
            }
        }
        return rows;
    }

    // sending

    private void send(Pending pending) {
        Optional<Mutation> mutation = reducer.sending(pending);
        if (mutation.isEmpty()) {
            return; // taken back after it was chosen
        }
        try {
            Settlement settlement = table.driver().apply(mutation.get(), table.condition());
            reducer.settle(pending, settlement);
            reachable();
        } catch (Unavailable e) {
            away(e);
        } catch (RuntimeException e) { // says nothing about the source: other keys go on
            LOG.log(
                    System.Logger.Level.WARNING,
                    "could not send " + mutation.get() + ", trying again",
                    e);
            monitor.tell(() -> {
                Duration longer =
                        options.retryFirst().multipliedBy(1L << Math.min(pending.attempts, 16));
                pending.notBefore = clock.instant().plus(shorter(longer, options.retryAtMost()));
                pending.attempts++;
            });
        } finally {
            reducer.sendingOver();
        }
    }

    private static Duration shorter(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }

    // reaching the source

    private void reachable() {
        pause = options.retryFirst();
        if (state.now() instanceof SourceState.Away) {
            state.set(new SourceState.Reachable());
            reducer.reaches(null);
        }
    }

    private void away(OrreryException reason) {
        Instant now = clock.instant();
        if (state.now() instanceof SourceState.Reachable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the source of {0} is away: {1}",
                    options.name(),
                    reason.getMessage());
            state.set(new SourceState.Away(now, reason));
        }
        reducer.reaches(reason);
        monitor.tell(() -> awayUntil = now.plus(pause));
        pause = shorter(pause.multipliedBy(2), options.retryAtMost());
    }

    private OrreryException unavailable(Throwable e) {
        return e instanceof OrreryException known
                ? known
                : new Unavailable("the source of " + options.name(), "it is tried again", pause, e);
    }

    /** Asks the source now and waits until its answer is visible. */
    void refresh(Duration timeout) {
        long[] mine = new long[1];
        monitor.tell(() -> {
            mine[0] = ++refreshesAsked;
            hurry = true;
        });
        boolean done = monitor.await(() -> closing || refreshesDone >= mine[0], timeout);
        if (!done || refreshesDone < mine[0]) {
            throw new TimedOut("the source of " + options.name(), timeout);
        }
    }

    /** Stops; when it returns the source is not talked to any more. */
    void stop() {
        monitor.tell(() -> closing = true);
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(CLOSING);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
