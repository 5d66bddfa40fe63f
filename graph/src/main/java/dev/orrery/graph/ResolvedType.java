package dev.orrery.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One type with everything it takes over, ready to judge by. Immutable. */
final class ResolvedType {
    private final String name;
    private final List<String> lineage;
    private final Map<String, PropertyRule> properties;
    private final List<String> required;
    private final Map<String, Object> defaults;
    private final Ontology.Mode mode;
    private final Ontology.Undeclared undeclared;
    private final boolean subtyped;
    private final Set<String> from;
    private final Set<String> to;
    private final Set<String> indexes;

    ResolvedType(
            String name,
            List<String> lineage,
            Map<String, PropertyRule> properties,
            Ontology.Mode mode,
            Ontology.Undeclared undeclared,
            boolean subtyped,
            Set<String> from,
            Set<String> to,
            Set<String> indexes) {
        this.name = name;
        this.lineage = List.copyOf(lineage);
        this.properties = Map.copyOf(properties);
        this.mode = mode;
        this.undeclared = undeclared;
        this.subtyped = subtyped;
        this.from = Set.copyOf(from);
        this.to = Set.copyOf(to);
        this.indexes = Set.copyOf(indexes);
        List<String> mustBe = new ArrayList<>();
        Map<String, Object> fallbacks = new HashMap<>();
        properties.forEach((property, rule) -> {
            if (rule.isRequired()) {
                mustBe.add(property);
            }
            Object value = rule.defaultValue();
            if (value != null) {
                fallbacks.put(property, value);
            }
        });
        this.required = mustBe.stream().sorted().toList();
        this.defaults = Map.copyOf(fallbacks);
    }

    /** The same under the name of a subtype that is not declared. */
    ResolvedType named(String subtype) {
        List<String> longer = new ArrayList<>();
        longer.add(subtype);
        longer.addAll(lineage);
        return new ResolvedType(
                subtype, longer, properties, mode, undeclared, false, from, to, indexes);
    }

    /** As it is written in entries: with its subtype, where it has one. */
    String name() {
        return name;
    }

    /** The names under which it is found: its own, its type's, and those of what that extends. */
    List<String> lineage() {
        return lineage;
    }

    /** What is declared, by name. */
    Map<String, PropertyRule> properties() {
        return properties;
    }

    /** What must be there, in order of name. */
    List<String> required() {
        return required;
    }

    /** What is there when nobody gave it. */
    Map<String, Object> defaults() {
        return defaults;
    }

    /** Whether a subtype must be named where it is added. */
    boolean isSubtyped() {
        return subtyped;
    }

    /** For edges: whether one may go from nodes of a type. */
    boolean mayComeFrom(Node node) {
        return node.lineage().stream().anyMatch(from::contains);
    }

    /** For edges: whether one may lead to nodes of a type. */
    boolean mayLeadTo(Node node) {
        return node.lineage().stream().anyMatch(to::contains);
    }

    Set<String> from() {
        return from;
    }

    Set<String> to() {
        return to;
    }

    /** The properties it is found by. */
    Set<String> indexes() {
        return indexes;
    }

    @Nullable PropertyRule rule(String property) {
        return properties.get(property);
    }

    /** The rule that a property with this value breaks, or null. */
    @Nullable String brokenBy(String property, @Nullable Object value) {
        PropertyRule rule = properties.get(property);
        if (rule == null) {
            return undeclared == Ontology.Undeclared.REFUSED ? "is not declared" : null;
        }
        return rule.brokenBy(value);
    }

    /** Whether it refuses what it does not declare. */
    boolean isClosed() {
        return undeclared == Ontology.Undeclared.REFUSED;
    }

    /** Whether anything is judged. */
    boolean isChecked() {
        return mode != Ontology.Mode.OPEN;
    }

    /** Whether what breaks a rule is hidden. */
    boolean isStrict() {
        return mode == Ontology.Mode.STRICT;
    }

    @Override
    public String toString() {
        return name;
    }
}
