package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition.Problem;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong in a schema that somebody writes here and now. Confined to one thread. */
final class SchemaCheck {
    private final Ontology ontology;
    private final Schema schema;
    private final Set<String> nodeTypes;
    private final List<Problem> problems = new ArrayList<>();

    private SchemaCheck(Ontology ontology) {
        this.ontology = ontology;
        this.schema = new Schema(ontology);
        this.nodeTypes =
                ontology.factSet().stream()
                        .filter(fact -> fact.kind() == Fact.Kind.NODE)
                        .filter(fact -> fact.aspect() == Fact.Aspect.TYPE)
                        .map(Fact::type)
                        .collect(Collectors.toSet());
    }

    static List<Problem> problems(Ontology ontology) {
        SchemaCheck check = new SchemaCheck(ontology);
        check.run();
        return check.problems;
    }

    private void run() {
        contradictions();
        ontology.facts().forEach(this::check);
        circles();
        edges();
        defaults();
    }

    private void problem(Fact fact, String what, String remedy) {
        String where = fact.type() + (fact.property().isEmpty() ? "" : "." + fact.property());
        problems.add(new Problem(where, what, remedy));
    }

    private void contradictions() {
        Map<Fact, Object> values = new HashMap<>();
        for (Fact fact : ontology.facts()) {
            Object other = values.putIfAbsent(fact.key(), fact.value());
            if (other != null && !other.equals(fact.value())) {
                problem(
                        fact,
                        fact.aspect().text() + " is " + other + " and " + fact.value(),
                        "say one of them");
            }
        }
    }

    private void check(Fact fact) {
        switch (fact.aspect()) {
            case TYPE -> {
                int slash = fact.type().indexOf('/');
                if (slash >= 0 && !nodeTypes.contains(fact.type().substring(0, slash))) {
                    problem(fact, "is a subtype of no type", "declare the type");
                }
            }
            case EXTENDS, FROM, TO -> {
                if (!(fact.value() instanceof String name && nodeTypes.contains(name))) {
                    problem(
                            fact,
                            fact.aspect().text() + " names no node type: " + fact.value(),
                            "declare the node type");
                }
            }
            case INDEX -> {
                if (rule(fact, String.valueOf(fact.value())) == null) {
                    problem(fact, "index of no property: " + fact.value(), "declare the property");
                }
            }
            case REQUIRED, OPTIONAL -> {
                if (rule(fact, fact.property()) == null) {
                    problem(fact, "is no property", "declare the property");
                }
            }
            case AT_LEAST, AT_MOST, ABOVE, BELOW ->
                    mustBe(
                            fact,
                            fact.value() instanceof Number,
                            ValueType.INTEGER,
                            ValueType.NUMBER,
                            ValueType.DECIMAL);
            case SHORTEST, LONGEST ->
                    mustBe(
                            fact,
                            fact.value() instanceof Long,
                            ValueType.TEXT,
                            ValueType.BYTES,
                            ValueType.LIST,
                            ValueType.MAP);
            case PATTERN -> pattern(fact);
            case ONE_OF -> {
                PropertyRule rule = rule(fact, fact.property());
                ValueType type = rule == null ? null : rule.type();
                if (type != null && !type.accepts(fact.value())) {
                    problem(
                            fact,
                            "one of its values is not " + type.text() + ": " + fact.value(),
                            "give values of its type");
                }
            }
            default -> {}
        }
    }

    private @Nullable PropertyRule rule(Fact fact, String property) {
        ResolvedType type =
                fact.kind() == Fact.Kind.NODE ? schema.node(fact.type()) : schema.edge(fact.type());
        return type == null ? null : type.rule(property);
    }

    private void mustBe(Fact fact, boolean wellFormed, ValueType... types) {
        PropertyRule rule = rule(fact, fact.property());
        ValueType type = rule == null ? null : rule.type();
        if (!wellFormed || (type != null && !List.of(types).contains(type))) {
            problem(
                    fact,
                    fact.aspect().text() + " " + fact.value() + " says nothing about its type",
                    "choose another type or constraint");
        }
    }

    private void pattern(Fact fact) {
        try {
            TextPattern.of(String.valueOf(fact.value()));
            mustBe(fact, true, ValueType.TEXT);
        } catch (Invalid unreadable) {
            problem(fact, String.valueOf(unreadable.getMessage()), "correct the expression");
        }
    }

    private void circles() {
        Map<String, String> parents = new HashMap<>();
        for (Fact fact : ontology.facts()) {
            if (fact.aspect() == Fact.Aspect.EXTENDS && fact.value() instanceof String parent) {
                parents.put(fact.type(), parent);
            }
        }
        for (String type : parents.keySet().stream().sorted().toList()) {
            Set<String> seen = new HashSet<>();
            for (String next = type; next != null; next = parents.get(next)) {
                if (!seen.add(next)) {
                    problems.add(
                            new Problem(type, "extends itself, over " + seen, "break the circle"));
                    break;
                }
            }
        }
    }

    private void edges() {
        for (ResolvedType edge : schema.edgeTypes()) {
            if (edge.from().isEmpty() || edge.to().isEmpty()) {
                problems.add(
                        new Problem(
                                edge.name(),
                                "has no node type to come from or lead to",
                                "name at least one of each"));
            }
        }
    }

    private void defaults() {
        List<ResolvedType> types = new ArrayList<>(schema.nodeTypes());
        types.addAll(schema.edgeTypes());
        for (ResolvedType type : types) {
            type.properties()
                    .forEach((name, rule) -> {
                        Object value = rule.defaultValue();
                        String broken = value == null ? null : rule.brokenBy(value);
                        if (broken != null) {
                            problems.add(
                                    new Problem(
                                            type.name() + "." + name,
                                            "its default " + value + " " + broken,
                                            "choose another default"));
                        }
                    });
        }
    }
}
