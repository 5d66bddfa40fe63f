package dev.orrery.query;

import static dev.orrery.query.EventsTest.told;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Acceptance: events. A commit is one event with all it wrote, and nothing is told twice. */
class AcceptanceEventsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> x = queries.input("x", String.class, Integer.class);

    @AfterEach
    void close() {
        queries.close();
    }

    private Query<String, Integer> query(String name, Query<String, Integer> below) {
        return queries.query(name, String.class, Integer.class, below::of);
    }

    private Query<String, Integer> digit() {
        return queries.query(
                "digit", String.class, Integer.class, key -> x.find(key).orElse(0) % 10);
    }

    @Test
    @DisplayName("I1: setting and removing a key is told with its revisions")
    void settingAndRemoving() {
        try (var events = queries.events().subscribe()) {
            x.set("a", 1);
            x.remove("a");
            assertThat(told(events))
                    .containsExactly("r1 commit", "r1 set x(a)", "r2 commit", "r2 removed x(a)");
        }
    }

    @Test
    @DisplayName("I2: a reader that is in doubt already is not told to be again")
    void theObservedSequence() {
        Query<String, Integer> q = digit();
        try (var events = queries.events().subscribe()) {
            x.set("a", 42);
            q.of("a");
            x.set("a", 52);
            x.set("a", 62);
            q.of("a");
            x.set("a", 63);
            q.of("a");
            x.remove("a");
            q.of("a");
            assertThat(told(events))
                    .containsExactly(
                            "r1 commit",
                            "r1 set x(a)",
                            "r1 computed digit(a) CHANGED",
                            "r2 commit",
                            "r2 set x(a)",
                            "r2 invalidated digit(a) by x(a)",
                            "r3 commit",
                            "r3 set x(a)",
                            "r3 computed digit(a) EQUAL since x(a) changed at r3",
                            "r4 commit",
                            "r4 set x(a)",
                            "r4 invalidated digit(a) by x(a)",
                            "r4 computed digit(a) CHANGED since x(a) changed at r4",
                            "r5 commit",
                            "r5 removed x(a)",
                            "r5 invalidated digit(a) by x(a)",
                            "r5 computed digit(a) CHANGED since x(a) changed at r5");
        }
    }

    @Test
    @DisplayName("I3: in a diamond each reader is told once, with the written key as root")
    void aDiamond() {
        Query<String, Integer> left = query("left", digit());
        Query<String, Integer> right =
                queries.query("right", String.class, Integer.class, x::require);
        Query<String, Integer> top =
                queries.query(
                        "top",
                        String.class,
                        Integer.class,
                        key -> left.of(key) + right.of(key) + x.require(key));
        x.set("a", 1);
        top.of("a");
        try (var events = queries.events().subscribe()) {
            x.set("a", 2);
            assertThat(told(events))
                    .containsExactlyInAnyOrder(
                            "r2 commit",
                            "r2 set x(a)",
                            "r2 invalidated digit(a) by x(a)",
                            "r2 invalidated left(a) by x(a)",
                            "r2 invalidated right(a) by x(a)",
                            "r2 invalidated top(a) by x(a)");
        }
    }

    @Test
    @DisplayName("I4: an equal recomputation is not told as a change, a first one is")
    void cutoff() {
        Query<String, Integer> q = digit();
        try (var events = queries.events().subscribe()) {
            x.set("a", 42);
            q.of("a");
            assertThat(told(events)).contains("r1 computed digit(a) CHANGED");
            x.set("a", 52);
            q.of("a");
            assertThat(told(events))
                    .contains("r2 computed digit(a) EQUAL since x(a) changed at r2")
                    .noneMatch(event -> event.contains("CHANGED"));
        }
    }
}
