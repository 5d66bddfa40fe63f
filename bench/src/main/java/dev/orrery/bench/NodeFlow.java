package dev.orrery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * The flow without Orrery, as one writes it by hand in Node: the event is appended to a file and
 * forced, folded in memory, and sent over the package {@code ws} to a client in another process. It
 * keeps no state on disk, no history and no offsets. Confined to one thread.
 */
final class NodeFlow implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final LineProcess process;
    private final String name;

    private NodeFlow(LineProcess process, String name) throws IOException {
        this.process = process;
        this.name = name;
        process.answer(); // that its client is connected
    }

    /** The flow, if Node is there and its package can be installed; says why when not. */
    static Optional<NodeFlow> open(Workplace place, Path folder, Progress progress)
            throws Exception {
        Optional<NodePackage> node = NodePackage.find(place, "ws", "8", progress);
        return node.isEmpty() ? Optional.empty() : Optional.of(start(node.get(), folder));
    }

    private static NodeFlow start(NodePackage node, Path folder) throws IOException {
        Path flights = folder.resolve("node-flights.json");
        Files.write(flights, JSON.writeValueAsBytes(OrreryFlow.flights()));
        LineProcess process =
                LineProcess.start(
                        node.title(),
                        List.of(
                                "node",
                                node.program("live.mjs").toString(),
                                flights.toString(),
                                folder.resolve("node-events.jsonl").toString()));
        return new NodeFlow(process, node.title());
    }

    /** What it is, with versions. */
    String name() {
        return name;
    }

    /** Appends events at a steady rate; returns the milliseconds each took to the client. */
    Samples run(int perSecond, int events) throws IOException {
        Samples millis = new Samples();
        String answer = process.ask(perSecond + " " + events);
        for (double micros : JSON.readValue(answer, double[].class)) {
            millis.add(micros / 1_000);
        }
        return millis;
    }

    @Override
    public void close() {
        process.close();
    }
}
