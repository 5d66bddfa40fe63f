package dev.orrery.exchange;

import dev.orrery.core.Row;
import dev.orrery.graph.Edge;
import dev.orrery.graph.Node;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes GraphML: the keys, then the nodes, then the edges. Confined to one thread. */
final class GraphMlWriter implements ElementWriter {
    private static final String GRAPHML = "http://graphml.graphdrawing.org/xmlns";
    private static final GraphMlKey TYPE = new GraphMlKey(GraphMlKey.TYPE, "string", "");

    private final OutputStream out;
    private final XMLStreamWriter xml;
    private final Map<GraphMlKey, String> ofNodes = new LinkedHashMap<>();
    private final Map<GraphMlKey, String> ofEdges = new LinkedHashMap<>();

    /** What may fail while XML is written. */
    private interface Writing {
        void write() throws XMLStreamException;
    }

    GraphMlWriter(OutputStream out, Contents contents) throws IOException {
        this.out = new BufferedOutputStream(out, 1 << 16);
        collect(contents);
        try {
            xml = XMLOutputFactory.newFactory().createXMLStreamWriter(this.out, "UTF-8");
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
        doing(() -> begin(contents.graph()));
    }

    /** Which keys there are is known only when everything was looked at. */
    private void collect(Contents contents) throws IOException {
        ofNodes.put(TYPE, "n0");
        ofEdges.put(TYPE, "e0");
        contents.nodes(node -> collect(node.properties(), ofNodes, "n"));
        contents.edges(edge -> collect(edge.properties(), ofEdges, "e"));
    }

    private static void collect(Row properties, Map<GraphMlKey, String> keys, String prefix) {
        new TreeMap<>(properties.toMap())
                .forEach((name, value) ->
                        keys.computeIfAbsent(
                                GraphMlKey.of(name, value), _ -> prefix + keys.size()));
    }

    private void begin(String graph) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        line();
        xml.writeStartElement("graphml");
        xml.writeDefaultNamespace(GRAPHML);
        xml.writeNamespace("orrery", GraphMlKey.NOTES);
        line();
        keys(ofNodes, "node");
        keys(ofEdges, "edge");
        xml.writeStartElement("graph");
        xml.writeAttribute("id", GraphMlKey.attribute("graph", graph));
        xml.writeAttribute("edgedefault", "directed");
        line();
    }

    private void keys(Map<GraphMlKey, String> keys, String kind) throws XMLStreamException {
        for (var key : keys.entrySet()) {
            xml.writeEmptyElement("key");
            xml.writeAttribute("id", key.getValue());
            xml.writeAttribute("for", kind);
            xml.writeAttribute("attr.name", GraphMlKey.attribute("property", key.getKey().name()));
            xml.writeAttribute("attr.type", key.getKey().type());
            if (!key.getKey().noted().isEmpty()) {
                xml.writeAttribute("orrery", GraphMlKey.NOTES, "type", key.getKey().noted());
            }
            line();
        }
    }

    @Override
    public void node(Node node) throws IOException {
        doing(() -> {
            xml.writeStartElement("node");
            xml.writeAttribute("id", GraphMlKey.attribute("node", node.id()));
            data(ofNodes, ImportBatch.typeOf(node), node.properties());
        });
    }

    @Override
    public void edge(Edge edge) throws IOException {
        doing(() -> {
            xml.writeStartElement("edge");
            xml.writeAttribute("id", GraphMlKey.attribute("edge", edge.id()));
            xml.writeAttribute("source", GraphMlKey.attribute("edge's end", edge.from()));
            xml.writeAttribute("target", GraphMlKey.attribute("edge's end", edge.to()));
            data(ofEdges, edge.type(), edge.properties());
        });
    }

    private void data(Map<GraphMlKey, String> keys, String type, Row properties)
            throws XMLStreamException {
        data(keys, TYPE, GraphMlKey.attribute("type", type));
        for (var property : new TreeMap<>(properties.toMap()).entrySet()) {
            GraphMlKey key = GraphMlKey.of(property.getKey(), property.getValue());
            data(keys, key, key.text(property.getValue()));
        }
        xml.writeEndElement();
        line();
    }

    private void data(Map<GraphMlKey, String> keys, GraphMlKey key, String text)
            throws XMLStreamException {
        xml.writeStartElement("data");
        xml.writeAttribute("key", String.valueOf(keys.get(key)));
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    @Override
    public void end() throws IOException {
        doing(() -> {
            xml.writeEndElement();
            line();
            xml.writeEndElement();
            line();
            xml.writeEndDocument();
            xml.flush();
        });
        out.flush();
    }

    private void line() throws XMLStreamException {
        xml.writeCharacters("\n");
    }

    private static void doing(Writing writing) throws IOException {
        try {
            writing.write();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }
}
