package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.testkit.InterceptedLog;
import dev.orrery.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A script of writes, merges and compactions on a store that dies at every point at which it is
 * written to or cut: what was acknowledged is there, and it goes on.
 */
class CompactionCrashTest {
    private static final int STEPS = 60;
    private static final int LONG_STEPS = 1_000;

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    /** A store that fails at one of its calls, after some of what it was told or nothing of it. */
    private static final class Dying extends InterceptedLog {
        private int diesAt;
        private final int kept;
        private int calls;

        Dying(int diesAt, int kept) {
            super(SegmentLog.inMemory());
            this.diesAt = diesAt;
            this.kept = kept;
        }

        private boolean dies() {
            return ++calls == diesAt;
        }

        /** Lets it be a store that does not die, for the next life. */
        void heal() {
            diesAt = 0;
            calls = 0;
        }

        private static OrreryException dead() {
            return new OrreryException.StorageFailure(
                    OrreryException.StorageFailure.Kind.UNREADABLE, "the test's disk", null);
        }

        @Override
        public long appendAll(List<byte[]> records) {
            if (dies()) {
                super.appendAll(records.subList(0, Math.min(kept, records.size())));
                throw dead();
            }
            return super.appendAll(records);
        }

        @Override
        public void truncateBefore(long position) {
            if (dies()) {
                super.truncateBefore(Math.max(start(), position - kept));
                throw dead();
            }
            super.truncateBefore(position);
        }

        @Override
        public void seal() {
            if (dies()) {
                throw dead();
            }
        }

        @Override
        public void close() {} // the next life opens it again
    }

    /** Steps of a script until one fails; the ids that were acknowledged. */
    private Set<String> run(LocalGraph graph, LocalGraph peer, Seeded random, int steps) {
        Set<String> acknowledged = new TreeSet<>();
        try {
            for (int step = 0; step < steps; step++) {
                wall.move(1);
                switch (random.below(8)) {
                    case 0 -> graph.compact(Compaction.everything());
                    case 1 -> graph.compact(Compaction.acknowledgedBy(List.of("peer")));
                    case 2 -> {
                        peer.addNode("Thing", "p" + step, Row.of());
                        if (random.oneIn(3)) {
                            peer.compact(Compaction.everything());
                        }
                    }
                    case 3 -> {
                        if (random.oneIn(2)) {
                            graph.sync(peer::answer, Topic.of("things").nodes("Thing"));
                        } else {
                            graph.sync(peer::answer);
                        }
                        peer.nodes().list().forEach(node -> acknowledged.add(node.id()));
                    }
                    default -> {
                        graph.addNode("Thing", "n" + step, Row.of("at", step));
                        acknowledged.add("n" + step);
                    }
                }
            }
        } catch (OrreryException.StorageFailure died) {
            // the rest is for the next life
        }
        return acknowledged;
    }

    private void everyPoint(long seed, int steps) {
        int points = run(new Dying(0, 0), seed, steps);
        for (int point = 1; point <= points; point++) {
            for (int kept : List.of(0, 1, 3)) {
                run(new Dying(point, kept), seed, steps);
            }
        }
    }

    /**
     * Runs the script on a store, opens what is left of it, and lets it meet its peer; how many
     * calls of the store the script made.
     */
    private int run(Dying store, long seed, int steps) {
        Seeded random = Seeded.of(seed);
        wall.set(1_000_000);
        LocalGraph peer = Replicas.open(wall, "peer", Replicas.ANYTHING);
        Set<String> acknowledged = Set.of();
        try {
            LocalGraph graph = Replicas.open(wall, "k", Replicas.ANYTHING, store);
            acknowledged = run(graph, peer, random, steps);
        } catch (OrreryException.StorageFailure died) {
            // when it was begun
        }
        int points = store.calls;
        store.heal();
        try (LocalGraph again = Replicas.open(wall, "k", Replicas.ANYTHING, store)) {
            List<String> ids = new ArrayList<>();
            again.nodes().list().forEach(node -> ids.add(node.id()));
            assertThat(ids).as("seed %d", seed).containsAll(acknowledged);
            again.addNode("Thing", "after", Row.of());
            again.compact(Compaction.everything());
            again.sync(peer::answer);
            assertThat(Replicas.seen(again)).isEqualTo(Replicas.seen(peer));
            return points;
        } finally {
            peer.close();
        }
    }

    @Test
    void atWhateverPointItDiesItIsWhole() { // laws G10, G60, G65
        everyPoint(Long.getLong("orrery.seed", 7L), STEPS);
    }

    @Test
    @Tag("long")
    void atWhateverPointOfALongScriptItDiesItIsWhole() {
        everyPoint(Long.getLong("orrery.seed", 11L), LONG_STEPS);
    }
}
