package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An ontology put together so that it can judge. It has an answer for every set of facts, also one
 * that nobody meant: a parent that is not there is none, types that extend each other in a circle
 * extend nothing. Immutable.
 */
final class Schema {
    private final Ontology ontology;
    private final Hash hash;
    private final Map<String, ResolvedType> nodes;
    private final Map<String, ResolvedType> edges;

    Schema(Ontology ontology) {
        this.ontology = ontology;
        this.hash = ontology.hash();
        this.nodes = new Resolution(Fact.Kind.NODE, ontology.factSet()).resolve();
        this.edges = new Resolution(Fact.Kind.EDGE, ontology.factSet()).resolve();
    }

    Ontology ontology() {
        return ontology;
    }

    /** The hash of the ontology. */
    Hash hash() {
        return hash;
    }

    Collection<ResolvedType> nodeTypes() {
        return nodes.values();
    }

    Collection<ResolvedType> edgeTypes() {
        return edges.values();
    }

    /**
     * The node type of that name, null when it is not known. A subtype that is not declared is
     * known as far as its type is, unless that refuses what is undeclared.
     */
    @Nullable ResolvedType node(String name) {
        ResolvedType known = nodes.get(name);
        int slash = name.indexOf('/');
        if (known != null || slash < 0) {
            return known;
        }
        ResolvedType type = nodes.get(name.substring(0, slash));
        return type == null || type.isClosed() ? null : type.named(name);
    }

    @Nullable ResolvedType edge(String name) {
        return edges.get(name);
    }

    /** Puts together the types of one kind. */
    private static final class Resolution {
        private final Fact.Kind kind;
        private final Map<String, List<Fact>> byType = new LinkedHashMap<>();
        private final Set<String> subtyped = new HashSet<>();

        Resolution(Fact.Kind kind, Collection<Fact> facts) {
            this.kind = kind;
            for (Fact fact : Fact.sorted(facts)) {
                if (fact.kind() == kind) {
                    byType.computeIfAbsent(fact.type(), _ -> new ArrayList<>()).add(fact);
                }
            }
            byType.values().removeIf(about -> find(about, Fact.Aspect.TYPE) == null);
            for (String type : byType.keySet()) {
                int slash = type.indexOf('/');
                if (slash > 0) {
                    subtyped.add(type.substring(0, slash));
                }
            }
        }

        Map<String, ResolvedType> resolve() {
            Map<String, ResolvedType> types = new HashMap<>();
            for (String type : byType.keySet()) {
                int slash = type.indexOf('/');
                if (slash < 0 || byType.containsKey(type.substring(0, slash))) {
                    types.put(type, resolve(type));
                }
            }
            return Map.copyOf(types);
        }

        private ResolvedType resolve(String type) {
            List<String> lineage = lineage(type);
            Map<String, PropertyRule> properties = new HashMap<>();
            Set<String> from = new HashSet<>();
            Set<String> to = new HashSet<>();
            Set<String> indexes = new HashSet<>();
            Object mode = null;
            Object undeclared = null;
            for (String each : lineage.reversed()) { // the nearest comes last and counts
                List<Fact> about = byType.getOrDefault(each, List.of());
                properties.putAll(properties(about));
                collect(about, Fact.Aspect.FROM, from);
                collect(about, Fact.Aspect.TO, to);
                collect(about, Fact.Aspect.INDEX, indexes);
                mode = orElse(find(about, Fact.Aspect.MODE), mode);
                undeclared = orElse(find(about, Fact.Aspect.UNDECLARED), undeclared);
            }
            return new ResolvedType(
                    type,
                    lineage,
                    properties,
                    named(Ontology.Mode.values(), mode),
                    named(Ontology.Undeclared.values(), undeclared),
                    subtyped.contains(type),
                    from,
                    to,
                    indexes);
        }

        /** The type itself, what it is a subtype of, and what that extends, nearest first. */
        private List<String> lineage(String type) {
            List<String> lineage = new ArrayList<>();
            lineage.add(type);
            int slash = type.indexOf('/');
            String next = slash < 0 ? parent(type) : type.substring(0, slash);
            while (next != null && byType.containsKey(next)) {
                if (isInCircle(next)) {
                    break;
                }
                lineage.add(next);
                next = parent(next);
            }
            return lineage;
        }

        private boolean isInCircle(String type) {
            Set<String> seen = new HashSet<>();
            String next = parent(type);
            while (next != null && seen.add(next)) {
                if (next.equals(type)) {
                    return true;
                }
                next = parent(next);
            }
            return false;
        }

        private @Nullable String parent(String type) {
            Object parent =
                    kind == Fact.Kind.NODE
                            ? find(byType.getOrDefault(type, List.of()), Fact.Aspect.EXTENDS)
                            : null;
            return parent instanceof String name && byType.containsKey(name) ? name : null;
        }

        private static Map<String, PropertyRule> properties(List<Fact> about) {
            Map<String, List<Fact>> byProperty = new HashMap<>();
            for (Fact fact : about) {
                if (!fact.property().isEmpty()) {
                    byProperty.computeIfAbsent(fact.property(), _ -> new ArrayList<>()).add(fact);
                }
            }
            byProperty.values().removeIf(facts -> find(facts, Fact.Aspect.PROPERTY) == null);
            Map<String, PropertyRule> rules = new HashMap<>();
            byProperty.forEach((name, facts) -> rules.put(name, new PropertyRule(facts)));
            return rules;
        }

        private static void collect(List<Fact> about, Fact.Aspect aspect, Set<String> into) {
            for (Fact fact : about) {
                if (fact.aspect() == aspect && fact.value() instanceof String name) {
                    into.add(name);
                }
            }
        }

        private static @Nullable Object find(List<Fact> about, Fact.Aspect aspect) {
            for (Fact fact : about) {
                if (fact.aspect() == aspect) {
                    return fact.value();
                }
            }
            return null;
        }

        private static @Nullable Object orElse(@Nullable Object nearer, @Nullable Object farther) {
            return nearer == null ? farther : nearer;
        }

        /** The constant of that name, the first when there is none. */
        private static <E extends Enum<E>> E named(E[] constants, @Nullable Object name) {
            for (E constant : constants) {
                if (constant.name().equals(name)) {
                    return constant;
                }
            }
            return constants[0];
        }
    }
}
