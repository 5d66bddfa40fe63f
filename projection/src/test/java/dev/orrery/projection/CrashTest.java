package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Crash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process killed while it appends and folds. */
class CrashTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261121);
    private static final int KEPT = 200;

    @TempDir Path directory;

    /** The event with a number, the same in every life. */
    private static Step event(long number) {
        return new Step("k" + number * 7919 % 23, (int) (number % 1000));
    }

    /** Appends up to a number of events in batches of random size, folding at the same time. */
    static final class Replay {
        private Replay() {}

        public static void main(String[] arguments) {
            long events = Long.parseLong(arguments[1]);
            try (Rig rig = new Rig(Path.of(arguments[0]), KEPT)) {
                LiveProjection<String, Trace> traces = rig.traces();
                SplittableRandom random = new SplittableRandom(rig.log.head().number());
                System.out.println("appended " + rig.log.head().number());
                while (rig.log.head().number() < events) {
                    long from = rig.log.head().number() + 1;
                    long to =
                            Math.min(
                                    events,
                                    from + (random.nextInt(5) == 0 ? 300 : random.nextInt(4)));
                    List<Step> steps = new ArrayList<>();
                    for (long number = from; number <= to; number++) {
                        steps.add(event(number));
                    }
                    rig.log.appendAll(steps);
                    System.out.println("appended " + to);
                }
                traces.atLeast(rig.log.head(), SOON);
            }
        }
    }

    @Test
    void whateverTheMomentOfAKillStatesVersionsAndPositionAgree() {
        int kills =
                replay(Long.MAX_VALUE)
                        .kills(10)
                        .within(Duration.ofMillis(250))
                        .run(life -> everythingAgrees(acknowledged(life)));
        assertThat(kills).as("lives that were killed").isEqualTo(10);
        long events = appended() + 1_000;
        replay(events).finish();
        everythingAgrees(events);
        try (Rig rig = new Rig(directory, KEPT)) {
            LiveProjection<String, Trace> traces = rig.traces();
            plainFold(events)
                    .forEach((key, trace) -> assertThat(traces.require(key)).isEqualTo(trace));
            assertThat(traces.position().number()).isEqualTo(events);
        }
    }

    private Crash replay(long events) {
        return Crash.seeded(SEED).work(Replay.class, directory.toString(), Long.toString(events));
    }

    private long appended() {
        try (Rig rig = new Rig(directory, KEPT)) {
            return rig.log.head().number();
        }
    }

    private static long acknowledged(Crash.Life life) {
        return Long.parseLong(life.output().getLast().substring("appended ".length()));
    }

    private static Map<String, Trace> plainFold(long position) {
        Map<String, Trace> states = new HashMap<>();
        for (long number = 1; number <= position; number++) {
            Step step = event(number);
            states.put(step.key(), states.getOrDefault(step.key(), Trace.NONE).then(step));
        }
        return states;
    }

    /** What a killed process left: looked at as it is stored, before anyone folds on. */
    private void everythingAgrees(long acknowledged) {
        try (Rig rig = new Rig(directory, KEPT)) {
            long head = rig.log.head().number();
            assertThat(head).isGreaterThanOrEqualTo(acknowledged);
            eventsAreThoseAppended(rig, head);
            FoldTables.Opened opened =
                    FoldTables.open(rig.database, null, "traces", rig.log.start().log(), 1);
            FoldTables.EpochRow epoch = opened.served();
            assertThat(epoch.position()).isLessThanOrEqualTo(head);
            assertThat(Projections.lastRevision(rig.database).number())
                    .isGreaterThanOrEqualTo(epoch.position() > 0 ? 1 : 0);
            statesAreThoseOfThePosition(opened.tables(), epoch);
        }
    }

    private static void eventsAreThoseAppended(Rig rig, long head) {
        Position place = rig.log.start();
        while (place.number() < head) {
            for (Recorded<Step> recorded : rig.log.read(place, 4096)) {
                assertThat(recorded.position().number()).isEqualTo(place.number() + 1);
                assertThat(recorded.event()).isEqualTo(event(recorded.position().number()));
                place = recorded.position();
            }
        }
    }

    private static void statesAreThoseOfThePosition(FoldTables tables, FoldTables.EpochRow row) {
        var keys = dev.orrery.core.Codec.of(String.class);
        var states = dev.orrery.core.Codec.of(Trace.class);
        Epoch<String, Trace> epoch =
                new Epoch<>(row, tables.of(row), "log", keys, states, HeldStates.ALL, false);
        epoch.load();
        Map<String, Trace> stored = new HashMap<>();
        epoch.forEach(stored::put);
        assertThat(stored).isEqualTo(plainFold(row.position()));
        stored.forEach((key, state) -> {
            Held<Trace> held = epoch.held(key);
            assertThat(held.version()).isEqualTo(state.count());
            long recent = Math.max(0, state.count() - 5);
            List<byte[]> changes =
                    epoch.tables()
                            .readChunks(reader ->
                                    Chunks.changes(
                                            reader::chunk,
                                            keys.encode(key),
                                            held.chunk(),
                                            recent,
                                            key));
            assertThat(changes)
                    .as("changes of %s after version %s", key, recent)
                    .hasSize((int) (state.count() - recent));
            assertThat(states.decode(changes.getLast())).isEqualTo(state);
        });
    }
}
