package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads GraphML: one graph, without graphs in nodes, without edges that join more than two. An edge
 * without a direction is taken as going from its source to its target. Confined to one thread.
 */
final class GraphMlReader implements ElementReader { // law X5
    /** The most that is read for one node or edge, or for all keys, in bytes. */
    private static final long ELEMENT = 8 << 20;

    /** What stands in a graph without being of it. */
    private static final Set<String> AROUND = Set.of("graphml", "graph");

    private final BoundedInput in;
    private final Map<String, GraphMlKey> keys = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> defaults =
            Map.of("node", new HashMap<>(), "edge", new HashMap<>());
    private @Nullable XMLStreamReader xml;
    private boolean begun;

    GraphMlReader(InputStream in) {
        this.in = new BoundedInput(in, ELEMENT);
    }

    @Override
    public @Nullable Element next() throws IOException {
        try {
            return next(opened());
        } catch (Invalid bad) {
            throw BadLine.of(line(), bad);
        } catch (XMLStreamException damaged) {
            throw failure(damaged);
        }
    }

    private XMLStreamReader opened() throws XMLStreamException {
        XMLStreamReader open = xml;
        if (open == null) {
            XMLInputFactory factory = XMLInputFactory.newFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            open = factory.createXMLStreamReader(in);
            xml = open;
        }
        return open;
    }

    private long line() {
        return xml == null ? 1 : Math.max(1, xml.getLocation().getLineNumber());
    }

    private IOException failure(XMLStreamException damaged) {
        Throwable cause = damaged.getNestedException();
        if (cause instanceof IOException broken
                && !(cause instanceof java.io.CharConversionException)) {
            return broken;
        }
        String said =
                String.valueOf(damaged.getMessage()).lines().reduce((_, last) -> last).orElse("");
        throw BadLine.of(line(), "must be GraphML, well formed: " + said, "something else");
    }

    private @Nullable Element next(XMLStreamReader open) throws XMLStreamException {
        while (open.hasNext()) {
            switch (open.next()) {
                case XMLStreamConstants.DTD ->
                        throw new Invalid("the file", "must have no DOCTYPE", "one");
                case XMLStreamConstants.START_ELEMENT -> {
                    Element element = started(open);
                    if (element != null) {
                        return element;
                    }
                }
                default -> {}
            }
        }
        return null;
    }

    private @Nullable Element started(XMLStreamReader open) throws XMLStreamException {
        String name = open.getLocalName();
        if (!begun && !name.equals("graphml")) {
            throw new Invalid("the file", "must begin with graphml", name);
        }
        begun = true;
        switch (name) {
            case "key" -> key(open);
            case "node", "edge" -> {
                return element(open, name);
            }
            case "desc", "data" -> skip(open);
            default -> {
                if (!AROUND.contains(name)) {
                    throw new Invalid("an element", "must be a node, an edge or a key", name);
                }
            }
        }
        return null;
    }

    private void key(XMLStreamReader open) throws XMLStreamException {
        String id = required(open, "id");
        String name = attribute(open, "attr.name", id);
        String noted = open.getAttributeValue(GraphMlKey.NOTES, "type");
        keys.put(
                id,
                new GraphMlKey(
                        name, attribute(open, "attr.type", "string"), noted == null ? "" : noted));
        String kind = attribute(open, "for", "all");
        while (open.next() != XMLStreamConstants.END_ELEMENT) {
            if (open.isStartElement()) {
                if (open.getLocalName().equals("default")) {
                    String text = text(open);
                    defaults.forEach((of, texts) -> {
                        if (kind.equals("all") || kind.equals(of)) {
                            texts.put(id, text);
                        }
                    });
                } else {
                    skip(open);
                }
            }
        }
    }

    private Element element(XMLStreamReader open, String kind) throws XMLStreamException {
        long line = line();
        String id = open.getAttributeValue(null, "id");
        String from = open.getAttributeValue(null, "source");
        String to = open.getAttributeValue(null, "target");
        Map<String, String> texts = new LinkedHashMap<>(defaults.getOrDefault(kind, Map.of()));
        readData(open, texts);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        texts.forEach((key, text) -> put(values, key, text));
        Object type = values.remove(GraphMlKey.TYPE);
        if (type != null && !(type instanceof String)) {
            throw new Invalid(GraphMlKey.TYPE, "must be text", type);
        }
        String typeName = (String) type;
        Row properties = Row.from(values);
        var place = new Element.Place(line, in.next());
        return kind.equals("node")
                ? new Element.OfNode(present("id", id), typeName, properties, place)
                : new Element.OfEdge(
                        Optional.ofNullable(id),
                        typeName,
                        present("source", from),
                        present("target", to),
                        properties,
                        place);
    }

    private void readData(XMLStreamReader open, Map<String, String> texts)
            throws XMLStreamException {
        while (open.next() != XMLStreamConstants.END_ELEMENT) {
            if (open.isStartElement()) {
                switch (open.getLocalName()) {
                    case "data" -> texts.put(required(open, "key"), text(open));
                    case "desc" -> skip(open);
                    default ->
                            throw new Invalid(
                                    "a node or edge",
                                    "must have data and nothing else in it",
                                    open.getLocalName());
                }
            }
        }
    }

    private void put(Map<String, @Nullable Object> values, String id, String text) {
        GraphMlKey key = keys.get(id);
        if (key == null) {
            throw new Invalid("data", "must have a key that was declared before", id);
        }
        values.put(key.name(), key.value(text));
    }

    /** The text of the element the reader stands at; what stands in it beside text is refused. */
    private static String text(XMLStreamReader open) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        for (int event = open.next();
                event != XMLStreamConstants.END_ELEMENT;
                event = open.next()) {
            switch (event) {
                case XMLStreamConstants.CHARACTERS,
                        XMLStreamConstants.CDATA,
                        XMLStreamConstants.SPACE ->
                        text.append(open.getText());
                case XMLStreamConstants.START_ELEMENT, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new Invalid("data", "must be text alone", open.getLocalName());
                default -> {}
            }
        }
        return text.toString();
    }

    private static void skip(XMLStreamReader open) throws XMLStreamException {
        for (int depth = 1; depth > 0; ) {
            switch (open.next()) {
                case XMLStreamConstants.START_ELEMENT -> depth++;
                case XMLStreamConstants.END_ELEMENT -> depth--;
                default -> {}
            }
        }
    }

    private static String attribute(XMLStreamReader open, String name, String otherwise) {
        String value = open.getAttributeValue(null, name);
        return value == null ? otherwise : value;
    }

    private static String required(XMLStreamReader open, String name) {
        return present(name, open.getAttributeValue(null, name));
    }

    private static String present(String name, @Nullable String value) {
        if (value == null) {
            throw new Invalid(name, "must be there", null);
        }
        return value;
    }
}
