package dev.orrery.bench;

import static dev.orrery.graph.Constraint.required;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Ontology;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scenarios of the graph suite on Orrery, in a JVM of its own: each line that is asked is
 * answered with one.
 */
final class GraphMain {
    static final Ontology SCHEMA =
            Ontology.define("bench")
                    .node(
                            "Entity",
                            entity ->
                                    entity.text("name", required())
                                            .text("status")
                                            .integer("seq")
                                            .integer("counter"))
                    .build();

    private GraphMain() {}

    static void main() throws IOException, InterruptedException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (@Nullable String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            Object answer =
                    switch (words[0]) {
                        case "s1" -> create(Integer.parseInt(words[1]));
                        case "s2" -> update(Integer.parseInt(words[1]));
                        case "writers" ->
                                writers(
                                        Path.of(words[1]),
                                        Integer.parseInt(words[2]),
                                        Integer.parseInt(words[3]));
                        case "batches" -> batches(Path.of(words[1]), Integer.parseInt(words[2]));
                        case "memory" -> memory(Integer.parseInt(words[1]));
                        case "build" -> build(Path.of(words[1]), Integer.parseInt(words[2]));
                        case "reopen" -> reopen(Path.of(words[1]), Integer.parseInt(words[2]));
                        case "s8" ->
                                GraphExchange.heal(
                                        Integer.parseInt(words[1]), Integer.parseInt(words[2]));
                        case "quiet" -> GraphExchange.quiet(Integer.parseInt(words[1]));
                        case "signed" -> GraphExchange.signed(Integer.parseInt(words[1]));
                        default -> throw new IOException("what is " + words[0]);
                    };
            System.out.println(answer);
        }
    }

    static Graphs graphs() {
        return Graphs.on(Timeline.startingAt("bench", new Revision(0)));
    }

    static Row properties(int i) {
        return Row.of("name", "node-" + i, "status", "active", "seq", i);
    }

    static void need(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    static double millisSince(long began) {
        return (System.nanoTime() - began) / 1e6;
    }

    /** Nodes of three properties, each a commit: hashed, linked, checked, shown. Milliseconds. */
    private static double create(int count) {
        try (Graph graph = graphs().open(SCHEMA)) {
            long began = System.nanoTime();
            for (int i = 0; i < count; i++) {
                graph.addNode("Entity", "e-" + i, properties(i));
            }
            double millis = millisSince(began);
            need(graph.nodes().count() == count, "nodes are missing");
            return millis;
        }
    }

    /** One property of one node, again and again. Milliseconds. */
    private static double update(int count) {
        try (Graph graph = graphs().open(SCHEMA)) {
            graph.addNode("Entity", "e", Row.of("name", "e", "counter", 0));
            long began = System.nanoTime();
            for (int i = 1; i <= count; i++) {
                graph.set("e", "counter", (long) i);
            }
            double millis = millisSince(began);
            need(graph.node("e").orElseThrow().integer("counter") == count, "updates are missing");
            return millis;
        }
    }

    /** Acknowledged writes a second of so many writers to a directory. */
    private static double writers(Path directory, int writers, int each)
            throws InterruptedException {
        try (Graph graph = graphs().directory(directory).open(SCHEMA)) {
            List<Thread> threads = new ArrayList<>();
            long began = System.nanoTime();
            for (int writer = 0; writer < writers; writer++) {
                String name = "w" + writer + "-";
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (int i = 0; i < each; i++) {
                                        graph.addNode("Entity", name + i, properties(i));
                                    }
                                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            double rate = writers * each * 1_000.0 / millisSince(began);
            need(graph.nodes().count() == (long) writers * each, "nodes are missing");
            return rate;
        }
    }

    /** Writes a second in commits of a thousand, to a directory. */
    private static double batches(Path directory, int batches) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        try (Graph graph = Graphs.on(timeline).directory(directory).open(SCHEMA)) {
            long began = System.nanoTime();
            for (int batch = 0; batch < batches; batch++) {
                int first = batch * 1_000;
                timeline.commit(() -> {
                    for (int i = first; i < first + 1_000; i++) {
                        graph.addNode("Entity", "e-" + i, properties(i));
                    }
                });
            }
            double rate = batches * 1_000 * 1_000.0 / millisSince(began);
            need(graph.nodes().count() == batches * 1_000L, "nodes are missing");
            return rate;
        }
    }

    /** Mebibytes of live heap of a graph with so many nodes. */
    private static double memory(int count) throws InterruptedException {
        double before = liveMebibytes();
        try (Graph graph = graphs().open(SCHEMA)) {
            for (int i = 0; i < count; i++) {
                graph.addNode("Entity", "e-" + i, properties(i));
            }
            double after = liveMebibytes();
            need(graph.nodes().count() == count, "nodes are missing");
            return after - before;
        }
    }

    private static double liveMebibytes() throws InterruptedException {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            least = Math.min(least, used / 1_048_576.0);
        }
        return least;
    }

    /** Writes so many entries, ten for each node, and lets go of them. Milliseconds. */
    private static double build(Path directory, int entries) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        long began = System.nanoTime();
        try (Graph graph = Graphs.on(timeline).directory(directory).open(SCHEMA)) {
            int nodes = entries / 10;
            for (int first = 0; first < nodes; first += 500) {
                int from = first;
                timeline.commit(() -> {
                    for (int i = from; i < from + 500; i++) {
                        String id = "e-" + i;
                        graph.addNode("Entity", id, properties(i));
                        for (long update = 1; update < 10; update++) {
                            graph.set(id, "counter", update);
                        }
                    }
                });
            }
        }
        return millisSince(began);
    }

    /** Milliseconds until a store of so many entries can be read and written. */
    private static double reopen(Path directory, int entries) {
        long began = System.nanoTime();
        try (Graph graph = graphs().directory(directory).open(SCHEMA)) {
            double millis = millisSince(began);
            need(graph.nodes().count() == entries / 10, "nodes are missing");
            need(graph.node("e-7").orElseThrow().integer("counter") == 9, "an update is missing");
            return millis;
        }
    }
}
