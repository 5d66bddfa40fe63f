package dev.orrery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.core.ValueType;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaTest {
    record Airport(String iata, String name, String state, int runways) {}

    private final Schema schema =
            Schema.of(Airport.class)
                    .required("name")
                    .maxLength("name", 10)
                    .allowed("state", List.of("CA", "NV"));

    @Test
    void aRecordGivesColumnsAndItsFirstComponentTheId() {
        assertThat(schema.id()).isEqualTo("iata");
        assertThat(schema.columns()).containsExactly("iata", "name", "state", "runways");
        assertThat(schema.field("runways").type()).isEqualTo(ValueType.INTEGER);
        assertThat(schema.field("runways").required()).isTrue();
        assertThat(schema.keyOf(Row.of("iata", "SFO"))).isEqualTo(Key.of("SFO"));
    }

    @Test
    void everyBrokenRuleIsNamedWithItsPath() { // law T13
        Row row =
                Row.of(
                        "iata",
                        "SFO",
                        "name",
                        "much too long a name",
                        "state",
                        "XX",
                        "runways",
                        "4",
                        "city",
                        "x");

        assertThatThrownBy(() -> schema.checkInsert(row))
                .isInstanceOfSatisfying(
                        Invalid.class,
                        invalid ->
                                assertThat(invalid.violations())
                                        .extracting(violation ->
                                                violation.path() + " " + violation.rule())
                                        .containsExactly(
                                                "name must have at most 10 characters",
                                                "state must be one of [CA, NV]",
                                                "runways must be integer",
                                                "city is no column; the columns are [iata, name, state, runways]"));
    }

    @Test
    void whatIsMissingOrEmptyIsNamed() { // law T13
        assertThatThrownBy(() -> schema.checkInsert(Row.of("name", null)))
                .isInstanceOfSatisfying(
                        Invalid.class,
                        invalid ->
                                assertThat(invalid.violations())
                                        .extracting(violation ->
                                                violation.path() + " " + violation.rule())
                                        .containsExactly(
                                                "name must not be empty",
                                                "iata must be there",
                                                "runways must be there"));
    }

    @Test
    void theIdCannotBeChanged() { // law T13
        assertThatThrownBy(() -> schema.checkPatch(Row.of("iata", "OAK")))
                .isInstanceOf(Invalid.class)
                .hasMessage("iata cannot be changed (was OAK)");
    }

    @Test
    void valuesComeOutInTheNormalFormOfTheirColumn() {
        assertThat(schema.checkPatch(Row.of("runways", 4.0, "state", null)))
                .isEqualTo(Row.of("runways", 4L, "state", null));
    }

    @Test
    void charactersAreCountedAsPeopleDo() {
        assertThat(schema.checkPatch(Row.of("name", "\ud83d\ude00".repeat(10)))).isNotNull();
    }

    @Test
    void aRuleForAColumnThatIsNotThereIsABadDefinition() {
        assertThatThrownBy(() -> schema.required("city"))
                .isInstanceOf(BadDefinition.class)
                .hasMessage("city: is no column; the columns are iata, name, state, runways");
    }
}
