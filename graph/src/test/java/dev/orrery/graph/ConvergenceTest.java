package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.testkit.Seeded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Replicas that have seen the same entries are equal, whatever way the entries came. */
class ConvergenceTest {
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final List<String> EDGES = List.of("e1", "e2");
    private static final List<String> PROPERTIES = List.of("p", "q");

    static final Ontology OPEN =
            Ontology.define("open")
                    .node("Thing", thing -> {})
                    .node("Other", other -> {})
                    .edge(
                            "joins",
                            joins -> joins.from("Thing").from("Other").to("Thing").to("Other"))
                    .edge(
                            "loves",
                            loves -> loves.from("Thing").from("Other").to("Thing").to("Other"))
                    .build();

    /** Does something, mostly to ids that others do something to as well. */
    static void act(LocalGraph graph, Seeded random) {
        String node = random.pick(NODES);
        String edge = random.pick(EDGES);
        String property = random.pick(PROPERTIES);
        try {
            switch (random.below(9)) {
                case 0, 1 ->
                        graph.addNode(
                                random.oneIn(2) ? "Thing" : "Other",
                                node,
                                random.oneIn(2)
                                        ? Row.of()
                                        : Row.of(property, (long) random.below(5)));
                case 2, 3 ->
                        graph.addEdge(
                                random.oneIn(2) ? "joins" : "loves",
                                edge,
                                random.pick(NODES),
                                random.pick(NODES),
                                Row.of(property, (long) random.below(5)));
                case 4, 5 ->
                        graph.set(
                                random.oneIn(2) ? node : edge,
                                property,
                                random.oneIn(6) ? null : (long) random.below(5));
                case 6 -> graph.unset(random.oneIn(2) ? node : edge, property);
                case 7 -> graph.removeNode(node);
                default -> graph.removeEdge(edge);
            }
        } catch (OrreryException.Missing | OrreryException.Conflict refused) {
            // an end is not there, or the id is of the other kind: nothing was written
        }
    }

    @Test
    void replicasThatExchangeAtRandomAgreeWithEachOtherAndWithThePlainMeaning() {
        Seeded.runs(
                60,
                random -> {
                    var wall = new Replicas.Wall(1_000_000);
                    List<LocalGraph> replicas = new ArrayList<>();
                    int count = 2 + random.below(3);
                    for (int i = 0; i < count; i++) {
                        replicas.add(Replicas.open(wall, String.valueOf((char) ('a' + i)), OPEN));
                    }
                    for (int step = 0; step < 60; step++) {
                        LocalGraph replica = random.pick(replicas);
                        if (random.oneIn(4)) {
                            Replicas.pull(replica, random.pick(replicas));
                        } else {
                            act(replica, random);
                        }
                        if (random.oneIn(5)) {
                            wall.move(random.below(3));
                        }
                        check(replica);
                    }
                    for (LocalGraph left : replicas) {
                        for (LocalGraph right : replicas) {
                            Replicas.sync(left, right);
                        }
                    }
                    for (LocalGraph replica : replicas) {
                        Replicas.pull(replica, replicas.getFirst());
                        Replicas.pull(replica, replicas.getLast());
                    }
                    for (LocalGraph replica : replicas) {
                        assertThat(Replicas.seen(replica))
                                .isEqualTo(Replicas.seen(replicas.getFirst()));
                        check(replica);
                    }
                });
    }

    private static void check(LocalGraph graph) {
        Oracle oracle = new Oracle(Replicas.entries(graph));
        assertThat(shown(graph.nodes().list())).isEqualTo(shown(oracle.nodes()));
        assertThat(shown(graph.edges().list())).isEqualTo(shown(oracle.edges()));
    }

    private static List<String> shown(List<?> things) {
        return things.stream().map(String::valueOf).toList();
    }

    @Test
    void everyOrderOfASmallSetOfEntriesGivesOneState() {
        Seeded.runs(
                8,
                random -> {
                    var wall = new Replicas.Wall(1_000_000);
                    LocalGraph left = Replicas.open(wall, "a", OPEN);
                    LocalGraph right = Replicas.open(wall, "b", OPEN);
                    while (left.entryCount() + right.entryCount() < 8) {
                        act(random.oneIn(2) ? left : right, random);
                        if (random.oneIn(4)) {
                            Replicas.pull(left, right);
                        }
                    }
                    Replicas.sync(left, right);
                    List<Entry> entries = new ArrayList<>(Replicas.entries(left));
                    entries.removeIf(Entry::isRoot);
                    if (entries.size() > 6) {
                        entries = entries.subList(0, 6); // parents first, so it is a whole history
                    }
                    List<Object> expected = null;
                    List<List<Entry>> orders = new ArrayList<>();
                    permute(entries, 0, orders);
                    for (List<Entry> order : orders) {
                        var state = new State("open");
                        state.join(Replicas.entries(left).getFirst());
                        for (Entry entry : order) {
                            state.join(entry);
                            state.join(entry);
                        }
                        List<Object> found = List.of(Hash.of(StateCodec.encode(state)));
                        expected = expected == null ? found : expected;
                        assertThat(found).isEqualTo(expected);
                    }
                });
    }

    private static void permute(List<Entry> entries, int from, List<List<Entry>> orders) {
        if (from == entries.size()) {
            orders.add(List.copyOf(entries));
            return;
        }
        for (int i = from; i < entries.size(); i++) {
            Collections.swap(entries, from, i);
            permute(entries, from + 1, orders);
            Collections.swap(entries, from, i);
        }
    }

    @Test
    void everyWayToCutAndShuffleAMergeShowsTheSame() {
        Seeded.runs(
                40,
                random -> {
                    var wall = new Replicas.Wall(1_000_000);
                    LocalGraph left = Replicas.open(wall, "a", OPEN);
                    LocalGraph right = Replicas.open(wall, "b", OPEN);
                    for (int step = 0; step < 40; step++) {
                        act(random.oneIn(2) ? left : right, random);
                        if (random.oneIn(10)) {
                            Replicas.pull(left, right);
                        }
                    }
                    Replicas.pull(left, right);
                    List<Entry> all = new ArrayList<>(Replicas.entries(left));
                    LocalGraph copy = Replicas.open(wall, "c", OPEN);
                    while (copy.entryCount() < left.entryCount()) {
                        Collections.shuffle(all, new Random(random.bits()));
                        copy.inside().merge(all.subList(0, 1 + random.below(all.size())));
                    }
                    assertThat(Replicas.seen(copy)).isEqualTo(Replicas.seen(left));
                });
    }
}
