package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Edges against a set of them. Law Q4. */
class EdgesTest {
    private record Edge(Node reader, int position) {}

    @Test
    void edgesAreThoseThatWereAddedAndNotRemoved() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
        Query<Integer, Integer> query =
                queries.query("query", Integer.class, Integer.class, key -> key);
        List<Node> readers = new ArrayList<>();
        for (int key = 0; key < 60; key++) {
            readers.add(((Definition<Integer, Integer>) query).node(key));
        }
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        Edges edges = new Edges();
        Set<Edge> expected = new HashSet<>();
        for (int step = 0; step < 20_000; step++) {
            Edge edge = new Edge(readers.get(random.nextInt(60)), random.nextInt(3));
            boolean growing = step / 1_000 % 2 == 0;
            if (random.nextInt(10) < (growing ? 7 : 3)) {
                edges.add(edge.reader(), edge.position());
                expected.add(edge);
            } else {
                assertThat(edges.remove(edge.reader(), edge.position()))
                        .as("seed " + seed)
                        .isEqualTo(expected.remove(edge));
            }
            if (step % 4_999 == 0) {
                edges.clear();
                expected.clear();
            }
            Set<Edge> actual = new HashSet<>();
            for (int at = 0; at < edges.size(); at++) {
                actual.add(new Edge(edges.reader(at), edges.position(at)));
            }
            assertThat(actual).as("seed " + seed).isEqualTo(expected);
            assertThat(edges.size()).isEqualTo(expected.size());
        }
        queries.close();
    }
}
