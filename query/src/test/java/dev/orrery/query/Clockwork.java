package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A random graph of queries that are all read after every commit, and the same functions evaluated
 * from scratch: so it is known before what a commit changes, marks, and has run again.
 *
 * <p>What a body reads depends on what it has read; some throw, some handle what others throw; some
 * read each other in circles, with a value to start from and without; commits change several
 * inputs, or none; snapshots with own writes are read whole.
 */
final class Clockwork implements AutoCloseable {
    private static final int INPUTS = 6;
    private static final int GROUND = 8;
    private static final int NODES = 40;
    private static final int ABSENT = -1;

    private final Timeline timeline = Timeline.startingAt("clockwork", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> inputs =
            queries.input("input", Integer.class, Integer.class);
    private final Query<Integer, Integer> query =
            queries.query("node", Integer.class, Integer.class, this::compute);
    private final Query<Integer, Integer> ring =
            queries.define("ring", Integer.class, Integer.class).fixedPoint(_ -> 0).as(this::ring);
    private final Query<Integer, Integer> knot =
            queries.query("knot", Integer.class, Integer.class, this::knot);
    private final int[] ringRan = new int[Rings.SIZE];
    private final int[] knotRan = new int[Rings.SIZE];
    private final int[] traits = new int[NODES];
    private final int[] ran = new int[NODES];
    private int[] state = new int[INPUTS];
    private Scratch now;
    private boolean pretended;

    Clockwork(Random random) {
        for (int key = 0; key < NODES; key++) {
            traits[key] = random.nextInt(1 << 20);
        }
        Arrays.fill(state, ABSENT);
        now = new Scratch(state);
    }

    /** What a body reads. */
    private interface Reads extends Rings.Outside {
        @Override
        int input(int key);

        /** The value, or minus one minus the key whose body threw. */
        @Override
        int outcome(int key);
    }

    private static final class Boom extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int key;

        private Boom(int key) {
            super("boom", null, false, false);
            this.key = key;
        }

        @Override
        public String getMessage() {
            return "boom of " + key;
        }
    }

    private int body(int key, Reads reads) {
        int trait = traits[key];
        if (key < GROUND) {
            int value = reads.input(trait % INPUTS);
            value += value % 2 == 0 ? 1 : reads.input(trait / 8 % INPUTS);
            return Math.floorMod(value / (1 + trait % 3), 6);
        }
        int first = read(trait % key, trait, key, reads);
        int second = read((trait / 7 + first) % key, trait, key, reads);
        int value = first + second;
        if (value % 3 == 0) {
            value += 1 + reads.input((trait / 32 + second) % INPUTS);
        }
        if (trait % 9 == 1 && value % 5 == 4) {
            throw new Boom(key);
        }
        return Math.floorMod(value / (1 + trait % 2), 6);
    }

    /** A child's value; what it throws is thrown on, or handled. */
    private static int read(int child, int trait, int key, Reads reads) {
        int outcome = reads.outcome(child);
        if (outcome < 0 && trait % 4 != 0) {
            throw new Boom(-1 - outcome);
        }
        return Math.floorMod(outcome, key);
    }

    // the runtime

    private int compute(int key) {
        ran[key]++;
        return body(key, new Live());
    }

    private int ring(int key) {
        ringRan[key]++;
        return Rings.ring(key, new Live(), ring::of);
    }

    private int knot(int key) {
        knotRan[key]++;
        return Rings.knot(key, new Live(), knot::of);
    }

    private final class Live implements Reads {
        @Override
        public int input(int key) {
            return inputs.find(key).orElse(ABSENT);
        }

        @Override
        public int outcome(int key) {
            return encoded(query.outcome(key));
        }
    }

    private static int encoded(Outcome<Integer> outcome) {
        return switch (outcome) {
            case Outcome.Value<Integer>(Integer value) -> value;
            case Outcome.Failed<Integer>(UserFailure failure)
                    when failure.getCause() instanceof Boom boom ->
                    -1 - boom.key;
            case Outcome.Failed<Integer>(OrreryException.Cycle _) -> Rings.CIRCLE;
            case Outcome.Failed<Integer>(var failure) ->
                    throw new AssertionError("unexpected failure", failure);
        };
    }

    // from scratch

    /** All outcomes of one state, and what each node has read. */
    private final class Scratch {
        private final int[] inputs;
        private final Integer[] outcomes = new Integer[NODES];
        private final BitSet[] inputsRead = new BitSet[NODES];
        private final BitSet[] nodesRead = new BitSet[NODES];
        private final int[] rings;

        Scratch(int[] inputs) {
            this.inputs = inputs;
            for (int key = 0; key < NODES; key++) {
                outcome(key);
            }
            rings = Rings.solved(outside());
        }

        private Rings.Outside outside() {
            return new Rings.Outside() {
                @Override
                public int input(int input) {
                    return inputs[input];
                }

                @Override
                public int outcome(int node) {
                    return outcomes[node];
                }
            };
        }

        /**
         * Whether anything that any member of a key's circles has read outside of them has another
         * value there: a ring's inputs and nodes are those of its own number and the next.
         */
        boolean ringReadsWhatDiffers(int key, Scratch there) {
            return members(key)
                    .anyMatch(member ->
                            inputs[member] != there.inputs[member]
                                    || inputs[member + 1] != there.inputs[member + 1]
                                    || !outcomes[member].equals(there.outcomes[member]));
        }

        /** Whether a member of a key's circles handles a failure, which no branch takes over. */
        boolean ringReadsAFailure(int key) {
            return members(key).anyMatch(this::failed);
        }

        private IntStream members(int key) {
            BitSet members = new BitSet();
            reach(key, members);
            return members.stream();
        }

        private void reach(int key, BitSet members) {
            if (!members.get(key)) {
                members.set(key);
                Rings.ring(
                        key,
                        outside(),
                        next -> {
                            reach(next, members);
                            return 0;
                        });
            }
        }

        boolean knotReadsWhatDiffers(int key, Scratch there) {
            BitSet members = new BitSet();
            for (int at = key; !members.get(at) && inputs[at] >= 0; ) {
                members.set(at);
                at = Math.floorMod(at + inputs[at], Rings.SIZE);
            }
            members.set(key);
            return Rings.knot(key, outside()) != Rings.knot(key, there.outside())
                    || members.stream().anyMatch(at -> inputs[at] != there.inputs[at]);
        }

        private int outcome(int key) {
            Integer known = outcomes[key];
            if (known != null) {
                return known;
            }
            BitSet ofInputs = new BitSet();
            BitSet ofNodes = new BitSet();
            inputsRead[key] = ofInputs;
            nodesRead[key] = ofNodes;
            int outcome;
            try {
                outcome =
                        body(
                                key,
                                new Reads() {
                                    @Override
                                    public int input(int input) {
                                        ofInputs.set(input);
                                        return inputs[input];
                                    }

                                    @Override
                                    public int outcome(int node) {
                                        ofNodes.set(node);
                                        return Scratch.this.outcome(node);
                                    }
                                });
            } catch (Boom boom) {
                outcome = -1 - boom.key;
            }
            outcomes[key] = outcome;
            return outcome;
        }

        boolean failed(int key) {
            return outcomes[key] < 0;
        }

        /** Whether something that a node has read here has another value there. */
        boolean readsWhatDiffers(int key, Scratch there) {
            return inputsRead[key].stream().anyMatch(input -> inputs[input] != there.inputs[input])
                    || nodesRead[key].stream()
                            .anyMatch(
                                    node -> !Objects.equals(outcomes[node], there.outcomes[node]));
        }

        /** The nodes above inputs that differ there. */
        BitSet cone(Scratch there) {
            BitSet cone = new BitSet();
            for (int key = 0; key < NODES; key++) { // who is read has a smaller number
                if (nodesRead[key].intersects(cone)
                        || inputsRead[key].stream()
                                .anyMatch(input -> inputs[input] != there.inputs[input])) {
                    cone.set(key);
                }
            }
            return cone;
        }
    }

    // a history

    /** Reads everything for the first time. */
    void readAll() {
        for (int key = 0; key < NODES; key++) {
            check(encoded(query.outcome(key)) == now.outcomes[key], "node " + key);
        }
        checkCircles();
    }

    private void checkCircles() {
        for (int key = 0; key < Rings.SIZE; key++) {
            check(encoded(ring.outcome(key)) == now.rings[key], "law Q26: ring " + key);
            int expected = Rings.knot(key, now.outside());
            check(encoded(knot.outcome(key)) == expected, "law Q12: knot " + key);
        }
    }

    /** Commits, reads everything, and checks the values and the work. */
    void step(Random random) {
        Scratch before = now;
        long marked = queries.statistics().marked();
        int[] ranBefore = ran.clone();
        int[] ringBefore = ringRan.clone();
        int[] knotBefore = knotRan.clone();
        if (pretended) {
            ran[0]++;
        }
        change(random);
        now = new Scratch(state);
        BitSet cone = before.cone(now);
        long marks = queries.statistics().marked() - marked;
        int most = cone.cardinality() + 2 * Rings.SIZE;
        check(marks <= most, "law Q14: " + marks + " marked of " + cone + " and the rings");
        boolean committed = !Arrays.equals(before.inputs, now.inputs);
        int offset = random.nextInt(NODES);
        for (int i = 0; i < NODES; i++) {
            int key = (offset + i) % NODES;
            check(encoded(query.outcome(key)) == now.outcomes[key], "node " + key);
        }
        for (int key = 0; key < NODES; key++) {
            boolean had = before.readsWhatDiffers(key, now) || (committed && before.failed(key));
            check(
                    ran[key] - ranBefore[key] == (had ? 1 : 0),
                    "law Q14: runs of node " + key + " of " + query.explain(key));
        }
        checkCircles();
        for (int key = 0; key < Rings.SIZE; key++) {
            check(
                    before.ringReadsWhatDiffers(key, now) || ringRan[key] == ringBefore[key],
                    "law Q14: ring " + key + " ran, and nothing below it differs");
            boolean failed = Rings.knot(key, before.outside()) == Rings.CIRCLE;
            check(
                    failed
                            || before.knotReadsWhatDiffers(key, now)
                            || knotRan[key] == knotBefore[key],
                    "law Q14: knot " + key + " ran, and nothing below it differs");
        }
        if (random.nextInt(4) == 0) {
            lookAside(random);
        }
        if (random.nextInt(100) == 0) {
            try (Pin pin = timeline.pin()) {
                new Sweep(queries.engine()).check(pin.revision().number());
            }
        }
    }

    /**
     * Changes a snapshot for itself, and reads all of it; whatever does not differ is taken over.
     */
    private void lookAside(Random random) {
        int[] ranBefore = ran.clone();
        int[] ringBefore = ringRan.clone();
        int[] there = state.clone();
        try (Snapshot aside = queries.snapshot()) {
            aside.commit(() -> change(random, there));
            Scratch own = new Scratch(there);
            aside.read(() -> {
                for (int key = 0; key < NODES; key++) {
                    check(encoded(query.outcome(key)) == own.outcomes[key], "aside, node " + key);
                }
                for (int key = 0; key < Rings.SIZE; key++) {
                    check(encoded(ring.outcome(key)) == own.rings[key], "aside, ring " + key);
                }
                return true;
            });
            for (int key = 0; key < NODES; key++) {
                boolean had = now.readsWhatDiffers(key, own) || now.failed(key);
                check(
                        ran[key] - ranBefore[key] <= (had ? 1 : 0),
                        "law Q15: a run of node " + key + " in a snapshot, and nothing differs");
            }
            for (int key = 0; key < Rings.SIZE; key++) {
                check(
                        now.ringReadsWhatDiffers(key, own)
                                || now.ringReadsAFailure(key)
                                || ringRan[key] == ringBefore[key],
                        "law Q15: ring " + key + " ran in a snapshot, and nothing differs");
            }
        }
    }

    /** Has the next step count a run that was none. */
    void pretendARun() {
        pretended = true;
    }

    private void change(Random random) {
        int[] next = state.clone();
        timeline.commit(() -> change(random, next));
        state = next;
    }

    private void change(Random random, int[] next) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            int key = random.nextInt(INPUTS);
            next[key] = random.nextInt(7) + ABSENT;
            if (next[key] == ABSENT) {
                inputs.remove(key);
            } else {
                inputs.set(key, next[key]);
            }
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Override
    public void close() {
        queries.close();
    }
}
