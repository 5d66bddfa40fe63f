package dev.orrery.graph;

import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.nio.file.Path;

/** Writes to a graph from several threads until it is killed, and says what was acknowledged. */
final class WriteForEver {
    private WriteForEver() {}

    static void main(String[] arguments) throws InterruptedException {
        Timeline timeline = Replicas.timeline();
        Graph graph = Graphs.on(timeline).directory(Path.of(arguments[0])).open(Replicas.ANYTHING);
        System.out.println("begun");
        for (int i = 0; i < 4; i++) {
            String name = "w" + i;
            Thread.startVirtualThread(() -> {
                long from = graph.node(name).map(node -> node.integer("p")).orElse(0L);
                for (long n = from + 1; ; n++) {
                    long value = n;
                    if (n % 3 == 0) {
                        timeline.commit(() -> {
                            graph.set(name, "p", value);
                            graph.set(name, "q", value);
                        });
                    } else {
                        graph.addNode("Thing", name, Row.of("p", value, "q", value));
                    }
                    System.out.println(name + " " + value);
                }
            });
        }
        Thread.currentThread().join();
    }
}
