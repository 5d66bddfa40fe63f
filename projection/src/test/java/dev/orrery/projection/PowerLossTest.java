package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power lost while folds are on their way to the disk: the write-ahead log of the database ends
 * somewhere after the last append that was acknowledged. // law P13
 */
class PowerLossTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261126);
    private static final int EVENTS = 400;
    private static final int KEYS = 5;
    private static final int CUTS = 12;
    private static final int HELD_UP = -1;
    private static final int BAD = -2;
    private static final Projections.Options SMALL_BATCHES = new Projections.Options(10_000, 16);

    @TempDir private Path directory;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final CountDownLatch lastAppended = new CountDownLatch(1);

    /** A change of a key, and its place. */
    private record Told(Cursor cursor, Object change) {}

    private DeltaProjection<Step, String, Long, String> sums() {
        return Projection.of("sums", Step.class)
                .key(String.class, Step::key)
                .state(Long.class, 0L)
                .fold((sum, step) -> {
                    awaitLast(step);
                    return sum + step.value();
                })
                .delta(String.class, (before, after, _) -> before + " to " + after);
    }

    /** Folds no further than this event before everything was appended. */
    private void awaitLast(Step step) {
        if (step.value() == HELD_UP) {
            try {
                lastAppended.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static String key(int number) {
        return "k" + number;
    }

    private List<Step> someEvents(int count) {
        List<Step> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new Step(key(random.nextInt(KEYS)), 1 + random.nextInt(100)));
        }
        return events;
    }

    @Test
    void whatWasLostOfTheFoldsIsFoldedAgainToTheSameVersionsAndChanges() throws IOException {
        System.out.println("-Dorrery.seed=" + SEED);
        Path before = Files.createDirectory(directory.resolve("before"));
        Path wal = before.resolve("orrery.db-wal");
        List<List<Told>> told = new ArrayList<>();
        List<Path> copies = new ArrayList<>();
        try (Rig rig = new Rig(before, SMALL_BATCHES)) {
            LiveDeltaProjection<String, Long, String> sums = rig.projections.run(rig.log, sums());
            List<Cursor> places = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                places.add(sums.deltas(key(key)).head());
            }
            rig.log.appendAll(someEvents(EVENTS));
            rig.log.append(new Step(key(0), HELD_UP));
            rig.log.appendAll(someEvents(EVENTS));
            long acknowledged = Files.size(wal);
            lastAppended.countDown();
            sums.atLeast(rig.log.head(), SOON);
            for (int key = 0; key < KEYS; key++) {
                told.add(changes(sums, key, places.get(key), sums.deltas(key(key)).head()));
            }
            long all = Files.size(wal);
            assertThat(all).isGreaterThan(acknowledged);
            for (int cut = 0; cut < CUTS; cut++) {
                long kept = cut == 0 ? acknowledged : random.nextLong(acknowledged, all);
                copies.add(copy(before, kept, directory.resolve("lost-" + cut)));
            }
        }
        assertThat(isFoldedWhole(copies.getFirst())).isFalse();
        for (Path copy : copies) {
            isFoldedAgain(copy, told);
        }
    }

    @Test
    void onlyABatchWhoseFoldsAllWentWellAtOnceIsLeftToTheEvents() {
        try (Rig rig = new Rig(directory)) {
            rig.log.appendAll(List.of(new Step("a", 1), new Step("b", BAD)));
            assertThat(folded(rig, 1).isRepeatable()).isTrue();
            assertThat(folded(rig, 2).isRepeatable()).isFalse();
        }
    }

    private static FoldBatch<Step, String, Long> folded(Rig rig, int events) {
        Projection<Step, String, Long> failing =
                Projection.of("failing", Step.class)
                        .key(String.class, Step::key)
                        .state(Long.class, 0L)
                        .fold((sum, step) -> {
                            if (step.value() == BAD) {
                                throw new IllegalStateException("bad luck");
                            }
                            return sum + step.value();
                        });
        Position start = rig.log.start();
        FoldTables.Opened opened = FoldTables.open(rig.database, null, "failing", start.log(), 1);
        FoldTables.EpochRow row = opened.served();
        Folding<Step, String, Long> folding =
                Folding.of(failing, InstantSource.system(), 10, false);
        Epoch<String, Long> epoch = folding.epoch(row, opened.tables(), start.log());
        return FoldBatch.of(
                folding,
                epoch,
                new Workers(Thread.ofVirtual().factory(), 1),
                epoch.tables()::states,
                rig.log.read(start, events));
    }

    private static Path copy(Path from, long walBytes, Path to) throws IOException {
        Files.createDirectory(to);
        Files.copy(from.resolve("orrery.db"), to.resolve("orrery.db"));
        byte[] wal = Files.readAllBytes(from.resolve("orrery.db-wal"));
        Files.write(to.resolve("orrery.db-wal"), Arrays.copyOf(wal, (int) walBytes));
        return to;
    }

    private static boolean isFoldedWhole(Path copy) {
        try (Rig rig = new Rig(copy, SMALL_BATCHES)) {
            FoldTables.Opened opened =
                    FoldTables.open(rig.database, null, "sums", rig.log.start().log(), 1);
            return opened.served().position() == rig.log.head().number();
        }
    }

    private void isFoldedAgain(Path copy, List<List<Told>> told) {
        try (Rig rig = new Rig(copy, SMALL_BATCHES)) {
            assertThat(rig.log.head().number()).isEqualTo(2L * EVENTS + 1);
            LiveDeltaProjection<String, Long, String> sums = rig.projections.run(rig.log, sums());
            sums.atLeast(rig.log.head(), SOON);
            for (int key = 0; key < KEYS; key++) {
                List<Told> expected = told.get(key);
                int seen = random.nextInt(expected.size());
                Cursor last = expected.getLast().cursor();
                assertThat(sums.deltas(key(key)).head()).isEqualTo(last);
                assertThat(changes(sums, key, expected.get(seen).cursor(), last))
                        .isEqualTo(expected.subList(seen + 1, expected.size()));
            }
        }
    }

    private static List<Told> changes(
            LiveDeltaProjection<String, Long, String> sums, int key, Cursor after, Cursor last) {
        List<Told> changes = new ArrayList<>();
        try (Subscription<Update<Long, String>> updates = sums.deltas(key(key)).subscribe(after)) {
            Cursor place = after;
            while (!place.equals(last)) {
                Update<Long, String> next = updates.next(SOON).orElseThrow();
                assertThat(next).isInstanceOf(Update.Delta.class);
                place = next.cursor();
                changes.add(new Told(place, ((Update.Delta<?, ?>) next).change()));
            }
        }
        return changes;
    }
}
