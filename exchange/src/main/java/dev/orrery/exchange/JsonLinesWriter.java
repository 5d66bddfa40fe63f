package dev.orrery.exchange;

import dev.orrery.core.Row;
import dev.orrery.graph.Edge;
import dev.orrery.graph.Node;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Writes a JSON object in each line. Confined to one thread. */
final class JsonLinesWriter implements ElementWriter {
    private final OutputStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    JsonLinesWriter(OutputStream out, Contents contents) throws IOException {
        this.out = new BufferedOutputStream(out, 1 << 16);
        line(json -> {
            json.writeStringProperty("orrery", "graph");
            json.writeNumberProperty("version", JsonLinesReader.VERSION);
            json.writeStringProperty("graph", contents.graph());
        });
    }

    @Override
    public void node(Node node) throws IOException {
        line(json -> {
            json.writeStringProperty("node", node.id());
            json.writeStringProperty("type", ImportBatch.typeOf(node));
            properties(json, node.properties());
        });
    }

    @Override
    public void edge(Edge edge) throws IOException {
        line(json -> {
            json.writeStringProperty("edge", edge.id());
            json.writeStringProperty("type", edge.type());
            json.writeStringProperty("from", edge.from());
            json.writeStringProperty("to", edge.to());
            properties(json, edge.properties());
        });
    }

    @Override
    public void end() throws IOException {
        out.flush();
    }

    private static void properties(JsonGenerator json, Row properties) {
        if (!properties.columns().isEmpty()) {
            json.writeName("properties");
            JsonValues.members(json, properties.toMap());
        }
    }

    private void line(Consumer<JsonGenerator> members) throws IOException {
        line.reset();
        try (JsonGenerator json =
                JsonValues.FACTORY.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        line.write('\n');
        line.writeTo(out);
    }
}
