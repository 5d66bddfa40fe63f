package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.BadDefinition.Problem;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.core.ValueType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a schema that stands as data, in the words of the builder, and notes every word that makes
 * no sense with its place. Confined to one thread.
 */
final class SchemaReader { // law G70
    private static final List<String> OF_SCHEMA = List.of("ontology", "nodes", "edges");
    private static final List<String> OF_TYPE =
            List.of("properties", "indexes", "undeclared", "mode", "about");
    private static final List<String> OF_NODE = List.of("extends", "subtypes");
    private static final List<String> OF_EDGE = List.of("from", "to");

    /** The longest decimal that is written as text: more than any that may be stored. */
    private static final int DECIMAL = 10_000;

    private final List<Problem> problems = new ArrayList<>();

    /**
     * The schema a row says, checked as if it had been built.
     *
     * @throws BadDefinition with every word that makes no sense, or else with all that does not fit
     */
    static Ontology read(Row row) {
        return builder(row).build();
    }

    /** A builder that was told what a row says, so that it can be compared unchecked. */
    static Ontology.OntologyBuilder builder(Row row) {
        SchemaReader reader = new SchemaReader();
        Ontology.OntologyBuilder builder = reader.schema(row);
        if (!reader.problems.isEmpty()) {
            throw new BadDefinition(reader.problems);
        }
        return builder;
    }

    // ---- the schema and its types

    private Ontology.OntologyBuilder schema(Row row) {
        Map<String, ?> words = row.toMap();
        Ontology.OntologyBuilder builder = Ontology.define(name(words));
        words.forEach((word, value) -> {
            switch (word) {
                case "ontology" -> {}
                case "nodes" ->
                        eachMap(
                                word,
                                value,
                                (type, about) ->
                                        builder.node(type, node -> node(word, node, about)));
                case "edges" ->
                        eachMap(
                                word,
                                value,
                                (type, about) ->
                                        builder.edge(type, edge -> edge(word, edge, about)));
                default -> unknown(word, OF_SCHEMA);
            }
        });
        return builder;
    }

    private String name(Map<String, ?> words) {
        String none = "none";
        if (!words.containsKey("ontology")) {
            problem("ontology", "is missing", "name the graphs it is for");
            return none;
        }
        String name = text("ontology", words.get("ontology")).orElse(none);
        try {
            return Limits.name("ontology", name);
        } catch (Invalid bad) {
            problem("ontology", "is no name: " + bad.getMessage(), "choose another");
            return none;
        }
    }

    private void node(String where, NodeType node, Map<String, ?> about) {
        String at = where + "." + node.type;
        about.forEach((word, value) -> {
            String here = at + "." + word;
            switch (word) {
                case "extends" -> text(here, value).ifPresent(node::extend);
                case "subtypes" ->
                        eachMap(
                                here,
                                value,
                                (name, below) ->
                                        node.subtype(name, subtype -> node(where, subtype, below)));
                default -> type(at, word, node, value, OF_NODE);
            }
        });
    }

    private void edge(String where, EdgeType edge, Map<String, ?> about) {
        String at = where + "." + edge.type;
        about.forEach((word, value) -> {
            String here = at + "." + word;
            switch (word) {
                case "from" -> texts(here, value).forEach(edge::from);
                case "to" -> texts(here, value).forEach(edge::to);
                default -> type(at, word, edge, value, OF_EDGE);
            }
        });
    }

    /** A word that node types and edge types have in common. */
    private void type(
            String at,
            String word,
            TypeDefinition<?> type,
            @Nullable Object value,
            List<String> others) {
        String here = at + "." + word;
        switch (word) {
            case "properties" ->
                    eachMap(
                            here,
                            value,
                            (name, about) -> property(here + "." + name, type, name, about));
            case "indexes" -> texts(here, value).forEach(type::index);
            case "undeclared" ->
                    constant(here, Ontology.Undeclared.values(), value).ifPresent(type::undeclared);
            case "mode" -> constant(here, Ontology.Mode.values(), value).ifPresent(type::mode);
            case "about" -> text(here, value).ifPresent(type::about);
            default -> {
                List<String> known = new ArrayList<>(others);
                known.addAll(OF_TYPE);
                unknown(here, known);
            }
        }
    }

    // ---- properties

    private void property(String where, TypeDefinition<?> type, String name, Map<String, ?> about) {
        @Nullable ValueType valueType = null;
        if (about.containsKey("type")) {
            Optional<String> text = text(where + ".type", about.get("type"));
            if (text.isPresent()) {
                valueType = valueType(where, text.get());
                type.property(name, valueType);
            }
        } else if (!about.keySet().equals(Set.of("relax"))) {
            problem(where, "has no type", "choose one of " + valueTypes());
        }
        ValueType known = valueType;
        about.forEach(
                (word, value) -> constraint(where + "." + word, word, type, name, known, value));
    }

    private void constraint(
            String here,
            String word,
            TypeDefinition<?> type,
            String name,
            @Nullable ValueType valueType,
            @Nullable Object value) {
        Fact.Aspect aspect = SchemaWords.aspect(word);
        if (word.equals("type")) {
            return;
        }
        if (aspect == null) {
            unknown(here, SchemaWords.ofProperties());
            return;
        }
        switch (aspect) {
            case REQUIRED, OPTIONAL -> {
                if (flag(here, value)) {
                    type.state(name, aspect, true);
                }
            }
            case AT_LEAST, AT_MOST, ABOVE, BELOW ->
                    of(Number.class, here, "a number", value)
                            .ifPresent(number -> type.state(name, aspect, number));
            case SHORTEST, LONGEST ->
                    of(Long.class, here, "a whole number", value)
                            .ifPresent(length -> type.state(name, aspect, length));
            case PATTERN -> text(here, value).ifPresent(text -> type.state(name, aspect, text));
            case DEFAULT ->
                    some(here, written(here, valueType, value))
                            .ifPresent(some -> type.state(name, aspect, normal(valueType, some)));
            case ONE_OF -> oneOf(here, type, name, valueType, value);
            case NOTE -> notes(here, type, name, value);
            default -> unknown(here, SchemaWords.ofProperties());
        }
    }

    private void oneOf(
            String here,
            TypeDefinition<?> type,
            String name,
            @Nullable ValueType valueType,
            @Nullable Object value) {
        List<?> choices = list(here, value);
        for (Object choice : choices) {
            some(here, written(here, valueType, choice))
                    .ifPresent(some -> type.state(name, Fact.Aspect.ONE_OF, some));
        }
        if (value instanceof List<?> && choices.isEmpty()) {
            problem(here, "allows no value", "name at least one");
        }
    }

    private void notes(String here, TypeDefinition<?> type, String name, @Nullable Object value) {
        map(here, value)
                .ifPresent(all ->
                        all.forEach((note, values) ->
                                note(here + "." + note, type, name, note, values)));
    }

    private void note(
            String here,
            TypeDefinition<?> type,
            String name,
            String note,
            @Nullable Object values) {
        if (!note.startsWith("x_")) {
            problem(here, "is no constraint", "choose a known one, or begin with x_");
        }
        for (Object each : list(here, values)) {
            some(here, each)
                    .ifPresent(some -> type.state(name, Fact.Aspect.NOTE, List.of(note, some)));
        }
    }

    private @Nullable ValueType valueType(String where, String text) {
        ValueType type = PropertyRule.typeOf(text);
        if (type == null && !text.equals(SchemaWords.ANY)) {
            problem(
                    where + ".type",
                    "is no type of values: " + text,
                    "choose one of " + valueTypes());
        }
        return type;
    }

    private static String valueTypes() {
        return Arrays.stream(ValueType.values())
                .map(ValueType::text)
                .collect(Collectors.joining(", ", "", ", " + SchemaWords.ANY));
    }

    /** A number as the property has it, where nothing is lost: files write 1.0 as 1. */
    private static Object normal(@Nullable ValueType type, Object value) {
        return type != null && type.accepts(value)
                ? Objects.requireNonNull(type.normal(value))
                : value;
    }

    /** A value of a type that JSON lacks may be written as its text. */
    private @Nullable Object written(
            String where, @Nullable ValueType type, @Nullable Object value) {
        if (type == null || !(value instanceof String text)) {
            return value;
        }
        try {
            return switch (type) {
                case INSTANT -> Instant.parse(text);
                case DATE -> LocalDate.parse(text);
                case BYTES -> Bytes.of(Base64.getDecoder().decode(text));
                case DECIMAL -> text.length() > DECIMAL ? text : new BigDecimal(text);
                case TEXT, INTEGER, NUMBER, FLAG, LIST, MAP -> text;
            };
        } catch (IllegalArgumentException | DateTimeException unreadable) {
            problem(where, "is no " + type.text() + ": " + shortened(text), "correct the text");
            return value;
        }
    }

    // ---- words and values

    private void problem(String where, String what, String remedy) {
        problems.add(new Problem(where, what, remedy));
    }

    private void unknown(String where, List<String> known) {
        problem(where, "is not known here", "choose one of " + String.join(", ", known));
    }

    private <T> Optional<T> of(
            Class<T> valueClass, String where, String what, @Nullable Object value) {
        if (valueClass.isInstance(value)) {
            return Optional.of(valueClass.cast(value));
        }
        problem(
                where,
                "must be " + what + ", not " + shortened(String.valueOf(value)),
                "correct it");
        return Optional.empty();
    }

    private Optional<String> text(String where, @Nullable Object value) {
        return of(String.class, where, "text", value);
    }

    private boolean flag(String where, @Nullable Object value) {
        return of(Boolean.class, where, "true or false", value).orElse(false);
    }

    private Optional<Object> some(String where, @Nullable Object value) {
        return of(Object.class, where, "a value", value);
    }

    private List<?> list(String where, @Nullable Object value) {
        return of(List.class, where, "a list", value).orElse(List.of());
    }

    private List<String> texts(String where, @Nullable Object value) {
        return list(where, value).stream().flatMap(each -> text(where, each).stream()).toList();
    }

    @SuppressWarnings("unchecked") // every map in normal form has text as keys
    private Optional<Map<String, ?>> map(String where, @Nullable Object value) {
        return of(Map.class, where, "a map", value).map(map -> (Map<String, ?>) map);
    }

    private void eachMap(
            String where, @Nullable Object value, BiConsumer<String, Map<String, ?>> use) {
        map(where, value)
                .ifPresent(all ->
                        all.forEach((name, each) ->
                                map(where + "." + name, each)
                                        .ifPresent(about -> use.accept(name, about))));
    }

    private <E extends Enum<E>> Optional<E> constant(
            String where, E[] constants, @Nullable Object value) {
        Optional<String> text = text(where, value);
        Optional<E> found =
                text.flatMap(word ->
                        Arrays.stream(constants)
                                .filter(each -> SchemaWords.of(each).equals(word))
                                .findFirst());
        if (text.isPresent() && found.isEmpty()) {
            problem(
                    where,
                    "is not known: " + shortened(text.get()),
                    "choose one of "
                            + Arrays.stream(constants)
                                    .map(SchemaWords::of)
                                    .collect(Collectors.joining(", ")));
        }
        return found;
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
