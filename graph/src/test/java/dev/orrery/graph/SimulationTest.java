package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.testkit.KeptLog;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Replicas on clocks of their own, over lines that lose, repeat and damage what they carry, that
 * are parted, restarted and run out of disk, grow their schema, and write to the same few ids. At
 * the end all are equal, and what the plainest reading of the entries says.
 */
class SimulationTest {
    private static final int SEEDS = 1_000;
    private static final int LONG_SEEDS = Integer.getInteger("orrery.seeds", 100_000);
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final List<String> EDGES = List.of("e1", "e2");
    private static final List<String> PROPERTIES = List.of("p", "q");
    private static final List<Topic> TOPICS =
            List.of(
                    Topic.of("things").nodes("Thing").edges("joins"),
                    Topic.of("others").nodes("Other"));
    private static final Ontology OPEN =
            Ontology.define("open")
                    .node("Thing", thing -> {})
                    .node("Other", other -> {})
                    .edge(
                            "joins",
                            joins -> joins.from("Thing").from("Other").to("Thing").to("Other"))
                    .build();

    @Test
    void whateverHappensReplicasConverge() { // laws G7, G9, G10, G30, G36, G37, G65
        Seeded.runs(SEEDS, random -> new World(random).run());
    }

    @Test
    @Tag("long")
    void whateverHappensReplicasConvergeAHundredTimesMore() {
        Seeded.runs(LONG_SEEDS, random -> new World(random).run());
    }

    /** One replica, its clock, its disk, and somebody who follows it. */
    private static final class Site {
        private final String name;
        private final Replicas.Wall wall;
        private final KeptLog disk = new KeptLog();
        private final Set<Hash> told = new HashSet<>();
        private LocalGraph graph;
        private Cursor place = ArrivalCursor.BEGINNING;

        /** Whether something was compacted that whoever follows was not told. */
        private boolean missed;

        Site(String name, Replicas.Wall wall) {
            this.name = name;
            this.wall = wall;
            this.graph = Replicas.open(wall, name, OPEN, disk);
        }

        void restart() {
            graph.close();
            disk.room();
            graph = Replicas.open(wall, name, OPEN, disk);
        }

        /** Whoever follows is told each entry once, across restarts. */
        void follow(int most) {
            try (Subscription<Entry> entries = graph.subscribe(graph.cursor(place.text()))) {
                for (Entry entry : entries.nextBatch(most, Duration.ZERO)) {
                    assertThat(told.add(entry.hash())).isTrue();
                }
                place = entries.cursor();
            } catch (StaleCursor compacted) {
                missed = true;
                place = compacted.oldest();
                follow(most);
            }
        }
    }

    private static final class World {
        private final Seeded random;
        private final List<Site> sites = new ArrayList<>();
        private final Set<Site> parted = new HashSet<>();
        private final boolean compacts;
        private final boolean erases;

        /** What was written anywhere, also what was compacted since. */
        private final Map<Hash, Entry> written = new LinkedHashMap<>();

        World(Seeded random) {
            this.random = random;
            this.compacts = random.oneIn(2);
            this.erases = compacts && random.oneIn(4);
            int count = 2 + random.below(random.oneIn(10) ? 7 : 3);
            for (int i = 0; i < count; i++) {
                long skew = random.below(400_000) - 200_000L; // minutes, within the bound
                sites.add(
                        new Site(
                                String.valueOf((char) ('a' + i)),
                                new Replicas.Wall(10_000_000 + skew)));
            }
        }

        void run() {
            int steps = 20 + random.below(60);
            for (int step = 0; step < steps; step++) {
                step(random.pick(sites));
            }
            heal();
            Site first = sites.getFirst();
            for (Site site : sites) {
                assertThat(Replicas.seen(site.graph)).isEqualTo(Replicas.seen(first.graph));
                site.follow(Integer.MAX_VALUE);
                if (!site.missed) {
                    assertThat(site.told).hasSize((int) site.graph.entryCount());
                }
                site.restart();
                assertThat(Replicas.seen(site.graph)).isEqualTo(Replicas.seen(first.graph));
            }
            sites.forEach(this::remember);
            assertThat(written).hasSize((int) first.graph.entryCount());
            Oracle oracle = new Oracle(List.copyOf(written.values()));
            assertThat(shown(first.graph.nodes().list())).isEqualTo(shown(oracle.nodes()));
            assertThat(shown(first.graph.edges().list())).isEqualTo(shown(oracle.edges()));
            sites.forEach(site -> site.graph.close());
        }

        private static List<String> shown(List<?> things) {
            return things.stream().map(String::valueOf).toList();
        }

        private void step(Site site) {
            if (erases) {
                sites.forEach(this::remember); // whoever learns of an erasure compacts by himself
            }
            switch (random.below(20)) {
                case 0 -> site.restart();
                case 1 -> site.disk.fullAfter(random.below(2));
                case 2 -> site.disk.room();
                case 3 -> {
                    if (!parted.remove(site)) {
                        parted.add(site);
                    }
                }
                case 4 -> sites.forEach(each -> each.wall.move(random.below(100_000)));
                case 5 -> extend(site);
                case 6 -> site.follow(1 + random.below(5));
                case 7 -> {
                    compact(site);
                    erase(site);
                }
                case 8, 9, 10 -> sync(site, random.pick(sites));
                default -> write(site.graph);
            }
        }

        private void erase(Site site) {
            State.Slot slot = site.graph.inside().state().slot(random.pick(NODES));
            if (!erases || slot == null) {
                return;
            }
            Entity known = slot.entity();
            try {
                site.graph.inside().write(new Operation.Erase(known.id(), known.seenEver()));
                remember(site);
                site.graph.compact(Compaction.everything());
            } catch (StorageFailure full) {
                // it is done when somebody learns of it
            }
        }

        private void remember(Site site) {
            Replicas.entries(site.graph).forEach(entry -> written.put(entry.hash(), entry));
        }

        private void compact(Site site) {
            if (!compacts) {
                return;
            }
            remember(site);
            Compaction policy =
                    switch (random.below(3)) {
                        case 0 -> Compaction.everything();
                        case 1 -> Compaction.acknowledgedByAll(Duration.ofDays(1));
                        default -> Compaction.acknowledgedBy(List.of(random.pick(sites).name));
                    };
            List<Object> before = Replicas.seen(site.graph);
            try {
                site.graph.compact(
                        random.oneIn(3) ? policy.olderThan(Duration.ofSeconds(1)) : policy);
            } catch (StorageFailure full) {
                // what was there is there
            }
            assertThat(Replicas.seen(site.graph)).isEqualTo(before);
        }

        private void extend(Site site) {
            String type = "T" + random.below(3);
            try {
                site.graph.extend(
                        site.graph
                                .ontology()
                                .extend()
                                .node(
                                        type,
                                        each -> each.extend(random.oneIn(2) ? "Thing" : "Other"))
                                .build());
            } catch (OrreryException refused) {
                // it says nothing new, contradicts what holds, or the disk is full
            }
        }

        private void write(LocalGraph graph) {
            String node = random.pick(NODES);
            String property = random.pick(PROPERTIES);
            try {
                switch (random.below(7)) {
                    case 0, 1 ->
                            graph.addNode(
                                    random.oneIn(2) ? "Thing" : "Other",
                                    node,
                                    Row.of(property, (long) random.below(5)));
                    case 2 ->
                            graph.addEdge(
                                    "joins",
                                    random.pick(EDGES),
                                    random.pick(NODES),
                                    random.pick(NODES),
                                    Row.of());
                    case 3, 4 -> graph.set(node, property, (long) random.below(5));
                    case 5 -> graph.removeNode(node);
                    default -> graph.removeEdge(random.pick(EDGES));
                }
            } catch (OrreryException refused) {
                // an end is not there, an id is of the other kind, the disk is full
            }
        }

        private void sync(Site one, Site other) {
            if (one == other || parted.contains(one) || parted.contains(other)) {
                return;
            }
            Peer line = message -> carry(message, other.graph);
            try {
                if (random.oneIn(3)) {
                    one.graph.sync(line, random.pick(TOPICS));
                } else {
                    one.graph.sync(line);
                }
            } catch (OrreryException broken) {
                // the line broke, the disk was full, or a message was damaged
            }
        }

        private byte[] carry(byte[] message, LocalGraph to) throws IOException {
            if (random.oneIn(12)) {
                throw new IOException("lost on the way there");
            }
            if (random.oneIn(12)) {
                to.answer(message); // comes twice
            }
            byte[] answer = to.answer(random.oneIn(12) ? damaged(message) : message);
            if (random.oneIn(12)) {
                throw new IOException("lost on the way back");
            }
            return random.oneIn(12) ? damaged(answer) : answer;
        }

        private byte[] damaged(byte[] message) {
            byte[] changed = message.clone();
            if (changed.length > 0) {
                changed[random.below(changed.length)] ^= (byte) (1 << random.below(8));
            }
            return changed;
        }

        /** All disks have room, all lines carry, all clocks are near: until nothing moves. */
        private void heal() {
            sites.forEach(this::remember);
            sites.forEach(site -> {
                site.disk.room();
                site.restart();
                site.wall.set(20_000_000);
            });
            boolean moved = true;
            for (int round = 0; moved; round++) {
                assertThat(round).as("rounds until all are equal").isLessThan(10);
                moved = false;
                for (Site one : sites) {
                    for (Site other : sites) {
                        Synced synced = one.graph.sync(other.graph::answer);
                        moved |= synced.received() + synced.sent() > 0;
                        assertThat(synced.refused()).isEmpty();
                    }
                }
            }
        }
    }
}
