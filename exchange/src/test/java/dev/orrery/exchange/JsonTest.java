package dev.orrery.exchange;

import static dev.orrery.graph.Constraint.atLeast;
import static dev.orrery.graph.Constraint.defaultValue;
import static dev.orrery.graph.Constraint.note;
import static dev.orrery.graph.Constraint.oneOf;
import static dev.orrery.graph.Constraint.pattern;
import static dev.orrery.graph.Constraint.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.graph.Ontology;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rows as JSON, and schemas that stand in them. */
class JsonTest {
    private static final Pattern IN_GUIDE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    @Test
    void theZooIsReadFromJson() { // law G70 of graph
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
        Ontology fromJson =
                Ontology.from(
                        Json.row(
                                """
                                { "ontology": "zoo",
                                  "nodes": {
                                    "Animal": { "properties": { "name": { "type": "text", "required": true, "pattern": "[A-Z].*" },
                                                                "age":  { "type": "integer", "atLeast": 0 } },
                                                "indexes": ["name"] },
                                    "Bird":   { "extends": "Animal", "undeclared": "refused",
                                                "properties": { "habitat": { "type": "text", "oneOf": ["tree", "coast"] } } } },
                                  "edges": { "eats": { "from": ["Animal"], "to": ["Animal"], "properties": { "since": { "type": "instant" } } } } }
                                """));
        assertThat(fromJson).isEqualTo(zoo);
        assertThat(Ontology.from(Json.row(Json.text(zoo.row())))).isEqualTo(zoo);
    }

    @Test
    void theGuidesFileIsTheGuidesSchema() throws IOException {
        var shown = IN_GUIDE.matcher(Files.readString(Path.of("../docs/guide/graph.md")));
        assertThat(shown.find()).isTrue();
        assertThat(Ontology.from(Json.row(shown.group(1))))
                .isEqualTo(
                        Ontology.define("zoo")
                                .node(
                                        "Animal",
                                        animal ->
                                                animal.text("name", required(), pattern("[A-Z].*"))
                                                        .integer("age", atLeast(0))
                                                        .index("name"))
                                .node("Bird", bird -> bird.extend("Animal").text("habitat"))
                                .edge("eats", eats -> eats.from("Animal").to("Animal"))
                                .build());
    }

    @Test
    void typesThatJsonLacksKeepInASchema() { // law X1
        Ontology ontology =
                Ontology.define("g")
                        .node(
                                "T",
                                t ->
                                        t.instant("i", defaultValue(Instant.EPOCH))
                                                .bytes("b", oneOf(Bytes.of((byte) 1)))
                                                .date("d", oneOf(LocalDate.EPOCH))
                                                .number("n", defaultValue(Double.NaN))
                                                .decimal("c", atLeast(new BigDecimal("1.00")))
                                                .map("m", defaultValue(Map.of(":date", 1)))
                                                .any("a", note("x_a", List.of(1, 1.0))))
                        .build();
        assertThat(Ontology.from(Json.row(Json.text(ontology.row())))).isEqualTo(ontology);
    }

    @Test
    void rowsAreTextsAndBack() { // law X1
        Row row = Row.of("b", 1L, "a", 1.0, "c", Map.of("x", List.of(true)), "none", null);
        assertThat(Json.text(row))
                .isEqualTo("{\"a\":1.0,\"b\":1,\"c\":{\"x\":[true]},\"none\":null}");
        assertThat(Json.row(Json.text(row))).isEqualTo(row);
        Row odd = Row.of(":date", "2026-01-01");
        assertThat(Json.row(Json.text(odd))).isEqualTo(odd);
    }

    @Test
    void whatIsNoObjectIsRefused() {
        for (String text : List.of("", "[]", "1", "{", "{} {}", "{\"a\":1,\"a\":2}", "null")) {
            assertThatThrownBy(() -> Json.row(text)).as(text).isInstanceOf(Invalid.class);
        }
        assertThatThrownBy(() -> Ontology.from(Json.row("{\"ontology\":\"g\",\"node\":{}}")))
                .isInstanceOf(BadDefinition.class)
                .hasMessageStartingWith("node: is not known here");
    }
}
