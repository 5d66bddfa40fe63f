package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Ontologies that use every word there is, at random. */
final class SomeOntology {
    private final Random random;

    private SomeOntology(Random random) {
        this.random = random;
    }

    static Ontology any(Random random) {
        return new SomeOntology(random).any();
    }

    private Ontology any() {
        Ontology.OntologyBuilder builder = Ontology.define("o" + random.nextInt(3));
        List<String> types = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            String type = "T" + i + (random.nextInt(4) == 0 ? " é.\ud83d\ude00" : "");
            builder.node(type, node -> node(node, types));
            types.add(type);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            builder.edge(
                    i > 1 || random.nextBoolean() ? "e" + i : types.getFirst(),
                    edge -> {
                        about(edge);
                        for (int ends = random.nextInt(3); ends >= 0; ends--) {
                            edge.from(one(types)).to(one(types));
                        }
                    });
        }
        return builder.build();
    }

    private void node(NodeType node, List<String> earlier) {
        about(node);
        if (!earlier.isEmpty() && random.nextBoolean()) {
            node.extend(one(earlier));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            node.subtype(random.nextInt(5) == 0 ? "S/" + i : "S" + i, this::about);
        }
    }

    private void about(TypeDefinition<?> type) {
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = "p" + i + type.type.length();
            ValueType valueType = random.nextInt(8) == 0 ? null : one(ValueType.values());
            type.property(name, valueType, constraints(valueType));
            if (random.nextInt(4) == 0) {
                type.relax(name);
            }
            if (random.nextInt(3) == 0) {
                type.index(name);
            }
        }
        switch (random.nextInt(5)) {
            case 0 -> type.mode(one(List.of(Ontology.Mode.values())));
            case 1 -> type.undeclared(one(List.of(Ontology.Undeclared.values())));
            case 2 -> type.about("What \"it\" is.");
            default -> {}
        }
    }

    private Constraint[] constraints(ValueType type) {
        List<Constraint> all = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            all.add(Constraint.required());
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            all.add(Constraint.note("x_" + random.nextInt(2), value(one(ValueType.values()))));
        }
        switch (type) {
            case null -> {}
            case INTEGER, NUMBER, DECIMAL -> {
                all.add(
                        random.nextBoolean()
                                ? Constraint.atLeast((Number) value(type))
                                : Constraint.above(random.nextInt(9)));
                all.add(
                        random.nextBoolean()
                                ? Constraint.atMost(0.5 + random.nextInt(9))
                                : Constraint.below(BigDecimal.ONE));
            }
            case TEXT, BYTES, LIST, MAP -> {
                all.add(Constraint.shortest(random.nextInt(3)));
                all.add(Constraint.longest(3 + random.nextInt(9)));
            }
            case FLAG, INSTANT, DATE -> all.add(Constraint.defaultValue(value(type)));
        }
        if (type == ValueType.TEXT) {
            all.add(Constraint.pattern("[a-z]{0,3}\\d*"));
        }
        if (type != null && random.nextInt(3) == 0) {
            all.add(Constraint.oneOf(value(type), value(type)));
        }
        if (type == ValueType.FLAG) {
            return all.stream()
                    .filter(each -> each.aspect() != Fact.Aspect.ONE_OF)
                    .toArray(Constraint[]::new);
        }
        return all.stream()
                .filter(each ->
                        each.aspect() != Fact.Aspect.DEFAULT
                                || all.stream()
                                        .noneMatch(other -> other.aspect() == Fact.Aspect.ONE_OF))
                .toArray(Constraint[]::new);
    }

    private Object value(ValueType type) {
        int some = random.nextInt(100);
        return switch (type) {
            case TEXT -> "t" + some;
            case INTEGER -> (long) some;
            case NUMBER -> some / 8.0;
            case DECIMAL -> BigDecimal.valueOf(some, 2);
            case FLAG -> random.nextBoolean();
            case BYTES -> Bytes.of((byte) some);
            case INSTANT -> Instant.ofEpochSecond(some, some);
            case DATE -> LocalDate.ofEpochDay(some);
            case LIST -> List.of((long) some, "2026-01-01");
            case MAP -> Map.of(":date", "2026-01-01", "n", (long) some);
        };
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private <T> T one(T[] all) {
        return all[random.nextInt(all.length)];
    }
}
