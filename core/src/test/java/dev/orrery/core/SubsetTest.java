package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A subset of a relation: the same entries at every revision, in the same commits. */
// law C61
class SubsetTest {
    private final Timeline timeline = Timeline.startingAt("t", new Revision(0));
    private final Numbers numbers = new Numbers(timeline);

    private static final class Numbers extends LocalRelation<String, Long> {
        Numbers(Timeline timeline) {
            super(timeline, "numbers");
        }

        void set(String key, long value) {
            timeline().transact("set", transaction -> transaction.put(this, key, value));
        }

        void remove(String key) {
            timeline().transact("remove", transaction -> transaction.remove(this, key));
        }

        LocalRelation<String, Long> even() {
            return subset("even numbers", value -> value % 2 == 0);
        }

        @Override
        public Row toRow(String key, Long value) {
            return Row.of("value", value);
        }
    }

    private Map<String, Long> evenAmongAllAt(long revision) {
        return numbers.selectAt(Condition.all(), revision).stream()
                .filter(entry -> entry.getValue() % 2 == 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<String, Long> allAt(Versioned<String, Long> relation, long revision) {
        return relation.selectAt(Condition.all(), revision).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void aSubsetHasItsEntriesAtEveryPinnedRevisionFromBeforeItWasMadeOn() {
        var random = new SplittableRandom(7);
        List<Pin> pins = new ArrayList<>();
        List<LocalRelation<String, Long>> subsets = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            String key = "k" + random.nextInt(12);
            if (random.nextInt(4) == 0) {
                numbers.remove(key);
            } else {
                numbers.set(key, random.nextInt(6));
            }
            if (random.nextInt(10) == 0) {
                pins.add(timeline.pin());
            }
            if (step % 100 == 50) {
                subsets.add(numbers.even());
            }
            if (!pins.isEmpty() && random.nextInt(12) == 0) {
                pins.remove(random.nextInt(pins.size())).close();
            }
            for (var subset : subsets) {
                for (Pin pin : pins) {
                    long revision = pin.revision().number();
                    assertThat(allAt(subset, revision)).isEqualTo(evenAmongAllAt(revision));
                }
                try (Pin now = timeline.pin()) {
                    long revision = now.revision().number();
                    assertThat(allAt(subset, revision)).isEqualTo(evenAmongAllAt(revision));
                }
            }
        }
    }

    @Test
    void aSubsetChangesInTheCommitOfItsWhole() {
        var even = numbers.even();
        try (var commits = timeline.commits().subscribe()) {
            numbers.set("a", 2);
            numbers.set("a", 3);
            numbers.set("a", 5);
            var item = (Delivery.Item<Commit>) commits.next();
            assertThat(item.value().changesOf(even).orElseThrow())
                    .containsExactly(new Change.Inserted<>("a", 2L));
            item = (Delivery.Item<Commit>) commits.next();
            assertThat(item.value().changesOf(even).orElseThrow())
                    .containsExactly(new Change.Deleted<>("a", 2L));
            item = (Delivery.Item<Commit>) commits.next();
            assertThat(item.value().changesOf(even)).isEmpty();
        }
    }

    @Test
    void aTransactionSeesItsOwnWritesInTheSubset() {
        var even = numbers.even();
        numbers.set("a", 2);
        timeline.commit(() -> {
            numbers.set("a", 3);
            numbers.set("b", 4);
            assertThat(even.find("a")).isEmpty();
            assertThat(even.find("b")).contains(4L);
            assertThat(even.keys()).containsExactly("b");
        });
        assertThat(even.keys()).containsExactly("b");
    }

    @Test
    void aSubsetIsNotWrittenToItself() {
        var even = numbers.even();
        assertThatThrownBy(
                        () -> timeline.transact("x", transaction -> transaction.put(even, "a", 2L)))
                .isInstanceOf(OrreryException.Unsupported.class);
    }
}
