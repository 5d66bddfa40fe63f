package dev.orrery.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that appends is killed at random moments: what it acknowledged is there, once, and
 * stays where it was.
 */
class SegmentLogKillTest {
    private final Map<Long, String> acknowledged = new TreeMap<>();

    @TempDir Path directory;

    @Test
    void acknowledgedRecordsSurviveKills() { // law C40
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        int killed =
                Crash.seeded(seed)
                        .kills(12)
                        .within(Duration.ofMillis(150))
                        .work(AppendForEver.class, directory.toString())
                        .run(life -> {
                            life.output().stream().skip(1).forEach(this::remember);
                            check("seed " + seed + " life " + life.number());
                        });
        assertThat(killed).isEqualTo(12);
        assertThat(acknowledged.size()).isGreaterThan(100);
    }

    private void remember(String line) {
        int space = line.indexOf(' ');
        acknowledged.put(Long.parseLong(line.substring(0, space)), line.substring(space + 1));
    }

    private void check(String when) {
        Map<Long, String> stored = new TreeMap<>();
        Set<String> texts = new HashSet<>();
        try (SegmentLog log = SegmentLog.open(directory)) {
            assertThat(log.start()).as(when).isEqualTo(1);
            List<SegmentLog.Entry> entries = log.read(0, Integer.MAX_VALUE);
            for (;
                    !entries.isEmpty();
                    entries = log.read(entries.getLast().position(), Integer.MAX_VALUE)) {
                for (SegmentLog.Entry entry : entries) {
                    assertThat(entry.position()).as(when).isEqualTo(stored.size() + 1);
                    String text = new String(entry.bytes(), UTF_8);
                    stored.put(entry.position(), text);
                    assertThat(text.startsWith("\0") || texts.add(text))
                            .as(when + ": %s twice", text)
                            .isTrue();
                }
            }
            assertThat(log.damage()).as(when).isEmpty();
        }
        assertThat(stored).as(when).containsAllEntriesOf(acknowledged);
    }
}
