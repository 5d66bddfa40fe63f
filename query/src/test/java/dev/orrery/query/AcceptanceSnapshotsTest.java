package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The acceptance cases of snapshots. */
class AcceptanceSnapshotsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, String> x = queries.input("x", Integer.class, String.class);
    private final AtomicInteger runs = new AtomicInteger();
    private final Query<Integer, Integer> length =
            queries.query(
                    "length",
                    Integer.class,
                    Integer.class,
                    key -> {
                        runs.incrementAndGet();
                        return x.find(key).orElse("").length();
                    });

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    @DisplayName("G1: a snapshot keeps its facts and results")
    void aSnapshotKeepsItsFactsAndResults() {
        x.set(1, "hello");
        assertThat(length.of(1)).isEqualTo(5);
        try (Snapshot snapshot = queries.snapshot()) {
            x.set(1, "hello world");
            assertThat(snapshot.<String>read(() -> x.require(1))).isEqualTo("hello");
            assertThat(snapshot.<Integer>read(() -> length.of(1))).isEqualTo(5);
            assertThat(length.of(1)).isEqualTo(11);
        }
    }

    @Test
    @DisplayName("G2: each snapshot has its own versions")
    void eachSnapshotHasItsOwnVersions() {
        x.set(1, "v1");
        try (Snapshot first = queries.snapshot()) {
            x.set(1, "v2");
            try (Snapshot second = queries.snapshot()) {
                x.set(1, "v3");
                assertThat(first.<String>read(() -> x.require(1))).isEqualTo("v1");
                assertThat(second.<String>read(() -> x.require(1))).isEqualTo("v2");
                assertThat(x.require(1)).isEqualTo("v3");
            }
        }
    }

    @Test
    @DisplayName("G5: what was never computed is computed in a snapshot and outside, equal")
    void whatWasNeverComputedIsComputedInASnapshot() {
        x.set(2, "abc");
        try (Snapshot snapshot = queries.snapshot()) {
            assertThat(snapshot.<Integer>read(() -> length.of(2))).isEqualTo(3);
            assertThat(length.of(2)).isEqualTo(3);
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    @DisplayName("G11: opening over 100,000 slots and 100,000 memos costs what it does over none")
    void openingCostsTheSameWhateverThereIs() {
        long[] empty = openings();
        timeline.commit(() -> {
            for (int key = 0; key < 100_000; key++) {
                x.set(key, "value " + key);
            }
        });
        for (int key = 0; key < 100_000; key++) {
            length.of(key);
        }
        long computed = queries.statistics().computed();
        long[] full = openings();
        System.out.printf(
                "opening and closing a snapshot: %d ns and %d bytes over nothing,"
                        + " %d ns and %d bytes over 100,000 slots and memos%n",
                empty[0], empty[1], full[0], full[1]);
        assertThat(full[0]).as("nanoseconds, median").isLessThan(10_000);
        assertThat(full[1]).as("bytes").isLessThanOrEqualTo(empty[1] + 64).isLessThan(1_000);
        assertThat(queries.statistics().computed()).isEqualTo(computed);
    }

    /** The median time and the mean allocation of opening and closing. */
    private long[] openings() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long[] nanos = new long[20_000];
        long allocated = 0;
        for (int i = 0; i < 2 * nanos.length; i++) {
            if (i == nanos.length) {
                allocated = threads.getThreadAllocatedBytes(thread);
            }
            long begun = System.nanoTime();
            queries.snapshot().close();
            nanos[i % nanos.length] = System.nanoTime() - begun;
        }
        allocated = threads.getThreadAllocatedBytes(thread) - allocated;
        Arrays.sort(nanos);
        return new long[] {nanos[nanos.length / 2], allocated / nanos.length};
    }

    @Test
    @DisplayName("G12: snapshots of one revision, and of a later one with the same facts, share")
    void snapshotsWithTheSameFactsShare() {
        x.set(1, "hello");
        try (Snapshot first = queries.snapshot();
                Snapshot second = queries.snapshot()) {
            x.set(2, "unrelated");
            try (Snapshot third = queries.snapshot()) {
                for (Snapshot each : List.of(first, second, third)) {
                    assertThat(each.<Integer>read(() -> length.of(1))).isEqualTo(5);
                }
            }
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    @DisplayName("G13: 64 snapshots that read wide and deep at once run each query once")
    void sixtyFourSnapshotsReadWideAndDeep() throws Exception {
        Input<Integer, Integer> slots = queries.input("slots", Integer.class, Integer.class);
        AtomicInteger wideRuns = new AtomicInteger();
        AtomicInteger chainRuns = new AtomicInteger();
        Query<Integer, Integer> wide =
                queries.query(
                        "wide",
                        Integer.class,
                        Integer.class,
                        count -> {
                            wideRuns.incrementAndGet();
                            int sum = 0;
                            for (int i = 0; i < count; i++) {
                                sum += slots.require(i);
                            }
                            return sum;
                        });
        Query<List<Integer>, Integer> chain = chain(slots, chainRuns);
        timeline.commit(() -> {
            for (int i = 0; i < 2_000; i++) {
                slots.set(i, 3 * i);
            }
        });
        List<Callable<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int key = i % 8;
            readers.add(() -> {
                try (Snapshot snapshot = queries.snapshot()) {
                    assertThat(snapshot.<Integer>read(() -> wide.of(2_000))).isEqualTo(5_997_000);
                    return snapshot.read(() -> chain.of(List.of(32, key)));
                }
            });
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Integer> ends = new ArrayList<>();
            for (var future : executor.invokeAll(readers)) {
                ends.add(future.get());
            }
            for (int i = 0; i < 64; i++) {
                assertThat(ends.get(i)).isEqualTo(3 * (i % 8) + 32);
            }
        }
        assertThat(wideRuns).hasValue(1);
        assertThat(chainRuns).hasValue(8 * 33);
    }

    private Query<List<Integer>, Integer> chain(
            Input<Integer, Integer> slots, AtomicInteger chainRuns) {
        List<Query<List<Integer>, Integer>> self = new ArrayList<>();
        self.add(
                queries.define(
                                "chain",
                                dev.orrery.core.Type.listOf(Integer.class),
                                dev.orrery.core.Type.of(Integer.class))
                        .as(levelAndKey -> {
                            chainRuns.incrementAndGet();
                            int level = levelAndKey.get(0);
                            int key = levelAndKey.get(1);
                            return level == 0
                                    ? slots.require(key)
                                    : self.getFirst().of(List.of(level - 1, key)) + 1;
                        }));
        return self.getFirst();
    }

    @Test
    @DisplayName("G14: what only released snapshots could see is freed")
    void whatOnlyReleasedSnapshotsCouldSeeIsFreed() {
        List<Snapshot> open = new ArrayList<>();
        List<WeakReference<String>> versions = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String value = new String("version " + i);
            versions.add(new WeakReference<>(value));
            x.set(1, value);
            length.of(1);
            open.add(queries.snapshot());
        }
        assertThat(open.getFirst().<String>read(() -> x.require(1))).isEqualTo("version 0");
        Node node = ((Definition<Integer, Integer>) length).node(1);
        assertThat(node.pastCount()).isPositive();
        open.forEach(Snapshot::close);
        for (int i = 0; i < 1_100; i++) {
            x.set(2, "one of the commits that push the others out of the feed: " + i);
        }
        assertThat(node.pastCount()).isZero();
        awaitCollected(
                () -> versions.stream().limit(999).allMatch(version -> version.get() == null));
    }

    @Test
    void whatASnapshotWithOwnWritesMadeIsFreedWithItsLastHolder() {
        String below = new String("below");
        x.set(1, below);
        length.of(1);
        Snapshot first = queries.snapshot();
        first.commit(() -> x.set(2, "own"));
        first.<Integer>read(() -> length.of(1));
        WeakReference<Engine> branch = new WeakReference<>(first.engine());
        Snapshot second = first.snapshot();
        x.set(1, "later");
        first.close();
        assertThat(timeline.oldestPinned()).as("still held").isEqualTo(new Revision(1));
        assertThat(second.<Integer>read(() -> length.of(1))).isEqualTo(5);
        second.close();
        assertThat(timeline.oldestPinned()).isEqualTo(timeline.now());
        awaitCollected(() -> branch.get() == null);
    }

    @Test
    void aForgottenSnapshotIsClosed() {
        x.set(1, "a");
        forget();
        x.set(1, "b");
        awaitCollected(() -> timeline.oldestPinned().equals(timeline.now()));
    }

    private void forget() {
        Snapshot forgotten = queries.snapshot();
        forgotten.commit(() -> x.set(1, "own"));
        assertThat(timeline.oldestPinned()).isEqualTo(new Revision(1));
    }

    private static void awaitCollected(BooleanSupplier collected) {
        long patience = System.nanoTime() + 20_000_000_000L;
        while (!collected.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still held").isLessThan(patience);
            System.gc();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    @DisplayName("F2, F3: ten snapshots of one revision share one run, also one that fails")
    void tenSnapshotsShareOneRun() throws Exception {
        AtomicInteger slow = new AtomicInteger();
        Query<Integer, Integer> query =
                queries.query(
                        "slow",
                        Integer.class,
                        Integer.class,
                        key -> {
                            slow.incrementAndGet();
                            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                            if (key < 0) {
                                throw new IllegalStateException("negative");
                            }
                            return 2 * key;
                        });
        List<Callable<String>> readers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            readers.add(() -> {
                try (Snapshot snapshot = queries.snapshot()) {
                    return snapshot.read(() -> query.outcome(42) + " " + query.outcome(-1));
                }
            });
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> seen = new ArrayList<>();
            for (var future : executor.invokeAll(readers)) {
                seen.add(future.get());
            }
            assertThat(seen).allMatch(seen.getFirst()::equals).allMatch(s -> s.contains("84"));
        }
        assertThat(slow).hasValue(2);
    }
}
