package dev.orrery.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads a JSON object from each line, the first of which says what they are. */
final class JsonLinesReader implements ElementReader { // law X5
    /** The version that is written, and the greatest that is read. */
    static final int VERSION = 1;

    /** The longest line, in bytes. */
    static final int LINE = 8 << 20;

    private static final Set<String> OF_HEADER = Set.of("orrery", "version", "graph");
    private static final Set<String> OF_NODE = Set.of("node", "type", "properties");
    private static final Set<String> OF_EDGE = Set.of("edge", "type", "from", "to", "properties");

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long number;
    private boolean begun;

    JsonLinesReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    @Override
    public @Nullable Element next() throws IOException {
        while (readLine()) {
            try {
                Map<String, @Nullable Object> members = members();
                if (members.containsKey("orrery")) {
                    begin(members);
                } else if (!begun) {
                    throw new Invalid(
                            "the beginning",
                            "must be {\"orrery\":\"graph\",\"version\":1}",
                            members.keySet());
                } else {
                    return element(members);
                }
            } catch (Invalid bad) {
                throw BadLine.of(number, bad);
            }
        }
        return null;
    }

    /** Reads the next line that is not empty; false at the end. */
    private boolean readLine() throws IOException {
        do {
            line.reset();
            number++;
            int next = in.read();
            if (next < 0) {
                return false;
            }
            for (; next >= 0 && next != '\n'; next = in.read()) {
                if (line.size() == LINE) {
                    throw BadLine.of(number, "must have at most " + LINE + " bytes", "more");
                }
                line.write(next);
            }
        } while (isBlank());
        return true;
    }

    private boolean isBlank() {
        return line.size() == 0 || line.toString(UTF_8).isBlank();
    }

    private Map<String, @Nullable Object> members() {
        try (JsonParser json =
                JsonValues.FACTORY.createParser(ObjectReadContext.empty(), line.toByteArray())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new Invalid("the line", "must be a JSON object", json.currentToken());
            }
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                members.put(
                        name,
                        name.equals("properties") && token == JsonToken.START_OBJECT
                                ? properties(json)
                                : JsonValues.read(json));
            }
            if (json.nextToken() != null) {
                throw new Invalid("the line", "must be one JSON object", json.currentToken());
            }
            return members;
        } catch (JacksonException damaged) {
            throw new Invalid(
                    "the line", "must be JSON: " + damaged.getOriginalMessage(), "something else");
        }
    }

    private static Row properties(JsonParser json) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            values.put(name, JsonValues.read(json));
        }
        return Row.from(values);
    }

    private void begin(Map<String, @Nullable Object> members) {
        refuseOthers(members, OF_HEADER);
        if (!"graph".equals(members.get("orrery"))) {
            throw new Invalid("orrery", "must be graph", members.get("orrery"));
        }
        if (!(members.get("version") instanceof Long version
                && version >= 1
                && version <= VERSION)) {
            throw new Invalid("version", "must be 1; use a newer Orrery", members.get("version"));
        }
        begun = true;
    }

    private Element element(Map<String, @Nullable Object> members) {
        var place = new Element.Place(number, line.size());
        if (members.containsKey("node")) {
            refuseOthers(members, OF_NODE);
            return new Element.OfNode(
                    text(members, "node"), type(members), properties(members), place);
        }
        refuseOthers(members, OF_EDGE);
        return new Element.OfEdge(
                members.containsKey("edge") ? Optional.of(text(members, "edge")) : Optional.empty(),
                type(members),
                text(members, "from"),
                text(members, "to"),
                properties(members),
                place);
    }

    private static void refuseOthers(Map<String, ?> members, Set<String> known) {
        for (String name : members.keySet()) {
            if (!known.contains(name)) {
                throw new Invalid(
                        "members", "must be of " + known.stream().sorted().toList(), name);
            }
        }
    }

    private static @Nullable String type(Map<String, ?> members) {
        return members.containsKey("type") ? text(members, "type") : null;
    }

    private static String text(Map<String, ?> members, String name) {
        if (members.get(name) instanceof String text) {
            return text;
        }
        throw new Invalid(name, "must be text", members.get(name));
    }

    private static Row properties(Map<String, ?> members) {
        if (!members.containsKey("properties")) {
            return Row.of();
        }
        if (members.get("properties") instanceof Row row) {
            return row;
        }
        throw new Invalid("properties", "must be an object", members.get("properties"));
    }
}
