package dev.orrery.graph;

import dev.orrery.core.Revision;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Replicas of graphs in one test: each on a timeline of its own, all on one clock that stands
 * still.
 */
final class Replicas {
    static final Ontology ANYTHING =
            Ontology.define("any")
                    .node("Thing", thing -> {})
                    .node("Other", other -> {})
                    .edge("joins", joins -> joins.from("Thing").to("Thing"))
                    .build();

    /** A clock that is moved by hand. */
    static final class Wall implements InstantSource {
        private long millis;

        Wall(long millis) {
            this.millis = millis;
        }

        void set(long now) {
            millis = now;
        }

        void move(long by) {
            millis += by;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
    }

    private Replicas() {}

    static Graphs on(Wall wall, String name) {
        return Graphs.on(timeline()).clock(wall).replica(name);
    }

    static Timeline timeline() {
        return Timeline.startingAt("t", new Revision(0));
    }

    static LocalGraph open(Wall wall, String name, Ontology ontology) {
        return (LocalGraph) on(wall, name).open(ontology);
    }

    static LocalGraph open(Wall wall, String name, Ontology ontology, SegmentLog log) {
        return (LocalGraph) on(wall, name).log(() -> log).open(ontology);
    }

    static List<Entry> entries(Graph graph) {
        return graph.entries(0, Integer.MAX_VALUE);
    }

    /** Hands everything one replica has to another, in whatever order. */
    static Merged pull(LocalGraph to, Graph from) {
        return to.inside().merge(entries(from));
    }

    /** Both ways. */
    static void sync(LocalGraph left, LocalGraph right) {
        pull(left, right);
        pull(right, left);
    }

    /** What is to be equal on replicas that have seen the same entries: everything one can see. */
    static List<Object> seen(Graph graph) {
        List<Object> all = new ArrayList<>();
        all.add(graph.nodes().list());
        all.add(graph.edges().list());
        all.add(graph.quarantine().list());
        all.add(graph.heads());
        all.add(graph.ontology().hash());
        all.add(graph.stateHash());
        return all;
    }
}
