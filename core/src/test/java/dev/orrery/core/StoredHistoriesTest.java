package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random histories of a relation that holds few of its keys, beside everything it ever was, and
 * writers and readers at once. // laws C65, C66
 */
@Timeout(120)
class StoredHistoriesTest {
    private static final int KEYS = 40;
    private static final int MOST = 5;

    private static long seed() {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("-Dorrery.seed=" + seed);
        return seed;
    }

    /** The relation, what it is at every revision, and who is pinned. */
    private static final class Subject {
        private final SplittableRandom random;
        private final Timeline timeline = Timeline.startingAt("t", new Revision(0));
        private final StoredNumbers numbers = new StoredNumbers(timeline, MOST);
        private final NavigableMap<Long, Map<String, Integer>> history =
                new TreeMap<>(Map.of(0L, Map.of()));
        private final Map<String, List<Long>> changes = new HashMap<>();
        private final Deque<Pin> pins = new ArrayDeque<>();
        private final List<LocalRelation<String, Integer>> subsets = new ArrayList<>();

        Subject(long seed) {
            random = new SplittableRandom(seed);
        }

        private String key() {
            return "k" + random.nextInt(KEYS);
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> pins.add(timeline.pin());
                case 2, 3 -> {
                    if (!pins.isEmpty()) {
                        pins.remove().close();
                    }
                }
                case 4 -> {
                    if (subsets.size() < 3) {
                        subsets.add(numbers.even());
                    }
                }
                case 5, 6, 7 -> numbers.find(key());
                default -> change();
            }
        }

        private void change() {
            Map<String, Optional<Integer>> batch = new HashMap<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                batch.put(
                        key(),
                        random.nextInt(3) == 0
                                ? Optional.empty()
                                : Optional.of(random.nextInt(50)));
            }
            numbers.store(batch);
            check(); // the store is ahead now
            long revision = numbers.show(batch).number();
            if (pins.isEmpty()) {
                assertThat(numbers.keysInMemory()).isLessThanOrEqualTo(MOST);
            }
            Map<String, Integer> before = history.lastEntry().getValue();
            Map<String, Integer> now = new HashMap<>(before);
            batch.forEach((key, value) -> {
                value.ifPresentOrElse(number -> now.put(key, number), () -> now.remove(key));
                if (!Optional.ofNullable(before.get(key)).equals(value)) {
                    changes.computeIfAbsent(key, _ -> new ArrayList<>()).add(revision);
                }
            });
            history.put(revision, now);
        }

        void check() {
            pins.forEach(pin -> checkAt(pin.revision().number()));
            try (Pin now = timeline.pin()) {
                checkAt(now.revision().number());
            }
        }

        private void checkAt(long revision) {
            Map<String, Integer> expected = history.floorEntry(revision).getValue();
            assertThat(all(numbers, revision)).isEqualTo(expected);
            for (int i = 0; i < 3; i++) {
                String key = key();
                assertThat(numbers.findAt(key, revision))
                        .as("%s at %s", key, revision)
                        .isEqualTo(Optional.ofNullable(expected.get(key)));
                checkChanges(key, revision);
            }
            for (LocalRelation<String, Integer> subset : subsets) {
                assertThat(all(subset, revision)).isEqualTo(even(expected));
            }
        }

        private void checkChanges(String key, long revision) {
            List<Long> all = changes.getOrDefault(key, List.of());
            if (!all.isEmpty() && history.lastEntry().getValue().containsKey(key)) {
                assertThat(numbers.changedAt(key)).isGreaterThanOrEqualTo(all.getLast());
            }
            long next =
                    all.stream().filter(each -> each > revision).findFirst().orElse(Long.MAX_VALUE);
            assertThat(numbers.nextChange(key, revision)).isEqualTo(next);
        }

        private static Map<String, Integer> even(Map<String, Integer> all) {
            return all.entrySet().stream()
                    .filter(entry -> entry.getValue() % 2 == 0)
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }

        private static Map<String, Integer> all(Versioned<String, Integer> of, long revision) {
            return of.selectAt(Condition.all(), revision).stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }

    @Test
    void atEveryPinnedRevisionItIsWhatItWas() {
        long seed = seed();
        for (int history = 0; history < 30; history++) {
            Subject subject = new Subject(seed + history);
            for (int step = 0; step < 150; step++) {
                subject.step();
                subject.check();
            }
        }
    }

    @Test
    void everyVersionOfEveryKeyIsFoundByWhoMakesAnIndexOfThem() {
        StoredNumbers numbers = new StoredNumbers(Timeline.startingAt("t", new Revision(0)), MOST);
        for (int i = 0; i < KEYS; i++) {
            numbers.set("k" + i, i);
        }
        assertThat(numbers.keysOfEveryVersion()).hasSize(KEYS);
    }

    // threads

    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();

    /** Opens when a thread has failed. */
    private final CountDownLatch stopped = new CountDownLatch(1);

    private interface Work {
        void step(Random random) throws Exception;
    }

    private Thread start(long seed, Work work) {
        Random random = new Random(seed);
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        while (!over.get()) {
                            work.step(random);
                        }
                    } catch (Throwable thrown) {
                        broken.compareAndSet(null, thrown);
                        over.set(true);
                        stopped.countDown();
                    }
                });
    }

    /**
     * One writer moves amounts between accounts, most of which are out of memory, and counts each
     * account's moves; readers add up at a pin, alone and in scans, and without a pin see no
     * account go back.
     */
    @Test
    void sumsStayAndNothingGoesBackWhateverIsLeftOutAndBroughtBack() throws InterruptedException {
        long seed = seed();
        Timeline timeline = Timeline.startingAt("t", new Revision(0));
        StoredNumbers numbers = new StoredNumbers(timeline, MOST);
        for (int i = 0; i < KEYS; i++) {
            numbers.set("k" + i, 0);
        }
        int[] next = new int[KEYS];
        List<Thread> threads = new ArrayList<>();
        threads.add(
                start(
                        seed,
                        random -> { // every commit changes a pair, so that both halves are equal
                            int low = random.nextInt(KEYS / 2);
                            int value = ++next[low];
                            numbers.write(
                                    Map.of(
                                            "k" + low,
                                            Optional.of(value),
                                            "k" + (low + KEYS / 2),
                                            Optional.of(-value)));
                        }));
        for (int reader = 1; reader <= 2; reader++) {
            threads.add(start(seed + reader, random -> addUp(timeline, numbers, random)));
        }
        Map<String, Integer> seen = new HashMap<>();
        threads.add(
                start(
                        seed + 3,
                        random -> {
                            String key = "k" + random.nextInt(KEYS / 2);
                            int value = numbers.find(key).orElseThrow();
                            assertThat(value).isGreaterThanOrEqualTo(seen.getOrDefault(key, 0));
                            seen.put(key, value);
                        }));
        stopped.await(3, TimeUnit.SECONDS);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(broken.get()).isNull();
        assertThat(numbers.asked.get()).as("looks into the store").isPositive();
        for (int low = 0; low < KEYS / 2; low++) {
            assertThat(numbers.find("k" + low)).contains(next[low]);
        }
    }

    private static void addUp(Timeline timeline, StoredNumbers numbers, Random random) {
        try (Pin pin = timeline.pin()) {
            long revision = pin.revision().number();
            int low = random.nextInt(KEYS / 2);
            int first = numbers.findAt("k" + low, revision).orElseThrow();
            for (int i = random.nextInt(20); i > 0; i--) {
                numbers.find("k" + random.nextInt(KEYS));
            }
            int second = numbers.findAt("k" + (low + KEYS / 2), revision).orElseThrow();
            assertThat(first + second).as("k%s at %s", low, revision).isZero();
            assertThat(numbers.findAt("k" + low, revision)).contains(first);
            assertThat(
                            numbers.selectAt(Condition.all(), revision).stream()
                                    .mapToInt(Map.Entry::getValue)
                                    .sum())
                    .isZero();
        }
    }
}
