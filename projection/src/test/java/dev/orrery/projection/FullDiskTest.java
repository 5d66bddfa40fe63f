package dev.orrery.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.projection.Rig.Step;
import dev.orrery.sql.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database in a file that has no room for a while. // laws P17, F7 */
@Timeout(60)
class FullDiskTest {
    private static final Logger TOLD = Logger.getLogger("dev.orrery.projection");

    /** More than there is room for. */
    private static final String LONG = "x".repeat(1 << 20);

    /** Enough for a few events. */
    private static final int SOME_PAGES = 20;

    @TempDir Path directory;

    @BeforeEach
    void hush() {
        TOLD.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        TOLD.setLevel(null);
    }

    private static void leaveRoom(Database database, int pages) {
        database.perform(session -> {
            long used = session.find("PRAGMA page_count", row -> row.integer(1)).orElseThrow();
            session.find("PRAGMA max_page_count = " + (used + pages), row -> row.integer(1));
        });
    }

    @Test
    void foldingGoesOnOnceThereIsRoom() {
        AtomicInteger folds = new AtomicInteger();
        Projection<Step, String, String> swelling =
                Projection.of("swelling", Step.class)
                        .key(String.class, Step::key)
                        .state(String.class, "")
                        .fold((text, step) -> {
                            folds.incrementAndGet();
                            return text + step.value() + LONG;
                        });
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, String> live = rig.projections.run(rig.log, swelling);
            live.atLeast(rig.log.append(new Step("a", 1)), Rig.SOON);
            leaveRoom(rig.database, SOME_PAGES);
            var last = rig.log.appendAll(List.of(new Step("a", 2), new Step("b", 3)));
            Waits.until(() -> folds.get() > 4); // it was tried again
            assertThat(live.status()).isInstanceOf(ProjectionStatus.Following.class);
            assertThat(live.read("a").version()).isEqualTo(1);
            leaveRoom(rig.database, Integer.MAX_VALUE / 2);
            live.atLeast(last, Rig.SOON);
            assertThat(live.require("a")).isEqualTo("1" + LONG + "2" + LONG);
            assertThat(live.require("b")).isEqualTo("3" + LONG);
            assertThat(live.read("a").version()).isEqualTo(2);
        }
    }

    @Test
    void anEffectGoesOnOnceThereIsRoom() {
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch again = new CountDownLatch(2);
        try (EffectsRig rig = new EffectsRig(directory)) {
            Effect<Step, String> refused =
                    rig.noted(
                                    attempt -> {
                                        attempts.incrementAndGet();
                                        again.countDown();
                                        if (attempt.event().key().equals("a")) {
                                            throw new IllegalStateException(LONG);
                                        }
                                    })
                            .onFault(_ -> Fault.park());
            LiveEffect<String> live = rig.run(refused);
            leaveRoom(rig.rig.database, SOME_PAGES);
            rig.rig.log.append(new Step("a", 1));
            Waits.await(again); // it was begun anew
            leaveRoom(rig.rig.database, Integer.MAX_VALUE / 2);
            live.atLeast(rig.rig.log.append(new Step("b", 2)), Rig.SOON);
            assertThat(live.parked())
                    .singleElement()
                    .matches(parked -> parked.key().equals("a") && parked.cause().endsWith(LONG));
            assertThat(rig.done()).containsExactly(2);
            assertThat(live.status()).isInstanceOf(EffectStatus.Working.class);
        }
    }
}
