package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.SegmentLog;
import dev.orrery.graph.ObservationLog.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Observations beside a graph. Law G58. */
class ObservationLogTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant NOON = Instant.ofEpochMilli(100 * DAY.toMillis());

    @TempDir private Path directory;

    private final Replicas.Wall wall = new Replicas.Wall(NOON.toEpochMilli());

    private ObservationLog open(Path where) {
        return ObservationLog.open(where, DAY, wall);
    }

    private static Observation at(String source, int seconds, double value) {
        return new Observation(source, NOON.plusSeconds(seconds), value);
    }

    private static List<Observation> all(ObservationLog log, String source) {
        return log.between(source, Instant.EPOCH, NOON.plus(DAY));
    }

    @Test
    @DisplayName(
            "AC-174 sources apart, in the order of time, the newest, truncated, 300 in a burst")
    void sourcesAreApartAndInOrder() {
        List<Observation> burst = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            burst.add(new Observation("burst", NOON, i, Map.of("unit", "ms")));
        }
        try (ObservationLog log = open(directory)) {
            log.append(at("a", 3, 0.3));
            log.append(at("b", 2, 20));
            log.append(at("a", 1, 0.1));
            log.append(at("a", 2, 0.2));
            burst.forEach(log::append);
            assertThat(all(log, "a"))
                    .containsExactly(at("a", 1, 0.1), at("a", 2, 0.2), at("a", 3, 0.3));
            assertThat(log.between("a", NOON.plusSeconds(2), NOON.plusSeconds(3)))
                    .containsExactly(at("a", 2, 0.2));
            assertThat(log.latest("a")).contains(at("a", 3, 0.3));
            assertThat(log.latest("c")).isEmpty();
            assertThat(all(log, "burst")).isEqualTo(burst);
            assertThat(log.sources()).containsExactly("a", "b", "burst");
            assertThat(log.size()).isEqualTo(304);
            assertThat(log.truncate(NOON.plusSeconds(2))).isEqualTo(301);
        }
        try (ObservationLog log = open(directory)) {
            assertThat(log.size()).isEqualTo(3);
            assertThat(all(log, "a")).containsExactly(at("a", 2, 0.2), at("a", 3, 0.3));
            log.append(at("a", 1, 9)); // of a time that was truncated before it came
        }
        try (ObservationLog log = open(directory)) {
            assertThat(all(log, "a")).hasSize(3);
        }
    }

    @Test
    @DisplayName("AC-174 what is older than it is kept is gone")
    void whatIsTooOldIsGone() {
        SegmentLog kept = SegmentLog.inMemory(new SegmentLog.Options(1024, 1024));
        try (ObservationLog log = ObservationLog.on(kept, DAY, wall)) {
            log.append(at("a", 0, 1));
            wall.move(DAY.toMillis() / 2);
            log.append(new Observation("a", wall.instant(), 2));
            wall.move(DAY.toMillis() / 2 + 1);
            assertThat(log.size()).isEqualTo(1);
            assertThat(log.latest("a").orElseThrow().value()).isEqualTo(2);
            wall.move(DAY.toMillis());
            assertThat(log.sources()).isEmpty();
            for (int i = 0; i < 30_000; i++) {
                log.append(new Observation("a", wall.instant(), i));
                wall.move(DAY.toMillis() / 100);
            }
            assertThat(log.size()).isBetween(99L, 101L);
            assertThat(kept.start()).as("what nobody can see leaves the log").isGreaterThan(10_000);
        }
    }

    @Test
    void everyTruncationAndEveryFlippedByteCostsWhatItHits() throws IOException {
        Path original = directory.resolve("original");
        List<Observation> appended = new ArrayList<>();
        try (ObservationLog log = open(original)) {
            for (int i = 0; i < 6; i++) {
                appended.add(new Observation("s", NOON.plusSeconds(i), i, Map.of("k", "v" + i)));
                log.append(appended.getLast());
            }
        }
        Path file;
        try (var files = Files.list(original)) {
            file = files.filter(each -> !each.endsWith("lock")).findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 4;
            for (byte[] bytes : List.of(Arrays.copyOf(whole, at), flipped)) {
                Path copy = Files.createTempDirectory(directory, "copy");
                Files.write(copy.resolve(file.getFileName()), bytes);
                try (ObservationLog log = open(copy)) {
                    assertThat(all(log, "s"))
                            .isSubsetOf(appended)
                            .isSortedAccordingTo(Comparator.comparing(Observation::time));
                    log.append(at("after", 1, 1));
                    assertThat(log.latest("after")).isPresent();
                }
            }
        }
    }

    @Test
    void whatIsNoObservationIsRefused() {
        assertThatThrownBy(() -> at("", 0, 1)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> at("x".repeat(1_025), 0, 1)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> at("a", 0, Double.NaN)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> ObservationLog.open(directory, Duration.ZERO, wall))
                .isInstanceOf(Invalid.class);
    }
}
