package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Timelines that are branched off: the facts of one revision, then their own. Law C54. */
class BranchTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Facts facts = new Facts(timeline, "facts", true);
    private final Facts fixed = new Facts(timeline, "fixed", false);

    /** A relation of texts. */
    private static final class Facts extends LocalRelation<String, String> {
        private final boolean isBranchable;

        Facts(Timeline timeline, String name, boolean isBranchable) {
            super(timeline, name);
            this.isBranchable = isBranchable;
        }

        void put(String key, String value) {
            timeline().transact("test", transaction -> transaction.put(this, key, value));
        }

        void remove(String key) {
            timeline().transact("test", transaction -> transaction.remove(this, key));
        }

        @Override
        protected boolean isBranchable() {
            return isBranchable;
        }

        @Override
        public Row toRow(String key, String value) {
            return Row.of("value", value);
        }
    }

    private static List<Map.Entry<String, String>> all(Timeline timeline, Facts facts) {
        return timeline.own(facts).selectAt(Condition.all(), timeline.published());
    }

    @Test
    void aBranchBeginsWithTheFactsOfAHeldRevisionAndGoesItsOwnWay() {
        facts.put("a", "1");
        facts.put("b", "1");
        try (Pin pin = timeline.pin()) {
            Timeline branch = timeline.branch(pin);
            Pin begin = branch.pin();
            facts.put("a", "2");
            branch.commit(() -> facts.put("b", "3"));
            branch.commit(() -> facts.put("c", "4"));
            assertThat(all(branch, facts))
                    .containsExactly(Map.entry("a", "1"), Map.entry("b", "3"), Map.entry("c", "4"));
            assertThat(branch.own(facts).findAt("b", 3)).as("before the second").contains("3");
            assertThat(branch.own(facts).findAt("b", 2)).as("where it begins").contains("1");
            begin.close();
            assertThat(all(timeline, facts))
                    .containsExactly(Map.entry("a", "2"), Map.entry("b", "1"));
            assertThat(branch.now()).isEqualTo(new Revision(4));
            assertThat(timeline.now()).isEqualTo(new Revision(3));
        }
    }

    @Test
    void aKeyRemovedOnABranchStaysAway() {
        facts.put("a", "1");
        try (Pin pin = timeline.pin()) {
            Timeline branch = timeline.branch(pin);
            branch.commit(() -> facts.remove("a"));
            branch.commit(() -> facts.put("b", "1")); // drains what may be forgotten
            branch.commit(() -> facts.remove("b"));
            branch.commit(() -> facts.put("c", "1"));
            assertThat(all(branch, facts)).containsExactly(Map.entry("c", "1"));
        }
    }

    @Test
    void aWriteWithoutEffectMakesNoRevisionOnABranchEither() {
        facts.put("a", "1");
        try (Pin pin = timeline.pin()) {
            Timeline branch = timeline.branch(pin);
            assertThat(branch.commit(() -> facts.put("a", "1"))).isEqualTo(new Revision(1));
            assertThat(branch.commit(() -> facts.remove("z"))).isEqualTo(new Revision(1));
        }
    }

    @Test
    void aBranchOfABranchBeginsWithItsFacts() {
        facts.put("a", "1");
        try (Pin pin = timeline.pin()) {
            Timeline first = timeline.branch(pin);
            first.commit(() -> facts.put("a", "2"));
            try (Pin own = first.pin()) {
                Timeline second = first.branch(own);
                first.commit(() -> facts.put("a", "3"));
                second.commit(() -> facts.put("b", "4"));
                assertThat(all(second, facts))
                        .containsExactly(Map.entry("a", "2"), Map.entry("b", "4"));
                assertThat(all(first, facts)).containsExactly(Map.entry("a", "3"));
            }
        }
    }

    @Test
    void whatIsNotBranchableIsRefusedByNameAndSoIsADurableWrite() {
        fixed.put("a", "1");
        try (Pin pin = timeline.pin()) {
            Timeline branch = timeline.branch(pin);
            assertThatThrownBy(() -> branch.commit(() -> fixed.put("a", "2")))
                    .isInstanceOf(OrreryException.Unsupported.class)
                    .hasMessage("a snapshot's commit cannot change fixed");
            assertThatThrownBy(() -> branch.transact("test", tx -> tx.persist("a file", () -> {})))
                    .isInstanceOf(OrreryException.Unsupported.class)
                    .hasMessageContaining("a file");
            Timeline stranger = Timeline.startingAt("other", new Revision(0));
            assertThatThrownBy(() -> stranger.own(facts))
                    .isInstanceOf(OrreryException.Unsupported.class);
            assertThat(all(branch, fixed)).containsExactly(Map.entry("a", "1"));
        }
    }

    @Test
    void readsInsideABranchsCommitSeeTheBranchAndItsWrites() {
        facts.put("a", "1");
        facts.put("b", "1");
        try (Pin pin = timeline.pin()) {
            Timeline branch = timeline.branch(pin);
            branch.commit(() -> facts.put("a", "2"));
            facts.put("b", "9");
            branch.commit(() -> {
                assertThat(facts.find("a")).contains("2");
                assertThat(facts.find("b")).contains("1");
                facts.put("b", "3");
                facts.remove("a");
                assertThat(facts.find("a")).isEmpty();
                assertThat(facts.list()).containsExactly("3");
            });
            assertThat(facts.list()).containsExactly("1", "9");
        }
    }

    @Test
    void aRevisionIsHeldAsLongAsOneOfItsPinsIsOpen() {
        facts.put("a", "1");
        Pin first = timeline.pin();
        Pin second = timeline.pin(first);
        first.close();
        facts.put("a", "2");
        assertThat(facts.findAt("a", second.revision().number())).contains("1");
        second.close();
        assertThatThrownBy(() -> timeline.pin(second)).isInstanceOf(IllegalStateException.class);
    }
}
