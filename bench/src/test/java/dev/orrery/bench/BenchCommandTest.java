package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.cli.Command;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code orrery bench}: how it is asked, and what it answers. */
class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void isFoundByTheProgram() {
        assertThat(ServiceLoader.load(Command.class))
                .hasAtLeastOneElementOfType(BenchCommand.class);
    }

    @Test
    void helpNamesTheSuites() {
        assertThat(bench("--help")).isEqualTo(Command.DONE);
        assertThat(out.toString())
                .contains("slice", "query", "projection", "--json", "--quick", "Exit codes");
    }

    @Test
    void aSuiteThatDoesNotExistIsMisuseAndMeasuresNothing() {
        assertThat(bench("galaxies")).isEqualTo(Command.MISUSED);
        assertThat(err.toString())
                .contains(
                        "There is no suite galaxies; there is slice, query, graph," + " projection")
                .doesNotContain("calibration");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    @Tag("long")
    void aQuickRunPrintsOneArrayOfFiguresAndItsCalibrationFirst() {
        assertThat(bench("slice", "--quick", "--json")).isEqualTo(Command.DONE);
        assertThat(err.toString()).startsWith("calibration: ");
        assertThat(out.toString()).hasLineCount(1);
        JsonNode figures = new JsonMapper().readTree(out.toString());
        assertThat(figures).hasSizeGreaterThanOrEqualTo(6);
        assertThat(figures)
                .allSatisfy(figure -> {
                    assertThat(figure.path("suite").asString()).isEqualTo("slice");
                    assertThat(figure.path("value").asDouble()).isPositive();
                    assertThat(figure.has("met")).isTrue();
                });
    }

    private int bench(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
