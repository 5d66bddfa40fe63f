package dev.orrery.graph;

import static dev.orrery.graph.Constraint.above;
import static dev.orrery.graph.Constraint.atLeast;
import static dev.orrery.graph.Constraint.atMost;
import static dev.orrery.graph.Constraint.below;
import static dev.orrery.graph.Constraint.defaultValue;
import static dev.orrery.graph.Constraint.longest;
import static dev.orrery.graph.Constraint.note;
import static dev.orrery.graph.Constraint.oneOf;
import static dev.orrery.graph.Constraint.pattern;
import static dev.orrery.graph.Constraint.required;
import static dev.orrery.graph.Constraint.shortest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.ValueType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Schemas as data: what is read, what is written, and what every mistake is told as. */
class SchemaDataTest {

    private static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    private static Row ofProperty(Map<String, Object> property) {
        return ofType(map("properties", map("p", property)));
    }

    private static Row ofType(Map<String, Object> type) {
        return Row.of("ontology", "g", "nodes", map("T", type));
    }

    private static Ontology property(ValueType type, Constraint... constraints) {
        return Ontology.define("g").node("T", t -> t.property("p", type, constraints)).build();
    }

    private static void same(Row row, Ontology ontology) {
        assertThat(Ontology.from(row)).isEqualTo(ontology);
        assertThat(Ontology.from(ontology.row())).isEqualTo(ontology);
    }

    @Test
    void theZooIsReadAsItIsBuilt() { // law G70
        Ontology zoo =
                Ontology.define("zoo")
                        .node(
                                "Animal",
                                animal ->
                                        animal.text("name", required(), pattern("[A-Z].*"))
                                                .integer("age", atLeast(0))
                                                .index("name"))
                        .node(
                                "Bird",
                                bird ->
                                        bird.extend("Animal")
                                                .text("habitat", oneOf("tree", "coast"))
                                                .undeclared(Ontology.Undeclared.REFUSED))
                        .edge("eats", eats -> eats.from("Animal").to("Animal").instant("since"))
                        .build();
        Map<String, Object> animal =
                map(
                        "properties",
                        map(
                                "name",
                                map("type", "text", "required", true, "pattern", "[A-Z].*"),
                                "age",
                                map("type", "integer", "atLeast", 0)),
                        "indexes",
                        List.of("name"));
        Map<String, Object> bird =
                map(
                        "extends",
                        "Animal",
                        "undeclared",
                        "refused",
                        "properties",
                        map("habitat", map("type", "text", "oneOf", List.of("tree", "coast"))));
        Map<String, Object> eats =
                map(
                        "from",
                        List.of("Animal"),
                        "to",
                        List.of("Animal"),
                        "properties",
                        map("since", map("type", "instant")));
        Row row =
                Row.of(
                        "ontology",
                        "zoo",
                        "nodes",
                        map("Animal", animal, "Bird", bird),
                        "edges",
                        map("eats", eats));
        same(row, zoo);
    }

    @Test
    void everyConstraintHasTheBuildersWord() { // law G70
        same(ofProperty(map("type", "any")), property(null));
        for (ValueType type : ValueType.values()) {
            same(ofProperty(map("type", type.text())), property(type));
        }
        same(
                ofProperty(map("type", "integer", "atLeast", 1, "atMost", 9)),
                property(ValueType.INTEGER, atLeast(1), atMost(9)));
        same(
                ofProperty(map("type", "number", "above", 0.5, "below", 2)),
                property(ValueType.NUMBER, above(0.5), below(2)));
        same(
                ofProperty(map("type", "list", "shortest", 1, "longest", 3)),
                property(ValueType.LIST, shortest(1), longest(3)));
        same(
                ofProperty(map("type", "text", "pattern", "a+", "defaultValue", "a")),
                property(ValueType.TEXT, pattern("a+"), defaultValue("a")));
        same(
                ofProperty(map("type", "integer", "oneOf", List.of(1, 2))),
                property(ValueType.INTEGER, oneOf(1, 2)));
        same(
                ofProperty(
                        map(
                                "type",
                                "number",
                                "notes",
                                map("x_unit", List.of("m", "km"), "x_rank", List.of(1)))),
                property(
                        ValueType.NUMBER,
                        note("x_unit", "m"),
                        note("x_unit", "km"),
                        note("x_rank", 1)));
        same(
                ofProperty(map("type", "text", "required", true, "relax", true)),
                Ontology.define("g").node("T", t -> t.text("p", required()).relax("p")).build());
        same(
                ofProperty(map("type", "text", "required", false, "relax", false)),
                property(ValueType.TEXT));
    }

    @Test
    void typesHaveTheBuildersWords() { // law G70
        same(
                ofType(map("mode", "warn", "undeclared", "kept", "about", "A thing.")),
                Ontology.define("g")
                        .node(
                                "T",
                                t ->
                                        t.mode(Ontology.Mode.WARN)
                                                .undeclared(Ontology.Undeclared.KEPT)
                                                .about("A thing."))
                        .build());
        same(
                ofType(
                        map(
                                "subtypes",
                                map(
                                        "S",
                                        map("properties", map("p", map("type", "flag"))),
                                        "U",
                                        map()))),
                Ontology.define("g")
                        .node("T", t -> t.subtype("S", s -> s.flag("p")).subtype("U", _ -> {}))
                        .build());
        Row edges =
                Row.of(
                        "ontology",
                        "g",
                        "nodes",
                        map("A", map(), "B", map()),
                        "edges",
                        map(
                                "e",
                                map(
                                        "from",
                                        List.of("A", "B"),
                                        "to",
                                        List.of("B"),
                                        "mode",
                                        "open",
                                        "properties",
                                        map("weight", map("type", "number")),
                                        "indexes",
                                        List.of("weight"))));
        same(
                edges,
                Ontology.define("g")
                        .node("A", _ -> {})
                        .node("B", _ -> {})
                        .edge(
                                "e",
                                e ->
                                        e.from("A")
                                                .from("B")
                                                .to("B")
                                                .mode(Ontology.Mode.OPEN)
                                                .number("weight")
                                                .index("weight"))
                        .build());
    }

    @Test
    void whatJsonLacksMayBeWrittenAsText() {
        same(
                ofProperty(map("type", "instant", "defaultValue", "2026-01-02T03:04:05Z")),
                property(ValueType.INSTANT, defaultValue(Instant.parse("2026-01-02T03:04:05Z"))));
        same(
                ofProperty(map("type", "date", "oneOf", List.of("2026-01-02"))),
                property(ValueType.DATE, oneOf(LocalDate.of(2026, 1, 2))));
        same(
                ofProperty(map("type", "decimal", "defaultValue", "1.00")),
                property(ValueType.DECIMAL, defaultValue(new BigDecimal("1.00"))));
        same(
                ofProperty(map("type", "bytes", "defaultValue", "AP8=")),
                property(ValueType.BYTES, defaultValue(Bytes.of((byte) 0, (byte) -1))));
        same( // who writes JSON may write 1.0 as 1
                ofProperty(map("type", "number", "defaultValue", 1)),
                property(ValueType.NUMBER, defaultValue(1.0)));
    }

    // ---- mistakes

    private static void refused(Row row, String where, String what) {
        BadDefinition bad = catchThrowableOfType(BadDefinition.class, () -> Ontology.from(row));
        assertThat(bad).as("%s", row).isNotNull();
        assertThat(bad.problems())
                .as("%s", row)
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.where()).isEqualTo(where);
                    assertThat(problem.what()).contains(what);
                    assertThat(problem.remedy()).isNotEmpty();
                });
    }

    @Test
    void wordsThatAreNotKnownAreNamed() {
        refused(Row.of("ontology", "g", "node", map()), "node", "not known");
        refused(ofType(map("extend", "T")), "nodes.T.extend", "not known");
        refused(ofType(map("from", List.of("T"))), "nodes.T.from", "not known");
        refused(
                Row.of("ontology", "g", "edges", map("e", map("extends", "e"))),
                "edges.e.extends",
                "not known");
        refused(
                ofProperty(map("type", "integer", "atleast", 1)),
                "nodes.T.properties.p.atleast",
                "not known");
        refused(
                ofProperty(map("type", "integer", "at_least", 1)),
                "nodes.T.properties.p.at_least",
                "not known");
        refused(ofProperty(map("type", "int")), "nodes.T.properties.p.type", "no type of values");
        refused(ofType(map("undeclared", "refuse")), "nodes.T.undeclared", "not known: refuse");
        refused(ofType(map("mode", "STRICT")), "nodes.T.mode", "not known: STRICT");
        refused(
                ofProperty(map("type", "text", "notes", map("unit", List.of("m")))),
                "nodes.T.properties.p.notes.unit",
                "no constraint");
        refused(ofType(map("subtypes", map("S", map("own", 1)))), "nodes.T/S.own", "not known");
    }

    @Test
    void whatIsMissingOrOfAnotherKindIsNamed() {
        refused(Row.of("nodes", map()), "ontology", "missing");
        refused(Row.of("ontology", 7), "ontology", "must be text, not 7");
        refused(Row.of("ontology", ""), "ontology", "no name");
        refused(Row.of("ontology", "g", "nodes", null), "nodes", "must be a map");
        refused(Row.of("ontology", "g", "nodes", List.of()), "nodes", "must be a map");
        refused(Row.of("ontology", "g", "nodes", map("T", "x")), "nodes.T", "must be a map");
        refused(ofType(map("properties", "p")), "nodes.T.properties", "must be a map");
        refused(ofType(map("properties", map("p", "text"))), "nodes.T.properties.p", "a map");
        refused(ofType(map("indexes", "p")), "nodes.T.indexes", "must be a list");
        refused(ofType(map("indexes", List.of(1))), "nodes.T.indexes", "must be text");
        refused(ofType(map("extends", List.of("T"))), "nodes.T.extends", "must be text");
        refused(ofType(map("about", 1)), "nodes.T.about", "must be text");
        refused(ofType(map("subtypes", List.of("S"))), "nodes.T.subtypes", "must be a map");
        String p = "nodes.T.properties.p";
        refused(ofProperty(map()), p, "no type");
        refused(ofProperty(map("required", true)), p, "no type");
        refused(ofProperty(map("type", 1)), p + ".type", "must be text");
        refused(ofProperty(map("type", "text", "required", 1)), p + ".required", "true or false");
        refused(ofProperty(map("type", "text", "required", null)), p + ".required", "not null");
        refused(ofProperty(map("type", "text", "relax", "yes")), p + ".relax", "true or false");
        refused(ofProperty(map("type", "integer", "atLeast", "1")), p + ".atLeast", "a number");
        refused(ofProperty(map("type", "integer", "atMost", null)), p + ".atMost", "a number");
        refused(ofProperty(map("type", "number", "above", true)), p + ".above", "a number");
        refused(ofProperty(map("type", "number", "below", map())), p + ".below", "a number");
        refused(ofProperty(map("type", "text", "shortest", 0.5)), p + ".shortest", "whole");
        refused(ofProperty(map("type", "text", "longest", "9")), p + ".longest", "whole");
        refused(ofProperty(map("type", "text", "pattern", 1)), p + ".pattern", "text");
        refused(ofProperty(map("type", "text", "oneOf", "a")), p + ".oneOf", "a list");
        refused(ofProperty(map("type", "text", "oneOf", List.of())), p + ".oneOf", "no value");
        List<Object> withNull = new ArrayList<>();
        withNull.add(null);
        refused(ofProperty(map("type", "text", "oneOf", withNull)), p + ".oneOf", "a value");
        refused(
                ofProperty(map("type", "text", "defaultValue", null)),
                p + ".defaultValue",
                "value");
        refused(
                ofProperty(map("type", "instant", "defaultValue", "noon")),
                p + ".defaultValue",
                "no instant: noon");
        refused(ofProperty(map("type", "date", "oneOf", List.of("x"))), p + ".oneOf", "no date");
        refused(ofProperty(map("type", "text", "notes", List.of())), p + ".notes", "a map");
        refused(
                ofProperty(map("type", "text", "notes", map("x_a", 1))),
                p + ".notes.x_a",
                "a list");
    }

    @Test
    void whatDoesNotFitTogetherIsNamed() {
        refused(ofType(map("extends", "Nobody")), "T", "names no node type: Nobody");
        refused(ofType(map("extends", "T")), "T", "extends itself");
        refused(ofType(map("indexes", List.of("p"))), "T", "index of no property: p");
        refused(ofProperty(map("relax", true)), "T.p", "is no property");
        refused(ofProperty(map("type", "text", "pattern", "[")), "T.p", "pattern");
        refused(ofProperty(map("type", "text", "atLeast", 1)), "T.p", "says nothing");
        refused(ofProperty(map("type", "flag", "longest", 1)), "T.p", "says nothing");
        refused(ofProperty(map("type", "integer", "oneOf", List.of("a"))), "T.p", "not integer");
        refused(
                ofProperty(map("type", "integer", "defaultValue", 1, "atLeast", 2)),
                "T.p",
                "its default 1");
        refused(
                Row.of(
                        "ontology",
                        "g",
                        "nodes",
                        map("T", map()),
                        "edges",
                        map("e", map("from", List.of("T"), "to", List.of("U")))),
                "e",
                "names no node type: U");
        refused(
                Row.of(
                        "ontology",
                        "g",
                        "nodes",
                        map("T", map()),
                        "edges",
                        map("e", map("from", List.of("T")))),
                "e",
                "no node type to come from or lead to");
        refused(Row.of("ontology", "g", "nodes", map("", map())), "", "a name that is none");
        refused(
                ofType(map("properties", map(":p", map("type", "text")))),
                "T",
                "a property whose name is none");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        Row row =
                Row.of(
                        "ontology",
                        "g",
                        "nodes",
                        map("T", map("mode", 1), "U", map("x", 1)),
                        "edge",
                        map());
        BadDefinition bad = catchThrowableOfType(BadDefinition.class, () -> Ontology.from(row));
        assertThat(bad.problems())
                .extracting(BadDefinition.Problem::where)
                .containsExactly("nodes.T.mode", "nodes.U.x", "edge");
    }

    @Test
    void whatNobodyCanHaveBuiltIsNotWritten() {
        Ontology torn =
                new Ontology(
                        "g",
                        List.of(
                                new Fact(Fact.Kind.NODE, "T", "", Fact.Aspect.TYPE, true),
                                new Fact(Fact.Kind.NODE, "T", "", Fact.Aspect.EXTENDS, "A"),
                                new Fact(Fact.Kind.NODE, "T", "", Fact.Aspect.EXTENDS, "B")));
        assertThatThrownBy(torn::row)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("T extends");
    }

    // ---- whatever is built

    @Test
    void whateverIsBuiltIsWrittenAndReadAsItIs() { // law G70
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("SchemaDataTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Ontology ontology = SomeOntology.any(random);
            Row row = ontology.row();
            assertThat(Ontology.from(row)).as("round %s of %s", round, seed).isEqualTo(ontology);
            assertThat(Ontology.from(row).row()).isEqualTo(row);
        }
    }
}
