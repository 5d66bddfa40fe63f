package dev.orrery.query;

import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Random;

/**
 * A random graph of queries that are all read after every commit, and the same functions evaluated
 * from scratch: so it is known before what a commit changes, marks, and has run again.
 *
 * <p>What a body reads depends on what it has read; some throw, some handle what others throw;
 * commits change several inputs, or none.
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
    private interface Reads {
        int input(int key);

        /** The value, or minus one minus the key whose body threw. */
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

        Scratch(int[] inputs) {
            this.inputs = inputs;
            for (int key = 0; key < NODES; key++) {
                outcome(key);
            }
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
    }

    /** Commits, reads everything, and checks the values and the work. */
    void step(Random random) {
        Scratch before = now;
        long marked = queries.statistics().marked();
        int[] ranBefore = ran.clone();
        if (pretended) {
            ran[0]++;
        }
        change(random);
        now = new Scratch(state);
        BitSet cone = before.cone(now);
        long marks = queries.statistics().marked() - marked;
        check(marks <= cone.cardinality(), "law Q14: " + marks + " marked of " + cone);
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
        if (random.nextInt(100) == 0) {
            try (Pin pin = timeline.pin()) {
                new Sweep(queries.engine()).check(pin.revision().number());
            }
        }
    }

    /** Has the next step count a run that was none. */
    void pretendARun() {
        pretended = true;
    }

    private void change(Random random) {
        int[] next = state.clone();
        timeline.commit(() -> {
            for (int i = random.nextInt(3); i >= 0; i--) {
                int key = random.nextInt(INPUTS);
                next[key] = random.nextInt(7) + ABSENT;
                if (next[key] == ABSENT) {
                    inputs.remove(key);
                } else {
                    inputs.set(key, next[key]);
                }
            }
        });
        state = next;
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
