package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What is filled in when it is asked for is as if it had been there from the beginning. */
class RestoredLaterTest { // law C10
    private static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "f");

    private final Timeline timeline = Timeline.startingAt("t", new Revision(0));

    /** Numbers that were there before, and which of them were looked at. */
    private static final class Numbers extends LocalRelation<String, Integer> {
        private final Set<String> lookedAt = ConcurrentHashMap.newKeySet();

        Numbers(Timeline timeline, Map<String, Integer> later) {
            super(timeline, "numbers");
            restoreLater(
                    new Unrestored<>() {
                        @Override
                        public Optional<Integer> find(String key) {
                            lookedAt.add(key);
                            return Optional.ofNullable(later.get(key));
                        }

                        @Override
                        public void forEach(BiConsumer<? super String, ? super Integer> reader) {
                            lookedAt.addAll(later.keySet());
                            later.forEach(reader);
                        }
                    });
        }

        void leaveOut(String key) {
            restoreNone(key);
        }

        void put(String key, Optional<Integer> value) {
            timeline()
                    .transact(
                            "put",
                            transaction ->
                                    value.ifPresentOrElse(
                                            number -> transaction.put(this, key, number),
                                            () -> transaction.remove(this, key)));
        }

        LocalRelation<String, Integer> even() {
            return subset("even numbers", value -> value % 2 == 0);
        }

        @Override
        public Row toRow(String key, Integer value) {
            return Row.of("value", value);
        }
    }

    @Test
    void whatIsAskedForByItsKeyIsAllThatIsLookedAt() {
        Numbers numbers = new Numbers(timeline, Map.of("a", 1, "b", 2));
        assertThat(numbers.find("a")).contains(1);
        assertThat(numbers.find("x")).isEmpty();
        assertThat(numbers.lookedAt).containsExactlyInAnyOrder("a", "x");
        assertThat(numbers.list()).containsExactly(1, 2);
    }

    @Test
    void itHoldsSinceEver() {
        Numbers numbers = new Numbers(timeline, Map.of("a", 1));
        assertThat(numbers.changedAt("a")).isZero();
        numbers.put("b", Optional.of(2));
        assertThat(numbers.findAt("a", 0)).contains(1);
        assertThat(numbers.nextChange("a", 0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatWasRemovedBeforeAnybodyAskedStaysRemoved() {
        Numbers numbers = new Numbers(timeline, Map.of("a", 1, "b", 2));
        numbers.put("a", Optional.empty());
        for (int i = 0; i < 100; i++) { // until nobody needs what was there
            numbers.put("c", Optional.of(i));
        }
        assertThat(numbers.find("a")).isEmpty();
        assertThat(numbers.keys()).containsExactly("b", "c");
        assertThat(numbers.find("a")).isEmpty();
    }

    @Test
    void whatIsLeftOutIsNotFilledIn() {
        Numbers numbers = new Numbers(timeline, Map.of("a", 1, "b", 2));
        numbers.leaveOut("a");
        assertThat(numbers.find("a")).isEmpty();
        assertThat(numbers.keys()).containsExactly("b");
    }

    @Test
    void whoReadsAsOfARevisionSeesWhatWasThereThen() {
        for (int seed = 1; seed <= 200; seed++) {
            var random = new SplittableRandom(seed);
            Map<String, Integer> before = new HashMap<>();
            for (String key : KEYS) {
                if (random.nextBoolean()) {
                    before.put(key, random.nextInt(9));
                }
            }
            read(new Numbers(Timeline.startingAt("t", new Revision(0)), before), before, random);
        }
    }

    /** Writes, pins and looks at random. */
    private static void read(
            Numbers numbers, Map<String, Integer> before, SplittableRandom random) {
        Timeline own = numbers.timeline();
        List<Pin> pins = new ArrayList<>(List.of(own.pin()));
        Map<String, Integer> now = new HashMap<>(before);
        Map<Long, Map<String, Integer>> states = new HashMap<>();
        states.put(own.published(), Map.copyOf(now));
        LocalRelation<String, Integer> even = null;
        for (int step = 0; step < 20; step++) {
            if (random.nextBoolean()) {
                String key = pick(KEYS, random);
                now.remove(key);
                if (random.nextInt(3) > 0) {
                    now.put(key, random.nextInt(9));
                }
                numbers.put(key, Optional.ofNullable(now.get(key)));
                states.put(own.published(), Map.copyOf(now));
                pins.add(own.pin());
            }
            if (random.nextInt(4) == 0) {
                pins.remove(random.nextInt(pins.size())).close();
                pins.add(own.pin());
            }
            long revision = pick(pins, random).revision().number();
            Map<String, Integer> then = states.get(revision);
            String asked = pick(KEYS, random);
            assertThat(numbers.findAt(asked, revision))
                    .isEqualTo(Optional.ofNullable(then.get(asked)));
            if (random.nextInt(15) == 0) {
                even = even == null ? numbers.even() : even;
            }
            if (random.nextInt(15) == 0) {
                assertThat(keysAt(numbers, revision)).isEqualTo(then.keySet());
            }
            if (even != null) {
                assertThat(even.find(asked))
                        .isEqualTo(numbers.find(asked).filter(value -> value % 2 == 0));
            }
        }
        pins.forEach(Pin::close);
    }

    private static <T> T pick(List<T> choices, SplittableRandom random) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static Set<String> keysAt(Numbers numbers, long revision) {
        Set<String> keys = new TreeSet<>();
        numbers.selectAt(Condition.all(), revision).forEach(entry -> keys.add(entry.getKey()));
        return keys;
    }
}
