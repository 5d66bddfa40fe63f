package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Timeline;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stored result whose reads this program does not know. */
class AcceptanceUndefinedTest {
    @TempDir private Path directory;

    @Test
    @DisplayName("C15: a result that read a query that is no longer defined is computed again")
    void noLongerDefined() {
        try (QueryStore store = QueryStore.open(directory);
                Queries queries = open(store)) {
            Input<Integer, Integer> slot = queries.input("slot", Integer.class, Integer.class);
            Query<Integer, Integer> inner =
                    queries.define("inner", Integer.class, Integer.class)
                            .version(1)
                            .as(slot::require);
            Query<Integer, Integer> outer =
                    queries.define("outer", Integer.class, Integer.class)
                            .version(1)
                            .as(key -> inner.of(key) + 1);
            slot.set(1, 5);
            assertThat(outer.of(1)).isEqualTo(6);
            queries.save();
        }
        try (QueryStore store = QueryStore.open(directory);
                Queries queries = open(store)) {
            Input<Integer, Integer> slot = queries.input("slot", Integer.class, Integer.class);
            Query<Integer, Integer> outer =
                    queries.define("outer", Integer.class, Integer.class)
                            .version(1)
                            .as(key -> slot.require(key) + 1);
            assertThat(outer.of(1)).isEqualTo(6);
            assertThat(outer.statistics().computed()).isEqualTo(1);
        }
    }

    private static Queries open(QueryStore store) {
        return new Queries(
                Timeline.startingAt("life", store.revision()), Thread.ofVirtual().factory(), store);
    }
}
