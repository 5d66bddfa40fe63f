package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Timeline;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million results: opening takes their places only, and each is read when it is asked for. */
@Tag("long")
class ManyMemosTest {
    private static final int COUNT = Integer.getInteger("orrery.memos", 1_000_000);

    @TempDir Path directory;

    private long runs;

    @Test
    void aMillionResultsAreOpenedWithoutDecodingOne() {
        try (QueryStore store = QueryStore.open(directory)) {
            Query<Integer, Integer> plus = plus(store);
            for (int i = 0; i < COUNT; i++) {
                plus.of(i);
            }
            long began = System.nanoTime();
            Saved saved = queries.save();
            tell("saved " + saved, began);
            assertThat(saved.memos()).isEqualTo(COUNT);
            queries.close();
        }
        runs = 0;
        long began = System.nanoTime();
        try (QueryStore store = QueryStore.open(directory)) {
            tell(
                    "opened " + store.restored() + ", " + store.memoryBytes() + " bytes of places",
                    began);
            assertThat(store.memos()).isEqualTo(COUNT);
            assertThat(store.memoryBytes()).isLessThan(45L * COUNT);
            Query<Integer, Integer> plus = plus(store);
            began = System.nanoTime();
            int asked = COUNT / 10;
            for (int i = 0; i < asked; i++) {
                assertThat(plus.of(i)).isEqualTo(i + 1);
            }
            tell("asked for " + asked + " in the order of saving", began);
            began = System.nanoTime();
            for (int i = 0; i < 1000; i++) {
                int key = asked + (int) (i * 7919L % (COUNT - asked));
                assertThat(plus.of(key)).isEqualTo(key + 1);
            }
            tell("asked for 1000 all over", began);
            assertThat(runs).isZero();
            queries.close();
        }
    }

    private Queries queries =
            new Queries(
                    Timeline.startingAt("none", new dev.orrery.core.Revision(0)),
                    Thread.ofVirtual().factory());

    private Query<Integer, Integer> plus(QueryStore store) {
        queries =
                new Queries(
                        Timeline.startingAt("many", store.revision()),
                        Thread.ofVirtual().factory(),
                        store);
        Input<Integer, Integer> offset = queries.input("offset", Integer.class, Integer.class);
        return queries.query(
                "plus",
                Integer.class,
                Integer.class,
                key -> {
                    runs++;
                    return key + 1 + offset.find(key % 10).orElse(0);
                });
    }

    private static void tell(String what, long began) {
        System.out.println(what + ": " + (System.nanoTime() - began) / 1_000_000 + " ms");
    }
}
