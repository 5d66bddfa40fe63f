package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Codec;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that come, go, and perhaps return. // law P14 */
class RemembranceTest {
    private static final int AT_ONCE = 20_000;

    /** A key is open until it is closed. */
    private static final int OPEN = 1;

    private static final int CLOSE = 0;

    private static final Projection<Step, String, Integer> OPEN_ONES =
            Projection.of("open", Step.class)
                    .key(String.class, Step::key)
                    .state(Integer.class, 0)
                    .fold((before, step) -> step.value() == CLOSE ? CLOSE : before + step.value())
                    .removeWhen(state -> state == CLOSE);

    @TempDir private Path directory;

    /** So many keys are opened and closed, one after the other. */
    private static void pass(Rig rig, String prefix, long keys) {
        for (long from = 0; from < keys; from += AT_ONCE) {
            List<Step> steps = new ArrayList<>();
            LongStream.range(from, Math.min(keys, from + AT_ONCE))
                    .forEach(number -> {
                        steps.add(new Step(prefix + number, OPEN));
                        steps.add(new Step(prefix + number, CLOSE));
                    });
            rig.log.appendAll(steps);
        }
    }

    private static long rows(Rig rig) {
        return rig.database.read(session ->
                session.find("SELECT count(*) FROM projection_states", row -> row.integer(1))
                        .orElseThrow());
    }

    @Test
    void keysThatComeOnceAndGoCostNothingForEver() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Integer> open = rig.projections.run(rig.log, OPEN_ONES);
            pass(rig, "a", Remembrance.EVENTS);
            open.atLeast(rig.log.head(), SOON);
            pass(rig, "b", 100); // a batch in which those before are forgotten
            open.atLeast(rig.log.head(), SOON);
            assertThat(rows(rig)).isLessThan(Remembrance.EVENTS * 3 / 4).isPositive();
        }
        try (Rig rig = new Rig(directory)) {
            FoldTables.Opened opened =
                    FoldTables.open(rig.database, null, "open", rig.log.start().log(), 1);
            Epoch<String, Integer> epoch =
                    new Epoch<>(
                            opened.served(),
                            opened.tables().of(opened.served()),
                            rig.log.start().log(),
                            Codec.of(String.class),
                            Codec.of(Integer.class),
                            HeldStates.ALL,
                            false);
            epoch.load();
            assertThat((long) epoch.size()).isEqualTo(rows(rig));
        }
    }

    @Test
    void aKeyThatReturnsAfterItWasForgottenHasVersionsItNeverHad() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Integer> open = rig.projections.run(rig.log, OPEN_ONES);
            rig.log.appendAll(
                    List.of(new Step("x", OPEN), new Step("x", OPEN), new Step("x", CLOSE)));
            open.atLeast(rig.log.head(), SOON);
            Numbered gone = (Numbered) open.states("x").head();
            assertThat(gone.offset()).isEqualTo(3);
            pass(rig, "a", Remembrance.EVENTS / 2 - 1);
            rig.log.appendAll(List.of(new Step("x", OPEN), new Step("x", CLOSE)));
            open.atLeast(rig.log.head(), SOON);
            assertThat(((Numbered) open.states("x").head()).offset())
                    .as("remembered, so its versions go on")
                    .isEqualTo(5);
            pass(rig, "b", Remembrance.EVENTS / 2 + 1);
            rig.log.append(new Step("x", OPEN));
            open.atLeast(rig.log.head(), SOON);
            Numbered returned = (Numbered) open.states("x").head();
            assertThat(returned.offset()).isGreaterThan(rig.log.head().number() / 2);
            try (Subscription<Update<Integer, Integer>> updates =
                    open.states("x").subscribe(gone)) {
                assertThat(updates.next(SOON))
                        .isEqualTo(Optional.of(new Update.Whole<>(returned, OPEN)));
            }
        }
    }

    @Test
    void whoeverFollowsWhileAKeyIsForgottenIsToldWhenItReturns() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Integer> open = rig.projections.run(rig.log, OPEN_ONES);
            rig.log.appendAll(List.of(new Step("x", OPEN), new Step("x", CLOSE)));
            open.atLeast(rig.log.head(), SOON);
            try (Subscription<Update<Integer, Integer>> updates = open.states("x").subscribe()) {
                updates.next();
                pass(rig, "a", Remembrance.EVENTS / 2 + 1);
                rig.log.append(new Step("x", OPEN));
                Update<Integer, Integer> next = updates.next(SOON).orElseThrow();
                while (!next.cursor().equals(open.states("x").head()) || open.find("x").isEmpty()) {
                    next = updates.next(SOON).orElseThrow();
                }
                assertThat(next).isInstanceOf(Update.Whole.class);
                assertThat(((Update.Whole<Integer, Integer>) next).state()).isEqualTo(OPEN);
            }
        }
    }
}
