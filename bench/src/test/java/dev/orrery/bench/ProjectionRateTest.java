package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The projection beside plain JDBC. Measuring fails when the two write different rows. */
@Tag("long")
class ProjectionRateTest {
    @TempDir private Path folder;

    @Test
    void measuresTheProjectionBesideTheSameRows() throws Exception {
        var figures =
                new ProjectionRate(new Workplace(Optional.empty(), folder))
                        .measure(Effort.QUICK, new Progress(new PrintWriter(new StringWriter())));
        assertThat(figures)
                .hasSize(2)
                .allSatisfy(figure -> {
                    assertThat(figure.value()).isPositive();
                    assertThat(figure.ratio()).isPresent();
                });
        assertThat(folder).isEmptyDirectory();
    }
}
