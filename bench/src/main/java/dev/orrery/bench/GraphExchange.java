package dev.orrery.bench;

import static dev.orrery.bench.GraphMain.SCHEMA;
import static dev.orrery.bench.GraphMain.graphs;
import static dev.orrery.bench.GraphMain.millisSince;
import static dev.orrery.bench.GraphMain.need;
import static dev.orrery.bench.GraphMain.properties;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.graph.Entry;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Identity;
import dev.orrery.graph.Synced;
import dev.orrery.graph.Trust;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The scenarios of the graph suite in which replicas exchange entries, or somebody follows one. */
final class GraphExchange {
    private static final int BATCH = 1_000;
    private static final int ROUNDS = 200;

    private GraphExchange() {}

    /**
     * Two replicas that share some nodes and then went apart by some each meet again: milliseconds,
     * and all bytes that were sent.
     */
    static String heal(int shared, int each) {
        try (Graph left = graphs().open(SCHEMA);
                Graph right = graphs().open(SCHEMA)) {
            write(left, "e-", shared);
            right.sync(left::answer);
            write(left, "l-", each);
            write(right, "r-", each);
            long began = System.nanoTime();
            Synced synced = right.sync(left::answer);
            double millis = millisSince(began);
            need(synced.equal(), "the replicas differ");
            need(left.nodes().count() == shared + 2L * each, "nodes are missing");
            return millis + " " + (synced.bytesSent() + synced.bytesReceived());
        }
    }

    private static void write(Graph graph, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            graph.addNode("Entity", prefix + i, Row.of("name", "node-" + i, "seq", i));
        }
    }

    /**
     * A graph of so many entries, ten for each node, with a replica and somebody who follows:
     * microseconds of a sync that finds nothing, its bytes on the heavier side, and microseconds
     * until the follower has one new entry once that is there. Medians.
     */
    static String quiet(int entries) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        try (Graph graph = Graphs.on(timeline).open(SCHEMA);
                Graph replica = graphs().open(SCHEMA)) {
            fill(timeline, graph, entries);
            need(replica.sync(graph::answer).equal(), "the replicas differ");
            Samples quiet = new Samples();
            long bytes = 0;
            for (int round = -ROUNDS; round < ROUNDS; round++) {
                long began = System.nanoTime();
                Synced synced = replica.sync(graph::answer);
                long took = System.nanoTime() - began;
                need(synced.equal() && synced.rounds() == 1, "the sync found something");
                bytes = Math.max(synced.bytesSent(), synced.bytesReceived());
                if (round >= 0) {
                    quiet.add(took / 1e3);
                }
            }
            return quiet.median() + " " + bytes + " " + follow(graph);
        }
    }

    private static double follow(Graph graph) {
        Samples fetch = new Samples();
        try (Subscription<Entry> entries = graph.subscribe()) {
            for (int round = -ROUNDS; round < ROUNDS; round++) {
                graph.set("e-1", "counter", (long) round);
                long began = System.nanoTime();
                need(entries.next(Duration.ZERO).isPresent(), "the entry is missing");
                if (round >= 0) {
                    fetch.add((System.nanoTime() - began) / 1e3);
                }
            }
        }
        return fetch.median();
    }

    private static void fill(Timeline timeline, Graph graph, int entries) {
        for (int first = 0; first < entries / 10; first += BATCH / 10) {
            int from = first;
            timeline.commit(() -> {
                for (int i = from; i < from + BATCH / 10; i++) {
                    graph.addNode("Entity", "e-" + i, properties(i));
                    for (long update = 1; update < 10; update++) {
                        graph.set("e-" + i, "counter", update);
                    }
                }
            });
        }
    }

    /**
     * Entries a second that a replica which trusts nobody else takes in of one that signed each
     * batch of a thousand. What that one answers was made beforehand, for another replica that
     * asked the same.
     */
    static double signed(int entries) {
        Identity who = Identity.generate("signer");
        Trust trust = Trust.strict().allow(who.name(), who.publicKey());
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        Deque<byte[]> answers = new ArrayDeque<>();
        try (Graph graph = Graphs.on(timeline).identity(who).open(SCHEMA);
                Graph first = graphs().open(SCHEMA)) {
            fill(timeline, graph, entries);
            first.trust(trust);
            Synced synced =
                    first.sync(question -> {
                        byte[] answer = graph.answer(question);
                        answers.add(answer);
                        return answer;
                    });
            need(synced.equal(), "the replicas differ");
        }
        try (Graph replica = graphs().open(SCHEMA)) {
            replica.trust(trust);
            long began = System.nanoTime();
            Synced synced = replica.sync(_ -> answers.remove());
            double rate = synced.received() * 1_000.0 / millisSince(began);
            need(synced.equal() && answers.isEmpty(), "the replicas differ");
            return rate;
        }
    }
}
