package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Column;
import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A second runtime over the same facts adopts what the first one remembers, as a timeline that was
 * branched off or a restart does. Law Q21.
 */
class AdoptionTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries facts = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> x = facts.input("x", String.class, Integer.class);
    private final List<String> ran = new ArrayList<>();
    private final Side first = new Side();
    private final Side second = new Side();
    private boolean broken;

    /** The functions under test, over the shared facts. */
    private final class Side {
        final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
        final Query<String, Integer> parity =
                queries.query("parity", String.class, Integer.class, this::parity);
        final Query<String, Integer> shown =
                queries.query("shown", String.class, Integer.class, this::shown);
        final Query<String, Integer> large =
                queries.query("large", String.class, Integer.class, this::large);
        final Query<String, Integer> careful =
                queries.query("careful", String.class, Integer.class, this::careful);

        private int parity(String key) {
            ran.add("parity");
            if (broken) {
                throw new IllegalStateException("broken");
            }
            return x.find(key).orElse(0) % 2;
        }

        private int shown(String key) {
            ran.add("shown");
            return 10 * parity.of(key);
        }

        private int large(String key) {
            ran.add("large");
            return x.where(Column.integer("value").gt(100)).list().size();
        }

        private int careful(String key) {
            ran.add("careful");
            return parity.outcome(key) instanceof Outcome.Failed<?> ? -1 : parity.of(key);
        }

        /** Has this runtime adopt what another remembers now. */
        void adoptsFrom(Side other) {
            long until = timeline.published() + 1;
            queries.engine().adoption = node -> baseline(other, node, until);
        }

        private Memo baseline(Side other, Node node, long until) {
            Node known = other.own(node);
            Memo memo = known.memo;
            if (memo == null || !memo.covers(until - 1)) {
                return null;
            }
            Cell[] read = Arrays.stream(memo.dependencies).map(this::ownCell).toArray(Cell[]::new);
            return memo.baseline(until, read);
        }

        private Cell ownCell(Cell cell) {
            return switch (cell) {
                case Node node -> own(node);
                case Leaf leaf ->
                        leaf.subject instanceof Condition condition
                                ? queries.engine().sources.set(x, condition)
                                : queries.engine().sources.key(x, (String) leaf.subject);
            };
        }

        @SuppressWarnings("unchecked") // the same query of another runtime has the same keys
        private Node own(Node node) {
            Engine engine = queries.engine();
            Definition<?, ?> definition =
                    engine.definitions.getOrDefault(node.definition.name, engine.sets.definition());
            return ((Definition<Object, Object>) definition).node(node.key);
        }

        void checkAtRest() {
            try (Pin pin = timeline.pin()) {
                new Sweep(queries.engine()).check(pin.revision().number());
            }
        }
    }

    @AfterEach
    void close() {
        second.checkAtRest();
        first.queries.close();
        second.queries.close();
    }

    private void adopt() {
        second.adoptsFrom(first);
        ran.clear();
    }

    @Test
    void whatIsAdoptedOnTheSameFactsRunsNothing() {
        x.set("a", 3);
        assertThat(first.shown.of("a")).isEqualTo(10);
        assertThat(first.large.of("a")).isZero();
        adopt();
        assertThat(second.shown.of("a")).isEqualTo(10);
        assertThat(second.large.of("a")).isZero();
        assertThat(ran).isEmpty();
    }

    @Test
    void anUnrelatedCommitRunsNothingEither() {
        x.set("a", 3);
        first.shown.of("a");
        first.large.of("a");
        adopt();
        x.set("b", 1);
        assertThat(second.shown.of("a")).isEqualTo(10);
        assertThat(second.large.of("a")).isZero();
        assertThat(ran).isEmpty();
        x.set("b", 2);
        assertThat(second.shown.of("a")).isEqualTo(10);
        assertThat(second.parity.statistics().visited())
                .as("once verified, an unrelated commit is not looked at")
                .isEqualTo(1);
    }

    @Test
    void onlyWhatAChangeReachesRuns() {
        x.set("a", 3);
        first.shown.of("a");
        first.large.of("a");
        adopt();
        x.set("a", 5);
        assertThat(second.shown.of("a")).isEqualTo(10);
        assertThat(ran).containsExactly("parity");
        x.set("a", 200);
        assertThat(second.shown.of("a")).isZero();
        assertThat(second.large.of("a")).isEqualTo(1);
        assertThat(ran).containsExactly("parity", "parity", "shown", "large");
    }

    @Test
    void whatIsNotRememberedRunsAndSparesItsReaders() {
        x.set("a", 3);
        first.shown.of("a");
        Node forgotten = first.own(((Definition<String, Integer>) second.parity).node("a"));
        forgotten.memo = null;
        adopt();
        x.set("b", 1);
        assertThat(second.shown.of("a")).isEqualTo(10);
        assertThat(ran).containsExactly("parity");
    }

    @Test
    void anAdoptedFailureIsRetriedAndAnEqualOneSparesItsReaders() {
        broken = true;
        assertThat(first.careful.of("a")).isEqualTo(-1);
        adopt();
        assertThat(second.careful.of("a")).isEqualTo(-1);
        assertThat(ran).as("it is remembered for its revision").isEmpty();
        x.set("b", 1);
        assertThat(second.careful.of("a")).isEqualTo(-1);
        assertThat(ran).containsExactly("parity");
        broken = false;
        x.set("b", 2);
        assertThat(second.careful.of("a")).isZero();
        assertThat(ran).containsExactly("parity", "parity", "careful");
        assertThat(second.parity.outcome("a")).isNotInstanceOf(UserFailure.class);
    }

    @Test
    void anInputChangedSinceIsSeenThoughNobodyAskedInBetween() {
        x.set("a", 3);
        first.shown.of("a");
        adopt();
        x.set("a", 4);
        x.set("a", 5);
        x.set("a", 4);
        assertThat(second.shown.of("a")).isZero();
        assertThat(ran).containsExactly("parity", "shown");
    }
}
