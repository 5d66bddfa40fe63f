package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acceptance: interned values. Laws Q37, Q38. */
class AcceptanceInternedTest {
    private static final Type<Interned.Id<String>> TAG =
            Type.of(Interned.Id.class, List.of(Type.of(String.class)));

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Interned<String> tags = queries.interned("tags", String.class);

    @TempDir Path directory;

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    @DisplayName("J1: equal values have one id, and the same object is read")
    void equalValuesHaveOneId() {
        String first = new String("hello");
        Interned.Id<String> id = tags.of(first);
        assertThat(tags.of(new String("hello"))).isSameAs(id);
        assertThat(id.value()).isSameAs(first);
        assertThat(tags.require(id.number())).isSameAs(id);
        assertThat(tags.of("world")).isNotSameAs(id).isGreaterThan(id);
    }

    /** An id that is in nothing but a stored result, and one in an input, keep their numbers. */
    @Test
    @DisplayName("J2: an id keeps its number over a restart, and another value gets another")
    void anIdKeepsItsNumberOverARestart() {
        long hello;
        long gone;
        try (Life life = new Life()) {
            gone = life.tags.of("never saved under this number").number();
            hello = life.tags.of("hello").number();
            life.tagOf.set("a", life.tags.of("hello"));
            assertThat(life.loud.of(life.tags.of("hello")).value()).isEqualTo("HELLO");
            life.queries.save();
        }
        try (Life life = new Life()) {
            assertThat(life.tagOf.require("a")).isSameAs(life.tags.of("hello"));
            assertThat(life.tags.of("hello").number()).isEqualTo(hello).isNotEqualTo(gone);
            assertThat(life.loud.of(life.tags.of("hello"))).isSameAs(life.tags.of("HELLO"));
            assertThat(life.loud.statistics().computed()).isZero();
            assertThat(life.tags.of("world").number()).isGreaterThan(hello);
            life.queries.save();
        }
        try (Life life = new Life()) {
            assertThat(life.tags.of("hello").number()).isEqualTo(hello);
        }
    }

    /** Values of another class: what named the old ones is not taken for something else. */
    @Test
    void numbersOfAnEarlierClassAreNotGivenAgain() {
        long hello;
        try (Life life = new Life()) {
            hello = life.tags.of("hello").number();
            life.loud.of(life.tags.of("hello"));
            life.queries.save();
        }
        try (QueryStore store = QueryStore.open(directory);
                Queries later = new Queries(start(store), Thread.ofVirtual().factory(), store)) {
            Interned<Integer> numbers = later.interned("tags", Integer.class);
            assertThat(numbers.find(hello)).isEmpty();
            assertThat(numbers.of(5).number()).isGreaterThan(hello);
        }
    }

    @Test
    @DisplayName("J3: interning makes no revision and puts nothing in doubt, in a body or outside")
    void interningMakesNoRevision() {
        Input<String, Integer> x = queries.input("x", String.class, Integer.class);
        x.set("a", 5);
        Query<String, Interned.Id<String>> parity =
                queries.query(
                        "parity",
                        Type.of(String.class),
                        TAG,
                        key -> tags.of(x.require(key) % 2 == 0 ? "even" : "odd"));
        Query<String, String> text =
                queries.query("text", String.class, String.class, key -> parity.of(key).value());
        Revision before = timeline.now();
        assertThat(text.of("a")).isEqualTo("odd");
        tags.of("another");
        assertThat(timeline.now()).isEqualTo(before);
        assertThat(text.of("a")).isEqualTo("odd");
        x.set("a", 7);
        assertThat(text.of("a")).isEqualTo("odd");
        assertThat(parity.statistics().computed()).isEqualTo(2);
        assertThat(text.statistics().computed()).isEqualTo(1); // the very same id
        assertThat(parity.explain("a").reads()).containsExactly("x(a)");
    }

    @Test
    @DisplayName("J4: eight threads that intern the same values get the same ids")
    void threadsGetTheSameIds() throws Exception {
        Set<Interned.Id<String>> seen = ConcurrentHashMap.newKeySet();
        Callable<Void> work =
                () -> {
                    for (int i = 0; i < 100_000; i++) {
                        seen.add(tags.of("tag " + i % 100));
                    }
                    return null;
                };
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(work));
            }
            for (Future<Void> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(seen).hasSize(100);
        assertThat(tags.size()).isEqualTo(100);
    }

    @Test
    @DisplayName("J5: an unknown number is an error with what it was looked for in")
    void anUnknownNumberIsNamed() {
        Missing missing = catchThrowableOfType(Missing.class, () -> tags.require(17));
        assertThat(missing.source()).isEqualTo("tags");
        assertThat(missing.key()).isEqualTo(17L);
        assertThat(tags.find(17)).isEmpty();
    }

    @Test
    @DisplayName("G3: what is interned after a snapshot was taken is read in it")
    void aSnapshotReadsWhatIsInternedLater() {
        try (Snapshot snapshot = queries.snapshot()) {
            Interned.Id<String> id = tags.of("new-tag");
            assertThat(snapshot.read(() -> tags.require(id.number()).value())).isEqualTo("new-tag");
        }
    }

    @Test
    @DisplayName("G4: a key made after a snapshot has its value there, and its facts are missing")
    void aSnapshotKnowsANewKeyButNotItsFacts() {
        Input<Interned.Id<String>, Integer> size =
                queries.input("size", TAG, Type.of(Integer.class));
        Query<Interned.Id<String>, Integer> twice =
                queries.query("twice", TAG, Type.of(Integer.class), id -> 2 * size.require(id));
        try (Snapshot snapshot = queries.snapshot()) {
            Interned.Id<String> id = tags.of("new");
            size.set(id, 3);
            assertThat(twice.of(id)).isEqualTo(6);
            assertThat(snapshot.read(id::value)).isEqualTo("new");
            assertThat(snapshot.read(() -> twice.outcome(id)))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed ->
                                    assertThat(((Throwable) failed.failure()).getCause())
                                            .isInstanceOf(Missing.class)
                                            .hasMessageContaining("size"));
        }
    }

    /** What somebody holds stays, by a result too; everything else goes, and no number returns. */
    @Test
    void aValueGoesWithTheLastWhoHoldsItsId() throws InterruptedException {
        Query<Integer, Interned.Id<String>> named =
                queries.query("named", Type.of(Integer.class), TAG, key -> tags.of("kept " + key));
        long kept = named.of(1).number();
        for (int i = 0; i < 10_000; i++) {
            tags.of("passing " + i);
        }
        long greatest = tags.of("passing").number();
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (tags.size() > 10 && System.nanoTime() < patience) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(tags.size()).isLessThanOrEqualTo(10);
        assertThat(tags.require(kept)).isSameAs(named.of(1));
        assertThat(named.statistics().computed()).isEqualTo(1);
        assertThat(tags.of("passing 0").number()).isGreaterThan(greatest);
    }

    /** What was stored and is held no longer is let go of by a save that writes all anew. */
    @Test
    void aStoredValueThatNobodyHoldsIsNotWrittenAgain() throws InterruptedException {
        int many = 500;
        try (Life life = new Life()) {
            List<Interned.Id<String>> held = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                held.add(life.tags.of("tag " + i));
            }
            life.queries.save();
            assertThat(held).hasSize(many);
        }
        try (Life life = new Life()) {
            assertThat(life.tags.size()).isEqualTo(many);
            for (int i = 0; i < many; i++) {
                life.tags.of("tag " + i); // asked for, and let go of
            }
            long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (life.tags.size() > many / 2 && System.nanoTime() < patience) {
                System.gc();
                Thread.sleep(10);
            }
            assertThat(life.tags.size()).isLessThanOrEqualTo(many / 2);
            for (int i = 0; i < 400; i++) { // until old records are dropped
                life.tagOf.set("a", life.tags.of("a rather long tag, changing all the time " + i));
                life.queries.save();
            }
        }
        try (Life life = new Life()) {
            assertThat(life.tags.find(1)).isEmpty();
            assertThat(life.tags.of("new").number()).isGreaterThan(many);
        }
    }

    private static Timeline start(QueryStore store) {
        return Timeline.startingAt("life", store.revision());
    }

    /** A process with interned tags that an input and a query are about. */
    private final class Life implements AutoCloseable {
        final QueryStore store = QueryStore.open(directory, 1 << 14);
        final Queries queries = new Queries(start(store), Thread.ofVirtual().factory(), store);
        final Interned<String> tags = queries.interned("tags", String.class);
        final Input<String, Interned.Id<String>> tagOf =
                queries.input("tag of", Type.of(String.class), TAG);
        final Query<Interned.Id<String>, Interned.Id<String>> loud =
                queries.query("loud", TAG, TAG, id -> tags.of(id.value().toUpperCase(Locale.ROOT)));

        @Override
        public void close() {
            queries.close();
            store.close();
        }
    }
}
