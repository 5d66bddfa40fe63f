package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes a schema as data, in the words of the builder. Confined to one thread. */
final class SchemaWriter { // law G70
    private final Ontology ontology;
    private final Map<String, Map<String, Object>> nodes = new TreeMap<>();
    private final Map<String, Map<String, Object>> edges = new TreeMap<>();

    private SchemaWriter(Ontology ontology) {
        this.ontology = ontology;
    }

    /**
     * The row of a schema.
     *
     * @throws Unsupported for one that nobody can have built, joined from what contradicts itself
     */
    static Row write(Ontology ontology) {
        Row row = new SchemaWriter(ontology).row();
        requireSame(ontology, row);
        return row;
    }

    /** What is read back is what was written, whatever facts the schema came from. */
    private static void requireSame(Ontology ontology, Row row) {
        try {
            Set<Fact> read = SchemaReader.builder(row).stated();
            if (!read.equals(ontology.factSet())) {
                Set<Fact> lost = new HashSet<>(ontology.factSet());
                lost.removeAll(read);
                throw new Unsupported("say " + Fact.sorted(lost), "a schema as data");
            }
        } catch (BadDefinition unsayable) {
            throw new Unsupported("say " + unsayable.getMessage(), "a schema as data");
        }
    }

    private Row row() {
        List<Fact> facts = ontology.facts();
        facts.forEach(this::add);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ontology", ontology.name());
        if (!nodes.isEmpty()) {
            row.put("nodes", nested());
        }
        if (!edges.isEmpty()) {
            row.put("edges", edges);
        }
        return Row.from(row);
    }

    /** The node types, subtypes below the types they are subtypes of. */
    private Map<String, Object> nested() {
        Map<String, Object> top = new LinkedHashMap<>();
        nodes.forEach((name, about) -> {
            int slash = name.indexOf('/');
            Map<String, Object> type = slash < 0 ? null : nodes.get(name.substring(0, slash));
            if (type == null) {
                top.put(name, about);
            } else {
                map(type, "subtypes").put(name.substring(slash + 1), about);
            }
        });
        return top;
    }

    private void add(Fact fact) {
        Map<String, Object> type =
                (fact.kind() == Fact.Kind.NODE ? nodes : edges)
                        .computeIfAbsent(fact.type(), _ -> new LinkedHashMap<>());
        switch (fact.aspect()) {
            case TYPE -> {}
            case EXTENDS -> type.put("extends", fact.value());
            case MODE -> type.put("mode", lowerCase(fact));
            case UNDECLARED -> type.put("undeclared", lowerCase(fact));
            case INDEX -> list(type, "indexes").add(fact.value());
            case FROM -> list(type, "from").add(fact.value());
            case TO -> list(type, "to").add(fact.value());
            case ABOUT -> type.put("about", fact.value());
            default -> property(map(map(type, "properties"), fact.property()), fact);
        }
    }

    private static void property(Map<String, Object> property, Fact fact) {
        String word = String.valueOf(SchemaWords.of(fact.aspect()));
        switch (fact.aspect()) {
            case PROPERTY -> property.put("type", fact.value());
            case ONE_OF -> list(property, word).add(fact.value());
            case NOTE -> {
                if (fact.value() instanceof List<?> pair && pair.size() == 2) {
                    list(map(property, word), String.valueOf(pair.getFirst())).add(pair.getLast());
                }
            }
            default -> property.put(word, fact.value());
        }
    }

    private static String lowerCase(Fact fact) {
        return String.valueOf(fact.value()).toLowerCase(Locale.ROOT);
    }

    @SuppressWarnings("unchecked") // only maps are put under such a word
    private static Map<String, Object> map(Map<String, Object> in, String word) {
        return (Map<String, Object>) in.computeIfAbsent(word, _ -> new LinkedHashMap<>());
    }

    @SuppressWarnings("unchecked") // only lists are put under such a word
    private static List<Object> list(Map<String, Object> in, String word) {
        return (List<Object>) in.computeIfAbsent(word, _ -> new ArrayList<>());
    }
}
