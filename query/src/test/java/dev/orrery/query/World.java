package dev.orrery.query;

import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Column;
import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;

/**
 * A random graph of queries over a few inputs and a small relation, and the same functions
 * evaluated from scratch on the state at any revision.
 *
 * <p>Dependencies are dynamic and shared over several levels; values are few, so that cutoffs are
 * frequent; some read circles that have a least fixed point; some facts stay once they are there;
 * some bodies throw, some handle what their children throw, some pause, some read side by side.
 */
final class World {
    static final int INPUTS = 8;
    static final int ROWS = 6;
    static final int GROUPS = 3;
    static final int WIDTH = 6;
    static final int LEVELS = 5;
    static final int KEYS = WIDTH * LEVELS;
    private static final int ABSENT = -1;
    private static final int VALUES_KEPT = 8;

    final Timeline timeline = Timeline.startingAt("world", new Revision(0));
    final Queries queries;
    final Definition<Integer, Integer> query;
    private final Query<Integer, Integer> ring;
    private final Input<Integer, Integer> inputs;
    private final Input<Integer, Integer> fixed;
    private final Input<Integer, Item> rows;

    /** The inputs whose values stay once they are there; none in half of the worlds. */
    private final java.util.BitSet frozen = new java.util.BitSet();

    private final Bodies bodies;
    private final boolean pausing;
    private final AtomicIntegerArray runs = new AtomicIntegerArray(KEYS);
    private final AtomicIntegerArray ringRuns = new AtomicIntegerArray(Rings.SIZE);

    /** The outcome that each stamp of a key was seen with. */
    private final Map<Stamp, Integer> stamps = new ConcurrentHashMap<>();

    /** The state after each commit, noted before it is published. */
    private final Map<Long, int[]> states = new ConcurrentHashMap<>();

    record Item(int group, int amount) {}

    private record Stamp(int key, long changedAt) {}

    World(long seed, Set<Fault> faults, boolean pausing) {
        this.pausing = pausing;
        Random random = new Random(seed);
        bodies = new Bodies(random);
        states.put(0L, empty());
        timeline.attach(new History()).close();
        queries = new Queries(timeline, Thread.ofVirtual().factory(), new Faults(faults));
        inputs = queries.input("input", Integer.class, Integer.class);
        fixed = queries.defineInput("fixed", Integer.class, Integer.class).frozen().create();
        rows = queries.input("rows", Integer.class, Item.class);
        query = (Definition<Integer, Integer>) define(random).as(this::compute);
        ring =
                queries.define("ring", Integer.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .as(this::circle);
        for (int key = random.nextInt(2 * INPUTS); key < INPUTS; key += 1 + random.nextInt(3)) {
            frozen.set(key);
        }
    }

    /** Failures that are declared, and values that are limited, in half of the worlds each. */
    private QueryDefinition<Integer, Integer> define(Random random) {
        QueryDefinition<Integer, Integer> plain =
                queries.define("node", Integer.class, Integer.class);
        QueryDefinition<Integer, Integer> failing =
                random.nextBoolean() ? plain.failing(Bodies.Boom.class) : plain;
        return random.nextBoolean() ? failing.maximumSize(VALUES_KEPT) : failing;
    }

    private static int[] empty() {
        int[] state = new int[INPUTS + 2 * ROWS];
        java.util.Arrays.fill(state, ABSENT);
        return state;
    }

    /** Notes every state under the commit lock. */
    private final class History implements CommitHook {
        @Override
        public void derive(Commit commit, Derivation derivation) {
            int[] state = states.get(commit.revision().number() - 1).clone();
            for (ChangeSet<?, ?> set : commit.changes()) {
                if (set.source() == inputs || set.source() == fixed || set.source() == rows) {
                    set.forEach(change -> apply(set.source() != rows, change, state));
                }
            }
            states.put(commit.revision().number(), state);
        }

        private void apply(boolean isInput, Change<?, ?> change, int[] state) {
            int key = (Integer) change.key();
            if (isInput) {
                state[key] = change.after().isPresent() ? (Integer) change.after().get() : ABSENT;
                return;
            }
            Item item = (Item) change.after().orElse(null);
            state[INPUTS + 2 * key] = item == null ? ABSENT : item.group();
            state[INPUTS + 2 * key + 1] = item == null ? ABSENT : item.amount();
        }
    }

    /** A change of one fact; a value below zero takes it away. */
    private record Edit(boolean isRow, int key, int value, int amount) {
        static Edit random(Random random) {
            return random.nextInt(4) == 0
                    ? new Edit(
                            true,
                            random.nextInt(ROWS),
                            random.nextInt(4) == 0 ? ABSENT : random.nextInt(GROUPS),
                            random.nextInt(3))
                    : new Edit(false, random.nextInt(INPUTS), random.nextInt(4) - 1, 0);
        }

        static List<Edit> some(Random random) {
            return Stream.generate(() -> random(random)).limit(1 + random.nextInt(3)).toList();
        }

        void apply(int[] state) {
            if (isRow) {
                state[INPUTS + 2 * key] = value;
                state[INPUTS + 2 * key + 1] = value < 0 ? ABSENT : amount;
            } else {
                state[key] = value;
            }
        }
    }

    /** Changes a few things at once. */
    void change(Random random) {
        List<Edit> edits = Edit.some(random);
        try {
            timeline.commit(() -> edits.forEach(this::apply));
        } catch (OrreryException.Unsupported refused) {
            if (edits.stream().noneMatch(this::isFrozen)) {
                throw refused;
            }
        }
    }

    private boolean isFrozen(Edit edit) {
        return !edit.isRow() && frozen.get(edit.key());
    }

    private void apply(Edit edit) {
        if (isFrozen(edit)) {
            if (edit.value() >= 0) {
                fixed.set(edit.key(), edit.value());
            }
        } else if (edit.isRow() && edit.value() < 0) {
            rows.remove(edit.key());
        } else if (edit.isRow()) {
            rows.set(edit.key(), new Item(edit.value(), edit.amount()));
        } else if (edit.value() < 0) {
            inputs.remove(edit.key());
        } else {
            inputs.set(edit.key(), edit.value());
        }
    }

    // snapshots with own writes

    /** A snapshot that goes its own way, and the states it goes through. */
    final class Diverged implements AutoCloseable {
        private final Snapshot snapshot;
        private final Map<Long, int[]> own = new ConcurrentHashMap<>();
        private long newest;
        private volatile boolean closed;

        Diverged() {
            this(queries.snapshot(), null);
        }

        private Diverged(Snapshot snapshot, int[] begin) {
            this.snapshot = snapshot;
            this.newest = snapshot.revision().number();
            own.put(newest, begin == null ? states.get(newest) : begin);
        }

        synchronized Diverged nested() {
            return new Diverged(snapshot.snapshot(), own.get(newest));
        }

        synchronized void change(Random random) {
            int[] now = own.get(newest);
            List<Edit> edits =
                    Edit.some(random).stream()
                            .filter(edit -> !isFrozen(edit) || isFirst(edit, now))
                            .toList();
            int[] next = now.clone();
            edits.forEach(edit -> edit.apply(next));
            own.put(newest + 1, next); // overwritten when nothing changed
            newest = snapshot.commit(() -> edits.forEach(World.this::apply)).number();
        }

        private static boolean isFirst(Edit edit, int[] now) {
            return edit.value() >= 0 && now[edit.key()] == ABSENT;
        }

        /** False when it was closed meanwhile. */
        boolean check(int key) {
            try {
                return snapshot.read(() -> {
                    long revision = Tracking.frame().revision();
                    int actual = encoded(query.outcome(key));
                    compare(key, revision, new Scratch(own.get(revision)).outcome(key), actual);
                    return true;
                });
            } catch (OrreryException.Closed expected) {
                if (!closed) {
                    throw expected;
                }
                return false;
            }
        }

        /** The laws of its own graph; nobody else may be at work on it. */
        void checkAtRest() {
            Engine engine = snapshot.engine();
            if (!engine.isRoot()) {
                new Sweep(engine).check(engine.timeline.published());
            }
        }

        @Override
        public void close() {
            closed = true;
            snapshot.close();
        }
    }

    // the bodies

    private int compute(int key) {
        runs.incrementAndGet(key);
        if (pausing) {
            pause();
        }
        int value = bodies.body(key, new Live());
        if (pausing) {
            pause();
        }
        return value;
    }

    private int circle(int key) {
        ringRuns.incrementAndGet(key);
        if (pausing) {
            pause();
        }
        return Rings.ring(key, new Live(), ring::of);
    }

    private static void pause() {
        int dice = ThreadLocalRandom.current().nextInt(64);
        if (dice == 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(20_000);
        } else if (dice < 8) {
            java.util.concurrent.locks.LockSupport.parkNanos(1);
        }
    }

    private final class Live implements Bodies.Reads {
        @Override
        public int input(int key) {
            return (frozen.get(key) ? fixed : inputs).find(key).orElse(ABSENT);
        }

        @Override
        public int group(int group) {
            List<Item> items = rows.where(Column.integer("group").eq(group)).list();
            return items.stream().mapToInt(Item::amount).sum();
        }

        @Override
        public int outcome(int key) {
            return encoded(query.outcome(key));
        }

        @Override
        public int ring(int key) {
            return ring.of(key);
        }

        @Override
        public int value(int key) {
            return query.of(key);
        }

        @Override
        public int both(int first, int second, boolean asFunctions) {
            List<Integer> values =
                    asFunctions
                            ? Parallel.<Integer>all(
                                    List.of(() -> value(first), () -> value(second)))
                            : Parallel.map(List.of(first, second), query);
            return values.getFirst() + 2 * values.getLast();
        }
    }

    /** A value, or minus one minus the key whose body threw; anything else is a defect. */
    static int encoded(Outcome<Integer> outcome) {
        return switch (outcome) {
            case Outcome.Value<Integer>(Integer value) -> value;
            case Outcome.Failed<Integer>(UserFailure failure)
                    when failure.getCause() instanceof Bodies.Boom boom ->
                    -1 - boom.key;
            case Outcome.Failed<Integer>(var failure) ->
                    throw new AssertionError("unexpected failure", failure);
        };
    }

    // the oracle

    /** The outcome of a key at a revision, evaluated from scratch. */
    int expected(int key, long revision) {
        int[] state = states.get(revision);
        if (state == null) {
            throw new AssertionError("r" + revision + " was never made");
        }
        return new Scratch(state).outcome(key);
    }

    private final class Scratch implements Bodies.Reads {
        private final int[] state;
        private final Map<Integer, Integer> known = new HashMap<>();
        private int[] rings;

        Scratch(int[] state) {
            this.state = state;
        }

        @Override
        public int input(int key) {
            return state[key];
        }

        @Override
        public int group(int group) {
            int sum = 0;
            for (int row = 0; row < ROWS; row++) {
                if (state[INPUTS + 2 * row] == group) {
                    sum += state[INPUTS + 2 * row + 1];
                }
            }
            return sum;
        }

        @Override
        public int outcome(int key) {
            Integer value = known.get(key);
            if (value == null) {
                value = evaluated(key);
                known.put(key, value);
            }
            return value;
        }

        @Override
        public int ring(int key) {
            if (rings == null) {
                rings = Rings.solved(this);
            }
            return rings[key];
        }

        private int evaluated(int key) {
            try {
                return bodies.body(key, this);
            } catch (Bodies.Boom boom) {
                return -1 - boom.key;
            }
        }

        @Override
        public int value(int key) {
            int value = outcome(key);
            if (value < 0) {
                throw new Bodies.Boom(-1 - value);
            }
            return value;
        }

        @Override
        public int both(int first, int second, boolean asFunctions) {
            return value(first) + 2 * value(second);
        }
    }

    // checking

    /** Reads at the newest revision, and compares at the one the access was bound to. */
    void checkNow(int key) {
        long before = timeline.published();
        Definition.Bound<Integer> bound = query.bound(key);
        long after = timeline.published();
        long revision = bound.revision();
        if (revision < before || revision > after) {
            throw new AssertionError("law Q1: r" + revision + " is not inside the access");
        }
        compare(key, revision, encoded(bound.outcome()));
        checkStamp(key);
    }

    /** Whatever is remembered under one stamp says the same. */
    private void checkStamp(int key) {
        Memo memo = query.node(key).memo;
        if (memo == null || memo.isEmptied() || memo.changedAt() == Memo.PRIVATE) {
            return;
        }
        int now = encoded(query.outcome(memo));
        Integer before = stamps.putIfAbsent(new Stamp(key, memo.changedAt()), now);
        if (before != null && before != now) {
            throw new AssertionError("law Q6: " + query.node(key) + " was " + before);
        }
    }

    /** Reads as a user does, and compares with the revisions inside the access. */
    void checkHit(int key) {
        long before = timeline.published();
        int actual;
        try {
            actual = query.of(key);
        } catch (UserFailure failure) {
            actual = encoded(new Outcome.Failed<>(failure));
        }
        long after = timeline.published();
        for (long revision = before; revision <= after; revision++) {
            if (expected(key, revision) == actual) {
                return;
            }
        }
        throw new AssertionError(
                "law Q1: node("
                        + key
                        + ") gave "
                        + actual
                        + ", not true in r"
                        + before
                        + "..r"
                        + after
                        + ": "
                        + query.node(key));
    }

    /** Forgets a result; whoever asks next has it run again. */
    void checkForget(int key) {
        int before = runs.get(key);
        query.forget(key);
        checkNow(key);
        if (runs.get(key) == before) {
            throw new AssertionError("law Q24: node(" + key + ") was not run: " + query.node(key));
        }
    }

    /** Forgets a result of a circle, which is run again, too. */
    void checkForgetRing(int key) {
        int before = ringRuns.get(key);
        ring.forget(key);
        ring.of(key);
        if (ringRuns.get(key) == before) {
            throw new AssertionError("law Q24: ring(" + key + ") was not run");
        }
    }

    void checkAt(Snapshot snapshot, int key) {
        compare(
                key,
                snapshot.revision().number(),
                snapshot.read(() -> encoded(query.outcome(key))));
    }

    private void compare(int key, long revision, int actual) {
        compare(key, revision, expected(key, revision), actual);
    }

    private void compare(int key, long revision, int expected, int actual) {
        if (expected != actual) {
            throw new AssertionError(
                    "node("
                            + key
                            + ") at r"
                            + revision
                            + " is "
                            + expected
                            + ", not "
                            + actual
                            + ": "
                            + query.node(key));
        }
    }

    /** Everything at rest: all values, and the laws of the whole graph. */
    void checkAtRest() {
        for (int key = 0; key < KEYS; key++) {
            checkHit(key);
        }
        awaitRest();
        try (Pin pin = timeline.pin()) {
            new Sweep(queries.engine()).check(pin.revision().number());
        }
        if (query.valuesKept() > VALUES_KEPT) {
            throw new AssertionError("law Q25: " + query.valuesKept() + " values are kept");
        }
    }

    /** Waits until who serves the watches has nothing to do; a fault may keep it from that. */
    private void awaitRest() {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (queries.engine().watches.settled() < timeline.published()
                && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }
}
