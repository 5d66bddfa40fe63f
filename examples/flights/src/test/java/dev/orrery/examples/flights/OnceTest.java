package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code demo --once}: all flights through everything, compared with a plain fold; also when it was
 * killed on the way.
 */
class OnceTest {
    private static final int KILLS = 10;

    @TempDir private Path directory;

    @Test
    void aReplayComesToTheFactsOfTheDataTwice() throws Exception {
        JsonNode first = once(directory.resolve("first"));
        JsonNode second = once(directory.resolve("second"));

        assertThat(facts(first)).isEqualTo(facts(second));
        assertIsTheData(first);
        assertThat(first.get("eventsPerSecond").asDouble()).isPositive();
        assertThat(first.get("revisions").asLong()).isPositive();
        assertThat(first.get("queries").get("computed").asLong()).isPositive();
        assertThat(first.get("queries").get("spared").asLong()).isPositive();
        assertThat(first.get("viewPatches").asLong()).isPositive();
    }

    @Test
    void aReplayKilledTenTimesComesToTheSameFacts() throws Exception {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("kills with -Dorrery.seed=" + seed);
        Random random = new Random(seed);
        for (int kill = 0; kill < KILLS; kill++) {
            try (DemoProcess demo =
                    DemoProcess.start(directory, "--port", "0", "--no-open", "--speed", "4000")) {
                demo.address();
                TimeUnit.MILLISECONDS.sleep(
                        random.nextInt(400)); // the moment of the kill, not a wait for speed
            }
        }
        assertIsTheData(once(directory));
    }

    private static void assertIsTheData(JsonNode result) {
        assertThat(result.get("flights").asLong()).isEqualTo(20_000);
        assertThat(result.get("origins").asLong()).isEqualTo(220);
        assertThat(result.get("routes").asLong()).isEqualTo(2_977);
        assertThat(result.get("delayMinutes").asLong()).isEqualTo(154_078);
        assertThat(result.get("distanceMiles").asLong()).isEqualTo(14_476_934);
        assertThat(result.get("airports").get("DFW").get("departures").asLong()).isEqualTo(1_103);
        assertThat(result.get("airports").get("DFW").get("delayMinutes").asLong())
                .isEqualTo(10_462);
    }

    private static String facts(JsonNode result) {
        return String.join(
                " ",
                result.get("flights").toString(),
                result.get("origins").toString(),
                result.get("routes").toString(),
                result.get("delayMinutes").toString(),
                result.get("distanceMiles").toString(),
                result.get("airports").toString());
    }

    private static JsonNode once(Path directory) throws Exception {
        try (DemoProcess demo = DemoProcess.start(directory, "--once")) {
            DemoProcess.Ended ended = demo.end();
            assertThat(ended.exitCode()).as(String.join("\n", ended.errors())).isZero();
            return new JsonMapper().readTree(ended.output().getLast());
        }
    }
}
