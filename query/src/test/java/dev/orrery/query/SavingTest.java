package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Codec;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a save writes, what a restart reads, and what runs then. Laws Q30 to Q36. */
class SavingTest {
    @TempDir Path directory;

    private final List<String> ran = new ArrayList<>();

    /** A store, queries over it, and a source that keeps its facts itself. */
    private final class World implements AutoCloseable {
        final QueryStore store = QueryStore.open(directory);
        final Timeline timeline = Timeline.startingAt("world", store.revision());
        final Queries queries = new Queries(timeline, Thread.ofVirtual().factory(), store);

        @Override
        public void close() {
            queries.close();
            store.close();
        }
    }

    /** A source whose facts are somebody else's. */
    private static final class Elsewhere extends LocalRelation<String, Integer> {
        Elsewhere(Timeline timeline, Map<String, Integer> facts) {
            super(timeline, "elsewhere");
            facts.forEach(this::restore);
        }

        @Override
        public Row toRow(String key, Integer value) {
            return Row.of("value", value);
        }

        @Override
        public Optional<Form<String, Integer>> form() {
            return Optional.of(new Form<>(Codec.of(String.class), Codec.of(Integer.class)));
        }
    }

    @Test
    void aSaveWritesNoResultAgainThatWasFoundToHold() {
        try (StoredLife life = new StoredLife(directory)) {
            for (int i = 0; i < 100; i++) {
                life.text.set("key " + i, "x");
                life.twice.of("key " + i);
            }
            assertThat(life.queries.save().memos()).isEqualTo(200);
            life.text.set("key 7", "y");
            life.twice.of("key 7");
            Saved saved = life.queries.save();
            assertThat(saved.memos()).as("length ran, twice was verified").isEqualTo(1);
            assertThat(saved.facts()).isEqualTo(1);
        }
        try (StoredLife life = new StoredLife(directory)) {
            for (int i = 0; i < 100; i++) {
                assertThat(life.twice.of("key " + i)).isEqualTo(2);
            }
            assertThat(life.ran).isEmpty();
            assertThat(life.queries.save().bytes()).as("adopting is no change").isZero();
        }
    }

    @Test
    void aResultInDoubtIsStoredWhenNothingItReadHasChanged() {
        try (StoredLife life = new StoredLife(directory)) {
            life.text.set("a", "xx");
            life.twice.of("a");
            life.text.set("a", "yy");
            life.queries.save();
        }
        try (StoredLife life = new StoredLife(directory)) {
            assertThat(life.twice.of("a")).isEqualTo(4);
            assertThat(life.ran).as("the length is the same").containsExactly("length a");
        }
    }

    @Test
    void aSourceThatChangedWhileNobodyWasThereIsLookedAt() {
        for (int life = 0; life < 3; life++) {
            try (World world = new World()) {
                Map<String, Integer> facts = Map.of("a", life < 2 ? 1 : 5, "b", 2);
                Elsewhere elsewhere = new Elsewhere(world.timeline, facts);
                world.queries.tellOf(elsewhere);
                Query<String, Integer> plus =
                        world.queries.query(
                                "plus",
                                String.class,
                                Integer.class,
                                key -> {
                                    ran.add("plus " + key);
                                    return elsewhere.find(key).orElse(0) + 1;
                                });
                SingleQuery<Integer> sum =
                        world.queries.query(
                                "sum",
                                Integer.class,
                                () -> {
                                    ran.add("sum");
                                    return elsewhere.list().stream().mapToInt(n -> n).sum();
                                });
                assertThat(plus.of("a")).isEqualTo(life < 2 ? 2 : 6);
                assertThat(plus.of("b")).isEqualTo(3);
                assertThat(plus.of("absent")).isEqualTo(1);
                assertThat(sum.now()).isEqualTo(life < 2 ? 3 : 7);
                world.queries.save();
            }
            assertThat(ran)
                    .as("life %s", life)
                    .containsExactlyElementsOf(
                            switch (life) {
                                case 0 -> List.of("plus a", "plus b", "plus absent", "sum");
                                case 1 -> List.of();
                                default -> List.of("plus a", "sum");
                            });
            ran.clear();
        }
    }

    @Test
    void aRaisedVersionRunsThatQueryAndSparesEqualReaders() { // law Q31
        for (int version = 1; version <= 3; version++) {
            try (World world = new World()) {
                int now = version;
                Query<String, Integer> parity =
                        world.queries
                                .define("parity", String.class, Integer.class)
                                .version(version)
                                .as(key -> {
                                    ran.add("parity");
                                    return (key.length() + now / 3) % 2;
                                });
                Query<String, Integer> shown =
                        world.queries.query(
                                "shown",
                                String.class,
                                Integer.class,
                                key -> {
                                    ran.add("shown");
                                    return 10 * parity.of(key);
                                });
                assertThat(shown.of("a")).isEqualTo(version < 3 ? 10 : 0);
                world.queries.save();
            }
            assertThat(ran)
                    .containsExactlyElementsOf(
                            switch (version) {
                                case 1 -> List.of("shown", "parity");
                                case 2 -> List.of("parity");
                                default -> List.of("parity", "shown");
                            });
            ran.clear();
        }
    }

    private record Before(List<String> ran) implements Queries.Body<String, Integer> {
        @Override
        public Integer apply(String key) {
            ran.add("before");
            return 1;
        }
    }

    private record After(List<String> ran) implements Queries.Body<String, Integer> {
        @Override
        public Integer apply(String key) {
            ran.add("after");
            return 2;
        }
    }

    @Test
    void withoutAVersionTheClassFileOfTheBodyTellsWhetherItsCodeIsTheSame() {
        List<Queries.Body<String, Integer>> bodies =
                List.of(new Before(ran), new Before(ran), new After(ran));
        for (Queries.Body<String, Integer> body : bodies) {
            try (World world = new World()) {
                world.queries.query("q", String.class, Integer.class, body).of("a");
                world.queries.save();
            }
        }
        assertThat(ran).containsExactly("before", "after");
    }

    @Test
    void whatStaysInMemoryRunsAndSparesItsReaders() {
        for (int life = 0; life < 2; life++) {
            try (World world = new World()) {
                Query<String, Integer> quick =
                        world.queries
                                .define("quick", String.class, Integer.class)
                                .inMemoryOnly()
                                .as(key -> {
                                    ran.add("quick");
                                    return key.length();
                                });
                Query<String, Integer> slow =
                        world.queries.query(
                                "slow",
                                String.class,
                                Integer.class,
                                key -> {
                                    ran.add("slow");
                                    return quick.of(key);
                                });
                assertThat(slow.of("abc")).isEqualTo(3);
                assertThat(world.queries.save().memos()).isEqualTo(life == 0 ? 1 : 0);
            }
        }
        assertThat(ran).containsExactly("slow", "quick", "quick");
    }

    @Test
    void anUntrackedResultIsComputedAnewAndSparesItsReaders() {
        for (int life = 0; life < 2; life++) {
            try (World world = new World()) {
                Query<String, Integer> outside =
                        world.queries
                                .define("outside", String.class, Integer.class)
                                .untracked()
                                .as(key -> {
                                    ran.add("outside");
                                    return key.length();
                                });
                Query<String, Integer> reader =
                        world.queries.query(
                                "reader",
                                String.class,
                                Integer.class,
                                key -> {
                                    ran.add("reader");
                                    return outside.of(key);
                                });
                assertThat(reader.of("abc")).isEqualTo(3);
                world.queries.save();
            }
        }
        assertThat(ran).containsExactly("reader", "outside", "outside");
    }

    @Test
    void whatHasNoStoredFormIsComputedAnew() {
        for (int life = 0; life < 2; life++) {
            try (World world = new World()) {
                Query<String, Object> formless =
                        world.queries.query(
                                "formless", String.class, Object.class, _ -> new Object());
                Query<String, Integer> reader =
                        world.queries.query(
                                "reader",
                                String.class,
                                Integer.class,
                                key -> {
                                    ran.add("reader");
                                    return formless.of(key).hashCode();
                                });
                reader.of("a");
                assertThat(world.queries.save().memos()).isZero();
            }
        }
        assertThat(ran).containsExactly("reader", "reader");
    }

    /** Counts how often it is made. */
    record Counted(int number) {
        static final AtomicInteger MADE = new AtomicInteger();

        Counted {
            MADE.incrementAndGet();
        }
    }

    @Test
    void openingDecodesNoResultAndAnAccessDecodesWhatItNeeds() {
        for (int life = 0; life < 2; life++) {
            Counted.MADE.set(0);
            try (World world = new World()) {
                Query<Integer, Counted> counted =
                        world.queries.query("counted", Integer.class, Counted.class, Counted::new);
                assertThat(world.store.memos()).isEqualTo(life * 1000L);
                assertThat(Counted.MADE).hasValue(0);
                assertThat(counted.of(500)).isEqualTo(new Counted(500));
                assertThat(Counted.MADE).hasValue(2);
                if (life == 0) {
                    for (int i = 0; i < 1000; i++) {
                        counted.of(i);
                    }
                    assertThat(world.queries.save().memos()).isEqualTo(1000);
                }
            }
        }
    }

    @Test
    void anInputKeepsItsFactsWhenItsRecordGainsAComponent() {
        record Old(String name) {}
        record New(String name, Optional<String> city) {}
        try (World world = new World()) {
            world.queries.input("people", String.class, Old.class).set("a", new Old("Ann"));
            world.queries.save();
        }
        for (int life = 0; life < 2; life++) {
            try (World world = new World()) {
                Input<String, New> people = world.queries.input("people", String.class, New.class);
                assertThat(people.require("a")).isEqualTo(new New("Ann", Optional.empty()));
                world.queries.save();
            }
        }
        try (World world = new World()) { // and back again: the newest facts, not the first
            Input<String, Old> people = world.queries.input("people", String.class, Old.class);
            assertThat(people.require("a")).isEqualTo(new Old("Ann"));
        }
    }

    @Test
    void anInputThatIsNotDefinedKeepsItsFactsThroughRewriting() {
        SegmentLog.Options small = SegmentLog.Options.DEFAULT.segmentBytes(4 << 10);
        try (StoredLife life = new StoredLife(directory)) {
            life.text.set("a", "hello");
            life.queries.save();
        }
        try (QueryStore store = QueryStore.over(SegmentLog.open(directory, small), 4 << 10)) {
            Queries queries =
                    new Queries(
                            Timeline.startingAt("other", store.revision()),
                            Thread.ofVirtual().factory(),
                            store);
            Input<String, String> other = queries.input("other", String.class, String.class);
            for (int i = 0; i < 300; i++) {
                other.set("k", "x".repeat(300) + i);
                queries.save();
            }
            queries.close();
        }
        try (StoredLife life = new StoredLife(directory)) {
            assertThat(life.facts()).isEqualTo(Map.of("a", "hello"));
        }
    }

    @Test
    void resultsAreKeptWithinTheirBudgetNewestFirst() {
        try (StoredLife life =
                new StoredLife(
                        QueryStore.over(
                                SegmentLog.open(
                                        directory,
                                        SegmentLog.Options.DEFAULT.segmentBytes(8 << 10)),
                                20_000))) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 50; i++) {
                    life.twice.of("round " + round + " key " + i);
                }
                life.queries.save();
            }
            assertThat(life.store.bytes()).isLessThan(60_000);
        }
        try (StoredLife life = new StoredLife(directory)) {
            assertThat(life.store.memos()).isBetween(50L, 400L);
            for (int i = 0; i < 50; i++) {
                life.twice.of("round 19 key " + i);
            }
            assertThat(life.ran).as("the newest are there").isEmpty();
        }
    }

    @Test
    void aSaveThatFailsLosesNothing() {
        KeptLog log = new KeptLog();
        StoredLife life = new StoredLife(log);
        life.text.set("a", "hello");
        life.ask("a");
        log.full = true;
        assertThatThrownBy(life.queries::save).isInstanceOf(StorageFailure.class);
        log.full = false;
        assertThat(life.queries.hasUnsavedInputs()).isTrue();
        Saved saved = life.queries.save();
        assertThat(saved.facts()).isEqualTo(1);
        assertThat(saved.memos()).isEqualTo(3);
        assertThat(life.queries.hasUnsavedInputs()).isFalse();
        life.queries.close();
    }

    @Test
    void withoutAStoreASaveIsRefusedByName() {
        try (Queries queries =
                new Queries(
                        Timeline.startingAt("memory", new Revision(0)),
                        Thread.ofVirtual().factory())) {
            assertThatThrownBy(queries::save).isInstanceOf(Unsupported.class);
            assertThat(queries.hasUnsavedInputs()).isFalse();
        }
    }

    @Test
    void twoSourcesOfOneNameAreNotMistakenForEachOther() {
        for (int life = 0; life < 2; life++) {
            try (World world = new World()) {
                Elsewhere first = new Elsewhere(world.timeline, Map.of("a", 1 + life));
                Elsewhere second = new Elsewhere(world.timeline, Map.of("a", 1));
                world.queries.tellOf(second);
                world.queries.tellOf(first);
                Query<String, Integer> q =
                        world.queries.query(
                                "q", String.class, Integer.class, key -> first.require(key));
                assertThat(q.of("a")).isEqualTo(1 + life);
                world.queries.save();
            }
        }
    }
}
