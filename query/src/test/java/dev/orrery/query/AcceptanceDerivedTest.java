package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is computed again, and what is not: remembering, cutting off, dependencies. */
class AcceptanceDerivedTest {
    private static final int SLOTS = 2_000;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, String> text = queries.input("text", String.class, String.class);
    private final Input<Integer, Integer> slot =
            queries.input("slot", Integer.class, Integer.class);
    private final SingleInput<Integer> aside = queries.input("aside", Integer.class);

    @AfterEach
    void close() {
        queries.close();
    }

    private static long runs(Query<?, ?> query) {
        return query.statistics().computed();
    }

    private static long runs(SingleQuery<?> query) {
        return query.statistics().computed();
    }

    private void setSlots() {
        timeline.commit(() -> {
            for (int i = 0; i < SLOTS; i++) {
                slot.set(i, 3 * i);
            }
        });
    }

    @Test
    @DisplayName("C1: a result is computed once for a value of what it reads")
    void onceForAValue() {
        Query<String, Integer> length =
                queries.query(
                        "length", String.class, Integer.class, key -> text.require(key).length());
        text.set("a", "hello");
        assertThat(length.of("a")).isEqualTo(5);
        assertThat(length.of("a")).isEqualTo(5);
        assertThat(runs(length)).isEqualTo(1);
        text.set("a", "hello!!!");
        assertThat(length.of("a")).isEqualTo(8);
        assertThat(runs(length)).isEqualTo(2);
    }

    @Test
    @DisplayName("C2: the parts of a key together are the key")
    void aKeyInTwoParts() {
        Query2<Integer, Integer, Integer> sum =
                queries.query("sum", Integer.class, Integer.class, Integer.class, Integer::sum);
        assertThat(sum.of(1, 2)).isEqualTo(3);
        assertThat(sum.of(1, 2)).isEqualTo(3);
        assertThat(sum.of(2, 3)).isEqualTo(5);
        assertThat(sum.of(2, 3)).isEqualTo(5);
        assertThat(sum.statistics().computed()).isEqualTo(2);
    }

    @Test
    @DisplayName("C3: a query without a key runs once")
    void noKey() {
        SingleQuery<Integer> answer = queries.query("answer", Integer.class, () -> 42);
        assertThat(answer.now()).isEqualTo(42);
        assertThat(answer.now()).isEqualTo(42);
        assertThat(runs(answer)).isEqualTo(1);
    }

    @Test
    @DisplayName("C4: a run with an equal value keeps the stamp of its value")
    void theStampIsOfTheValue() {
        Definition<Integer, Integer> digit = (Definition<Integer, Integer>) digit();
        slot.set(0, 42);
        assertThat(digit.of(0)).isEqualTo(2);
        long stamp = digit.node(0).memo.changedAt();
        slot.set(0, 52);
        assertThat(digit.of(0)).isEqualTo(2);
        assertThat(digit.node(0).memo.changedAt()).isEqualTo(stamp);
        slot.set(0, 47);
        assertThat(digit.of(0)).isEqualTo(7);
        assertThat(digit.node(0).memo.changedAt()).isGreaterThan(stamp);
        assertThat(runs(digit)).isEqualTo(3);
    }

    private Query<Integer, Integer> digit() {
        return queries.query("digit", Integer.class, Integer.class, key -> slot.require(key) % 10);
    }

    @Test
    @DisplayName("C5: readers of an equal value do not run")
    void anEqualValueCutsOff() {
        Query<Integer, Integer> digit = digit();
        Query<Integer, Integer> tenfold =
                queries.query("tenfold", Integer.class, Integer.class, key -> digit.of(key) * 10);
        slot.set(0, 42);
        assertThat(tenfold.of(0)).isEqualTo(20);
        slot.set(0, 52);
        assertThat(tenfold.of(0)).isEqualTo(20);
        assertThat(runs(digit)).isEqualTo(2);
        assertThat(runs(tenfold)).isEqualTo(1);
    }

    /** The text of "a" while the flag is set, otherwise that of "b". */
    private SingleQuery<String> selection() {
        SingleQuery<String> selection =
                queries.query(
                        "selection",
                        String.class,
                        () -> text.require(aside.find().isPresent() ? "a" : "b"));
        text.set("a", "first");
        text.set("b", "second");
        aside.set(1);
        assertThat(selection.now()).isEqualTo("first");
        return selection;
    }

    @Test
    @DisplayName("C7: what was not read does not matter")
    void onlyWhatWasRead() {
        SingleQuery<String> selection = selection();
        text.set("b", "changed");
        assertThat(selection.now()).isEqualTo("first");
        assertThat(runs(selection)).isEqualTo(1);
    }

    @Test
    @DisplayName("C8: what is not read any more neither marks nor holds the reader")
    void aDependencyIsLeft() {
        SingleQuery<String> selection = selection();
        aside.remove();
        assertThat(selection.now()).isEqualTo("second");
        long marked = selection.statistics().marked();
        text.set("a", "changed");
        assertThat(selection.statistics().marked()).isEqualTo(marked);
        assertThat(selection.now()).isEqualTo("second");
        assertThat(runs(selection)).isEqualTo(2);
        new Sweep(queries.engine()).check(timeline.published()); // no edge but from what is read
    }

    @Test
    @DisplayName("C10: a slot read a thousand times is one dependency")
    void readOftenIsReadOnce() {
        slot.set(0, 1);
        SingleQuery<Integer> often =
                queries.query(
                        "often",
                        Integer.class,
                        () -> {
                            int sum = 0;
                            for (int i = 0; i < 1_000; i++) {
                                sum += slot.require(0);
                            }
                            return sum;
                        });
        assertThat(often.now()).isEqualTo(1_000);
        assertThat(often.explain().reads()).hasSize(1);
    }

    @Test
    @DisplayName("C11: a wide sum runs for its own slots only")
    void wide() {
        setSlots();
        SingleQuery<Integer> wide =
                queries.query(
                        "wide",
                        Integer.class,
                        () -> {
                            int sum = 0;
                            for (int i = 0; i < SLOTS; i++) {
                                sum += slot.require(i);
                            }
                            return sum;
                        });
        assertThat(wide.now()).isEqualTo(5_997_000);
        assertThat(runs(wide)).isEqualTo(1);
        slot.set(SLOTS, 1);
        assertThat(wide.now()).isEqualTo(5_997_000);
        assertThat(runs(wide)).isEqualTo(1);
        slot.set(0, 999);
        assertThat(wide.now()).isEqualTo(5_997_999);
        assertThat(runs(wide)).isEqualTo(2);
    }

    @Test
    @DisplayName("C12: a chain runs once a link, and not at all for something else")
    void chain() {
        slot.set(0, 0);
        Query<Integer, Integer> chain =
                queries.recursive(
                        "chain",
                        Integer.class,
                        Integer.class,
                        (self, level) -> level == 0 ? slot.require(0) : self.of(level - 1) + 1);
        assertThat(chain.of(32)).isEqualTo(32);
        assertThat(runs(chain)).isEqualTo(33);
        slot.set(1, 1);
        assertThat(chain.of(32)).isEqualTo(32);
        assertThat(runs(chain)).isEqualTo(33);
    }

    @Test
    @DisplayName("C14: the very same object is equal without being compared")
    void theSameObject() {
        AtomicInteger compared = new AtomicInteger();
        Object same = new Object();
        Query<Integer, Object> query =
                queries.define("query", Integer.class, Object.class)
                        .equality((left, right) -> {
                            compared.incrementAndGet();
                            return false;
                        })
                        .as(key -> {
                            slot.find(key);
                            return same;
                        });
        Query<Integer, Integer> reader =
                queries.query(
                        "reader", Integer.class, Integer.class, key -> query.of(key).hashCode());
        reader.of(0);
        slot.set(0, 1);
        reader.of(0);
        assertThat(runs(query)).isEqualTo(2);
        assertThat(runs(reader)).as("spared").isEqualTo(1);
        assertThat(compared).hasValue(0);
    }

    @Test
    @DisplayName("C18: a query that reads nothing is never looked at again")
    void nothingRead() {
        SingleQuery<Integer> constant = queries.query("constant", Integer.class, () -> 7);
        constant.now();
        for (int i = 0; i < 1_000; i++) {
            aside.set(i);
        }
        Statistics before = queries.statistics();
        assertThat(constant.now()).isEqualTo(7);
        assertThat(runs(constant)).isEqualTo(1);
        assertThat(queries.statistics().visited()).isEqualTo(before.visited());
    }

    @Test
    @DisplayName("C19: a diamond whose sides keep their values spares its top")
    void diamond() {
        Query<Integer, Integer> left =
                queries.query("left", Integer.class, Integer.class, key -> slot.require(key) / 10);
        Query<Integer, Integer> right =
                queries.query("right", Integer.class, Integer.class, key -> slot.require(key) / 20);
        Query<Integer, Integer> top =
                queries.query(
                        "top", Integer.class, Integer.class, key -> left.of(key) + right.of(key));
        slot.set(0, 41);
        assertThat(top.of(0)).isEqualTo(6);
        slot.set(0, 42);
        assertThat(top.of(0)).isEqualTo(6);
        assertThat(runs(left)).isEqualTo(2);
        assertThat(runs(right)).isEqualTo(2);
        assertThat(runs(top)).isEqualTo(1);
    }
}
