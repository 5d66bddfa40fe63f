package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Differences instead of states, and states that are removed. */
class DeltasTest {
    @TempDir Path directory;

    record Total(long sum) {}

    record Moved(long from, long to, int by) {}

    private static final DeltaProjection<Step, String, Total, Moved> TOTALS =
            Projection.of("totals", Step.class)
                    .key(String.class, Step::key)
                    .state(Total.class, new Total(0))
                    .fold((total, step) -> new Total(total.sum() + step.value()))
                    .removeWhen(total -> total.sum() == 100)
                    .delta(
                            Moved.class,
                            (before, after, step) ->
                                    new Moved(before.sum(), after.sum(), step.value()));

    private static <S, D> Update<S, D> next(Subscription<Update<S, D>> updates) {
        return updates.next(SOON).orElseThrow();
    }

    private static List<Moved> moves(int count, Subscription<Update<Total, Moved>> updates) {
        List<Moved> moves = new ArrayList<>();
        while (moves.size() < count) {
            assertThat(next(updates))
                    .isInstanceOfSatisfying(
                            Update.Delta.class, delta -> moves.add((Moved) delta.change()));
        }
        return moves;
    }

    /** P15: the deltas come in the order of the events. */
    @Test
    void whoFollowsAKeyGetsTheDifferencesInOrder() {
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            try (Subscription<Update<Total, Moved>> updates = totals.deltas("a").subscribe()) {
                assertThat(next(updates)).isInstanceOf(Update.Whole.class);
                rig.log.appendAll(
                        IntStream.rangeClosed(1, 5).mapToObj(i -> new Step("a", i)).toList());
                assertThat(moves(5, updates))
                        .containsExactly(
                                new Moved(0, 1, 1),
                                new Moved(1, 3, 2),
                                new Moved(3, 6, 3),
                                new Moved(6, 10, 4),
                                new Moved(10, 15, 5));
            }
        }
    }

    @Test
    void whoComesBackAfterARestartGetsTheDifferencesMissed() {
        Cursor place;
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            totals.atLeast(rig.log.append(new Step("a", 7)), SOON);
            place = totals.deltas("a").head();
            totals.atLeast(rig.log.append(new Step("a", 1)), SOON);
        }
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            rig.log.append(new Step("a", 2));
            try (Subscription<Update<Total, Moved>> updates = totals.deltas("a").subscribe(place)) {
                assertThat(moves(2, updates))
                        .containsExactly(new Moved(7, 8, 1), new Moved(8, 10, 2));
            }
            assertThat(totals.require("a")).isEqualTo(new Total(10));
        }
    }

    @Test
    void statesOfAProjectionWithDifferencesComeWhole() {
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            try (Subscription<Update<Total, Total>> states = totals.states("a").subscribe()) {
                next(states);
                totals.atLeast(rig.log.append(new Step("a", 7)), SOON);
                assertThat(next(states))
                        .isEqualTo(
                                new Update.Whole<>(
                                        new Cursor.Numbered(totals.epoch(), 1), new Total(7)));
            }
        }
    }

    /** R04: who follows a key is told that it is gone. */
    @Test
    void aRemovedStateIsGoneForReadersAndBeginsAnewForThoseWhoFollow() {
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            totals.atLeast(rig.log.append(new Step("a", 60)), SOON);
            try (Subscription<Update<Total, Moved>> updates = totals.deltas("a").subscribe();
                    var watched = totals.watch("a");
                    Subscription<Delivery<dev.orrery.core.ChangeSet<String, Total>>> changes =
                            totals.changes().subscribe()) {
                next(updates);
                assertThat(watched.next(SOON).orElseThrow()).contains(new Total(60));
                totals.atLeast(rig.log.append(new Step("a", 40)), SOON);
                assertThat(next(updates))
                        .isEqualTo(
                                new Update.Whole<>(
                                        new Cursor.Numbered(totals.epoch(), 2), new Total(0)));
                assertThat(watched.next(SOON).orElseThrow()).isEmpty();
                assertThat(totals.find("a")).isEmpty();
                assertThat(totals.count()).isZero();
                assertThat(changes.next(SOON).orElseThrow()).isInstanceOf(Delivery.Item.class);
                rig.log.append(new Step("a", 5));
                assertThat(moves(1, updates)).containsExactly(new Moved(0, 5, 5));
                assertThat(updates.cursor()).isEqualTo(new Cursor.Numbered(totals.epoch(), 3));
            }
        }
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            totals.atLeast(rig.log.append(new Step("b", 100)), SOON);
            assertThat(totals.keys()).containsExactly("a");
            assertThat(totals.read("a").version()).isEqualTo(3);
        }
    }

    @Test
    void nothingIsKeptWhereNobodyWantsToComeBack() {
        try (Rig rig = new Rig(directory, 0)) {
            LiveDeltaProjection<String, Total, Moved> totals = rig.projections.run(rig.log, TOTALS);
            Cursor begin = totals.deltas("a").head();
            rig.log.append(new Step("a", 1));
            totals.atLeast(rig.log.append(new Step("a", 2)), SOON);
            try (Subscription<Update<Total, Moved>> updates = totals.deltas("a").subscribe(begin)) {
                assertThat(next(updates))
                        .isInstanceOfSatisfying(
                                Update.Whole.class,
                                whole -> assertThat(whole.state()).isEqualTo(new Total(3)));
            }
            long rows =
                    rig.database.read(session ->
                            session.find(
                                            "SELECT count(*) FROM projection_changes",
                                            row -> row.integer(1))
                                    .orElseThrow());
            assertThat(rows).isZero();
        }
    }

    @Test
    void aDefinitionAsAClassKeepsItsDifferencesUnderAnotherName() {
        DeltaProjection<Step, String, Total, Moved> other =
                TOTALS.named("others").version(3).keyColumn("who");
        assertThat(other.name()).isEqualTo("others");
        assertThat(other.version()).isEqualTo(3);
        assertThat(other.delta(new Total(1), new Total(3), new Step("a", 2)))
                .isEqualTo(new Moved(1, 3, 2));
        assertThat(other.removes(new Total(100))).isTrue();
    }
}
