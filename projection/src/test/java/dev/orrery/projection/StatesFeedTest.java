package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Following one key's states, leaving and coming back. */
class StatesFeedTest {
    @TempDir Path directory;

    private static List<Step> steps(String key, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(value -> new Step(key, value)).toList();
    }

    private static Update<Trace, Trace> next(Subscription<Update<Trace, Trace>> states) {
        return states.next(SOON).orElseThrow();
    }

    /** Reads differences until one counts so many, and returns how many each counted. */
    private static List<Long> countsUpTo(long count, Subscription<Update<Trace, Trace>> states) {
        List<Long> counts = new ArrayList<>();
        while (counts.isEmpty() || counts.getLast() < count) {
            assertThat(next(states))
                    .isInstanceOfSatisfying(
                            Update.Delta.class,
                            delta -> counts.add(((Trace) delta.change()).count()));
        }
        return counts;
    }

    private static List<Long> counts(long from, long to) {
        return IntStream.rangeClosed((int) from, (int) to).mapToObj(Long::valueOf).toList();
    }

    @Test
    void aSubscriberGetsTheWholeAndThenEveryVersion() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(rig.log.appendAll(steps("a", 1, 5)), SOON);
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe()) {
                assertThat(next(states))
                        .isInstanceOfSatisfying(
                                Update.Whole.class,
                                whole -> assertThat(((Trace) whole.state()).count()).isEqualTo(5));
                rig.log.appendAll(steps("b", 1, 5));
                rig.log.appendAll(steps("a", 6, 20));
                assertThat(countsUpTo(20, states)).isEqualTo(counts(6, 20));
                assertThat(states.next(Duration.ZERO)).isEmpty();
                assertThat(states.cursor()).isEqualTo(new Cursor.Numbered(traces.epoch(), 20));
            }
        }
    }

    @Test
    void aKeyWithoutAStateBeginsWithItsInitialOne() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe()) {
                assertThat(next(states))
                        .isEqualTo(
                                new Update.Whole<>(
                                        new Cursor.Numbered(traces.epoch(), 0), Trace.NONE));
                rig.log.appendAll(steps("a", 1, 2));
                assertThat(countsUpTo(2, states)).isEqualTo(counts(1, 2));
            }
        }
    }

    @Test
    void whoeverReturnsAfterARestartGetsExactlyWhatItMissed() {
        String place;
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(rig.log.appendAll(steps("a", 1, 3)), SOON);
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe()) {
                next(states);
                place = states.cursor().text();
            }
            traces.atLeast(rig.log.appendAll(steps("a", 4, 253)), SOON);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            rig.log.appendAll(steps("a", 254, 503));
            try (Subscription<Update<Trace, Trace>> states =
                    traces.states("a").subscribe(traces.states("a").cursor(place))) {
                assertThat(countsUpTo(503, states)).isEqualTo(counts(4, 503));
            }
        }
    }

    @Test
    void whoeverMissedMoreThanIsKeptGetsTheWhole() {
        try (Rig rig = new Rig(directory, 10)) {
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(rig.log.append(new Step("a", 1)), SOON);
            Cursor old = traces.states("a").head();
            for (int i = 2; i <= 300; i++) {
                traces.atLeast(rig.log.append(new Step("a", i)), SOON);
            }
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe(old)) {
                assertThat(next(states)).isInstanceOf(Update.Whole.class);
                assertThat(states.cursor()).isEqualTo(new Cursor.Numbered(traces.epoch(), 300));
            }
            Cursor recent = new Cursor.Numbered(traces.epoch(), 290);
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe(recent)) {
                assertThat(countsUpTo(300, states)).isEqualTo(counts(291, 300));
            }
        }
    }

    @Test
    void aBatchThatChangesAKeyMoreOftenThanIsKeptIsAWhole() {
        try (Rig rig = new Rig(directory, 10)) {
            rig.log.appendAll(steps("a", 1, 50));
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(rig.log.head(), SOON);
            Cursor begin = new Cursor.Numbered(traces.epoch(), 0);
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe(begin)) {
                assertThat(next(states)).isInstanceOf(Update.Whole.class);
            }
            Cursor recent = new Cursor.Numbered(traces.epoch(), 40);
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe(recent)) {
                assertThat(countsUpTo(50, states)).isEqualTo(counts(41, 50));
            }
        }
    }

    @Test
    void aCursorOfAnotherEpochGetsTheWhole() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(rig.log.append(new Step("a", 1)), SOON);
            try (Subscription<Update<Trace, Trace>> states =
                    traces.states("a").subscribe(new Cursor.Numbered("elsewhere", 1))) {
                assertThat(next(states)).isInstanceOf(Update.Whole.class);
            }
            assertThatThrownBy(() -> traces.states("a").cursor("no cursor"))
                    .isInstanceOf(Invalid.class);
        }
    }

    @Test
    void aStateThatReturnsToWhatItWasIsTwoVersions() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> newest =
                    rig.projections.run(
                            rig.log,
                            Projection.of("newest", Step.class)
                                    .key(String.class, Step::key)
                                    .state(Long.class, 0L)
                                    .fold((_, step) -> (long) step.value()));
            newest.atLeast(rig.log.append(new Step("a", 1)), SOON);
            try (Subscription<Update<Long, Long>> states = newest.states("a").subscribe()) {
                states.next(SOON);
                rig.log.appendAll(List.of(new Step("a", 2), new Step("a", 1)));
                assertThat(
                                List.of(
                                        states.next(SOON).orElseThrow(),
                                        states.next(SOON).orElseThrow()))
                        .containsExactly(
                                new Update.Delta<>(new Cursor.Numbered(newest.epoch(), 2), 2L),
                                new Update.Delta<>(new Cursor.Numbered(newest.epoch(), 3), 1L));
            }
        }
    }

    @Test
    void closingTheProjectionsEndsItsSubscribers() {
        try (Rig rig = new Rig(directory)) {
            Subscription<Update<Trace, Trace>> states = rig.traces().states("a").subscribe();
            next(states);
            rig.projections.close();
            assertThatThrownBy(() -> states.next(SOON)).isInstanceOf(Closed.class);
            states.close();
        }
    }
}
