package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What entries have stated about the schema, and what of it holds: a function of the set of
 * entries, whatever their order. Immutable.
 *
 * <p>Statements are weighed from the earliest to the latest, roots first. A type that two entries
 * define in ways of which neither contains the other belongs to the earlier; of two values for what
 * can have only one, the earlier holds. What does not hold is told with its reason; the rest of the
 * same entry holds all the same.
 */
final class SchemaFacts { // law G12
    private final String graph;
    private final SortedMap<Stamp, List<Fact>> statements;
    private final Ontology ontology;
    private final Map<Hash, List<Quarantined.Reason>> rejected;

    private SchemaFacts(String graph, SortedMap<Stamp, List<Fact>> statements) {
        this.graph = graph;
        this.statements = statements;
        Weighing weighing = new Weighing();
        statements.forEach(weighing::weigh);
        this.ontology = new Ontology(graph, List.copyOf(weighing.holding.values()));
        this.rejected = weighing.rejected;
    }

    static SchemaFacts none(String graph) {
        return new SchemaFacts(graph, new TreeMap<>());
    }

    /** With what one more entry states. */
    SchemaFacts and(Stamp stamp, List<Fact> facts) {
        SortedMap<Stamp, List<Fact>> more = new TreeMap<>(statements);
        more.put(stamp, facts);
        return new SchemaFacts(graph, more);
    }

    /** What holds. */
    Ontology ontology() {
        return ontology;
    }

    /** What does not, by entry. */
    Map<Hash, List<Quarantined.Reason>> rejected() {
        return rejected;
    }

    SortedMap<Stamp, List<Fact>> statements() {
        return statements;
    }

    private static final class Weighing {
        final Map<Fact, Fact> holding = new HashMap<>();
        final Map<Hash, List<Quarantined.Reason>> rejected = new LinkedHashMap<>();

        /** What definitions of a type said, as far as they hold. */
        private final Map<String, Set<Fact>> defined = new HashMap<>();

        void weigh(Stamp stamp, Collection<Fact> facts) {
            Map<String, List<Fact>> byType = new LinkedHashMap<>();
            for (Fact fact : facts) {
                byType.computeIfAbsent(fact.kind() + fact.type(), _ -> new ArrayList<>()).add(fact);
            }
            byType.forEach((type, about) -> weighType(stamp, type, about));
        }

        private void weighType(Stamp stamp, String type, List<Fact> about) {
            boolean defines = about.stream().anyMatch(fact -> fact.aspect() == Fact.Aspect.TYPE);
            if (defines) {
                Set<Fact> known = defined.computeIfAbsent(type, _ -> new HashSet<>());
                if (!known.containsAll(about) && !about.containsAll(known)) {
                    reject(stamp, about.getFirst(), "type", "is defined differently before");
                    return;
                }
                known.addAll(about);
            }
            for (Fact fact : about) {
                Fact before = holding.putIfAbsent(fact.key(), fact);
                if (before != null && !before.equals(fact)) {
                    reject(
                            stamp,
                            fact,
                            fact.aspect().text(),
                            "cannot be " + fact.value() + ", it is " + before.value() + " already");
                }
            }
        }

        private void reject(Stamp stamp, Fact fact, String rule, String detail) {
            rejected.computeIfAbsent(stamp.hash(), _ -> new ArrayList<>())
                    .add(new Quarantined.Reason(fact.type(), fact.property(), rule, detail, true));
        }
    }
}
