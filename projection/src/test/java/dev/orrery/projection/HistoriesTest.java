package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Histories;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random appends, batches, restarts and returning subscribers, against a plain fold. */
class HistoriesTest {
    private static final List<String> KEYS = List.of("a", "b", "c", "d");
    private static final int KEPT = 30;

    @TempDir Path directory;
    private int histories;

    /**
     * A projection and the plain fold of the same events: every state a key ever had, by version,
     * and how many events there were by then.
     */
    private final class Subject implements AutoCloseable {
        private final Path home;
        private final Map<String, List<Trace>> expected = new HashMap<>();
        private final Map<String, List<Long>> made = new HashMap<>();
        private final Map<String, String> places = new HashMap<>();
        private long all;
        private Rig rig;
        private LiveProjection<String, Trace> traces;

        Subject() {
            try {
                home = Files.createDirectory(directory.resolve("history-" + histories++));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            KEYS.forEach(key -> made.put(key, new ArrayList<>(List.of(0L))));
            KEYS.forEach(key -> expected.put(key, new ArrayList<>(List.of(Trace.NONE))));
            open();
        }

        private void open() {
            rig = new Rig(home, KEPT);
            traces = rig.traces();
        }

        String append(Seeded random) {
            int count = random.oneIn(4) ? 1 + random.below(80) : 1;
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                steps.add(new Step(random.pick(KEYS), random.below(1000)));
            }
            rig.log.appendAll(steps);
            for (Step step : steps) {
                List<Trace> states = expected.get(step.key());
                states.add(states.getLast().then(step));
                made.get(step.key()).add(++all);
            }
            return "append " + count;
        }

        String restart() {
            rig.close();
            open();
            return "restart";
        }

        String catchUp(Seeded random) {
            String key = random.pick(KEYS);
            String place = places.get(key);
            Cursor after = place == null ? null : traces.states(key).cursor(place);
            try (Subscription<Update<Trace, Trace>> states =
                    after == null
                            ? traces.states(key).subscribe()
                            : traces.states(key).subscribe(after)) {
                long version = after == null ? -1 : ((Cursor.Numbered) after).offset();
                Optional<Update<Trace, Trace>> next = states.next(Duration.ZERO);
                while (next.isPresent()) {
                    version = check(key, version, next.get());
                    next = states.next(Duration.ZERO);
                }
                places.put(key, states.cursor().text());
            }
            return "catch up with " + key;
        }

        private long check(String key, long version, Update<Trace, Trace> update) {
            long number = ((Cursor.Numbered) update.cursor()).offset();
            switch (update) {
                case Update.Whole<Trace, Trace>(_, Trace state) -> {
                    assertThat(version == -1 || after(key, version) > KEPT)
                            .as("a whole after %s at %s", version, number)
                            .isTrue();
                    assertThat(state).isEqualTo(expected.get(key).get((int) number));
                }
                case Update.Delta<Trace, Trace>(_, Trace state) -> {
                    assertThat(number).isEqualTo(version + 1);
                    assertThat(state).isEqualTo(expected.get(key).get((int) number));
                }
            }
            return number;
        }

        /** How many events came after the one that made a version of a key. */
        private long after(String key, long version) {
            return all - made.get(key).get((int) version);
        }

        String settle() {
            traces.atLeast(rig.log.head(), SOON);
            for (String key : KEYS) {
                Trace last = expected.get(key).getLast();
                assertThat(traces.find(key).orElse(Trace.NONE)).isEqualTo(last);
                assertThat(traces.states(key).head())
                        .isEqualTo(new Cursor.Numbered(traces.epoch(), last.count()));
            }
            return "settle";
        }

        /** At any moment a state is the one of its version. */
        void statesAreThoseOfTheirVersions() {
            for (String key : traces.keys()) {
                Reading<Trace> reading = traces.read(key);
                assertThat(reading.state())
                        .isEqualTo(expected.get(key).get((int) reading.version()));
            }
        }

        @Override
        public void close() {
            settle();
            rig.close();
        }
    }

    @Test
    void randomHistoriesEqualAPlainFold() {
        Histories.of(Subject::new)
                .step(12, Subject::append)
                .step(4, (subject, random) -> subject.catchUp(random))
                .step(2, (subject, _) -> subject.settle())
                .step(1, (subject, _) -> subject.restart())
                .check(Subject::statesAreThoseOfTheirVersions)
                .run(12, 60);
    }
}
