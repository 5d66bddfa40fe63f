package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Counting and summing beside Kafka Streams, both of which check what they made. */
@Tag("long")
class TakingsProbeTest {
    @Test
    void allSidesFoldTheSameSales() throws Exception {
        assertThat(new TakingsProbe().measure(Effort.QUICK))
                .containsKeys("orrery", "kafka", "each", "orrery, processor", "kafka, processor")
                .allSatisfy((_, value) -> assertThat(value).isPositive());
    }

    @Test
    void bothSidesFoldTheSameSalesOnPostgres() throws Exception {
        assertThat(new SharedTakingsProbe().measure(Effort.QUICK))
                .containsOnlyKeys("orrery", "each")
                .allSatisfy((_, value) -> assertThat(value).isPositive());
    }

    @Test
    void aReaderSeesNoAbsentNorOlderStateDuringARebuild() throws Exception {
        assertThat(new RebuildProbe().measure(Effort.QUICK)).containsEntry("wrong", 0.0);
    }
}
