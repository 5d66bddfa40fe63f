package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A relation that holds the keys used lately, step by step. // laws C65, C66 */
class StoredRelationTest {
    private static final int MOST = 10;

    private final Timeline timeline = Timeline.startingAt("t", new Revision(0));
    private final StoredNumbers numbers = new StoredNumbers(timeline, MOST);

    private void setMany(int from, int until) {
        for (int i = from; i < until; i++) {
            numbers.set("k" + i, i);
        }
    }

    @Test
    void asLongAsThereAreNotTooManyKeysTheStoreIsNeverAsked() {
        setMany(0, MOST);
        assertThat(numbers.find("k3")).contains(3);
        assertThat(numbers.find("absent")).isEmpty();
        assertThat(numbers.count()).isEqualTo(MOST);
        assertThat(numbers.asked.get()).isZero();
    }

    @Test
    void onlySoManyKeysStayInMemoryAndEveryValueIsThere() {
        setMany(0, 1000);
        assertThat(numbers.keysInMemory()).isEqualTo(MOST);
        for (int i = 0; i < 1000; i++) {
            assertThat(numbers.find("k" + i)).contains(i);
        }
        assertThat(numbers.find("absent")).isEmpty();
        assertThat(numbers.count()).isEqualTo(1000);
        assertThat(numbers.where(Column.integer("value").lt(20)).keys()).hasSize(20);
        assertThat(numbers.keysInMemory()).isEqualTo(MOST);
    }

    @Test
    void whatIsUsedAgainAndAgainStays() {
        setMany(0, 100);
        numbers.find("k50");
        for (int i = 0; i < 100; i++) {
            int asked = numbers.asked.get();
            numbers.find("k50");
            assertThat(numbers.asked.get()).isEqualTo(asked);
            numbers.find("k" + i);
        }
    }

    @Test
    void onlyWhatIsInMemoryIsRestored() {
        setMany(0, 100);
        StoredNumbers again = numbers.reopened(MOST);
        assertThat(again.keysInMemory()).isEqualTo(MOST);
        for (int i = 0; i < 100; i++) {
            assertThat(again.find("k" + i)).contains(i);
        }
        assertThat(again.count()).isEqualTo(100);
    }

    /** A reader looks for a cell, finds none, and is overtaken by a commit before it has read. */
    @Test
    void whoWasPinnedBeforeAValueWasStoredFindsTheOneBefore() {
        setMany(0, 100);
        try (Pin pin = timeline.pin()) {
            numbers.whenAsked =
                    () -> {
                        numbers.whenAsked = () -> {};
                        numbers.set("k7", -7);
                        setMany(100, 200); // which would leave the key out again if it could
                    };
            assertThat(numbers.findAt("k7", pin.revision().number())).contains(7);
            assertThat(numbers.find("k7")).contains(-7);
        }
    }

    @Test
    void whatIsStoredIsNotSeenBeforeItIsCommitted() {
        setMany(0, 100);
        Map<String, Optional<Integer>> changes =
                Map.of("k7", Optional.of(-7), "k8", Optional.empty(), "new", Optional.of(1));
        numbers.store(changes);
        IntStream.range(20, 60).forEach(i -> numbers.find("k" + i));
        assertThat(numbers.find("k7")).contains(7);
        assertThat(numbers.find("k8")).contains(8);
        assertThat(numbers.find("new")).isEmpty();
        assertThat(numbers.list()).hasSize(100).contains(7, 8).doesNotContain(-7);
        numbers.show(changes);
        assertThat(numbers.find("k7")).contains(-7);
        assertThat(numbers.find("k8")).isEmpty();
        assertThat(numbers.find("new")).contains(1);
    }

    /** What was removed would be dropped with the last pin, but something newer is on its way. */
    @Test
    void aRemovedKeyThatReturnsStaysUntilItIsBack() {
        setMany(0, 100);
        Pin pin = timeline.pin();
        numbers.remove("k7");
        Map<String, Optional<Integer>> returns = Map.of("k7", Optional.of(-7));
        numbers.store(returns);
        pin.close();
        assertThat(numbers.find("k7")).isEmpty();
        long revision = timeline.published();
        assertThat(numbers.show(returns).number()).isEqualTo(revision + 1);
        assertThat(numbers.find("k7")).contains(-7);
    }

    /** The commit is one even where all of it was out of memory. */
    @Test
    void aChangeOfAKeyThatWasLeftOutHasTheValueBefore() {
        setMany(0, 100);
        try (var commits = timeline.commits().subscribe()) {
            numbers.set("k7", -7);
            Delivery.Item<Commit> item = (Delivery.Item<Commit>) commits.next();
            assertThat(item.value().changesOf(numbers).orElseThrow())
                    .containsExactly(new Change.Updated<>("k7", 7, -7));
        }
    }

    @Test
    void whatChangesDuringAScanIsSeenAsItWas() {
        setMany(0, 100);
        try (Pin pin = timeline.pin()) {
            var before = numbers.selectAt(Condition.all(), pin.revision().number());
            numbers.store(Map.of("k7", Optional.of(-7), "k9", Optional.empty()));
            assertThat(numbers.selectAt(Condition.all(), pin.revision().number()))
                    .isEqualTo(before);
            numbers.show(Map.of("k7", Optional.of(-7), "k9", Optional.empty()));
            setMany(100, 200);
            assertThat(numbers.selectAt(Condition.all(), pin.revision().number()))
                    .isEqualTo(before);
        }
    }

    /** The rows of a scan are read before a change is stored, its cells are looked at after. */
    @Test
    void whatIsCommittedBetweenTheRowsAndTheCellsOfAScanIsSeenAsItWas() {
        setMany(0, 100);
        try (Pin pin = timeline.pin()) {
            var before = numbers.selectAt(Condition.all(), pin.revision().number());
            numbers.whenScanned =
                    () -> {
                        numbers.whenScanned = () -> {};
                        numbers.remove("k9");
                        numbers.set("k7", -7);
                    };
            assertThat(numbers.selectAt(Condition.all(), pin.revision().number()))
                    .isEqualTo(before);
        }
    }

    @Test
    void sinceWhenAKeyHoldsIsNeverSaidTooEarly() {
        setMany(0, 50);
        long changed = numbers.set("k7", -7).number();
        setMany(50, 100);
        assertThat(numbers.isInMemoryForTest("k7")).isFalse();
        assertThat(numbers.changedAt("k7")).isBetween(changed, timeline.published());
        numbers.find("k7");
        assertThat(numbers.isInMemoryForTest("k7")).isTrue();
        assertThat(numbers.changedAt("k7")).isBetween(changed, timeline.published());
        try (Pin pin = timeline.pin()) {
            long revision = pin.revision().number();
            assertThat(numbers.nextChange("k8", revision)).isEqualTo(Long.MAX_VALUE);
            long next = numbers.set("k8", 80).number();
            setMany(100, 200);
            assertThat(numbers.nextChange("k8", revision)).isEqualTo(next);
        }
    }

    @Test
    void aKeyThatIsWrittenWithoutBeingHeldIsRefused() {
        setMany(0, 100);
        assertThatThrownBy(() -> numbers.show(Map.of("k7", Optional.of(-7))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("law C65");
    }

    @Test
    void aRemovedKeyLeavesNothingBehind() {
        setMany(0, 100);
        for (int i = 0; i < 100; i++) {
            numbers.remove("k" + i);
        }
        assertThat(numbers.keysInMemory()).isZero();
        assertThat(numbers.count()).isZero();
    }

    @Test
    void aKeyHasNoPlaceThatStays() {
        assertThatThrownBy(() -> numbers.slot("k")).isInstanceOf(OrreryException.Unsupported.class);
    }

    /** While an old revision is pinned what has changed since must stay, and nothing else does. */
    @Test
    void aPinKeepsInMemoryWhatHasChangedSinceAndReadersAddNothingToThat() {
        setMany(0, 100);
        try (Pin pin = timeline.pin()) {
            setMany(0, 50);
            setManyAnew(0, 50);
            assertThat(numbers.keysInMemory()).isEqualTo(50);
            IntStream.range(0, 100).forEach(i -> numbers.find("k" + i));
            assertThat(numbers.keysInMemory()).isLessThanOrEqualTo(50 + MOST);
            for (int i = 0; i < 100; i++) {
                assertThat(numbers.findAt("k" + i, pin.revision().number())).contains(i);
            }
        }
        numbers.set("another", 1);
        assertThat(numbers.keysInMemory()).isEqualTo(MOST);
    }

    private void setManyAnew(int from, int until) {
        for (int i = from; i < until; i++) {
            numbers.set("k" + i, -i - 1);
        }
    }
}
