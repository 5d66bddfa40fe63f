package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Column;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.core.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user sees of queries, and how often bodies run, in one thread. */
class QueriesTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final List<String> ran = new ArrayList<>();

    @AfterEach
    void close() {
        queries.close();
    }

    record Line(String product, int quantity) {}

    /** Groups of queries are ordinary classes. */
    final class Pricing {
        final Input<String, Long> price = queries.input("price", String.class, Long.class);
        final Input<String, List<Line>> basket =
                queries.input("basket", String.class, Type.listOf(Line.class));
        final Query<String, Long> total =
                queries.query("total", String.class, Long.class, this::total);

        private long total(String customer) {
            ran.add("total(" + customer + ")");
            return basket.find(customer).orElse(List.of()).stream()
                    .mapToLong(line -> price.require(line.product()) * line.quantity())
                    .sum();
        }
    }

    private Pricing pricing() {
        Pricing pricing = new Pricing();
        timeline.commit(() -> {
            pricing.price.set("tea", 4L);
            pricing.basket.set("ann", List.of(new Line("tea", 2)));
        });
        return pricing;
    }

    @Test
    void aResultIsRememberedUntilSomethingItReadChanges() {
        Pricing pricing = pricing();
        assertThat(pricing.total.of("ann")).isEqualTo(8);
        assertThat(pricing.total.of("ann")).isEqualTo(8);
        pricing.price.set("salt", 1L);
        assertThat(pricing.total.of("ann")).isEqualTo(8);
        assertThat(ran).containsExactly("total(ann)");
        pricing.price.set("tea", 5L);
        assertThat(pricing.total.of("ann")).isEqualTo(10);
        assertThat(ran).containsExactly("total(ann)", "total(ann)");
    }

    @Test
    void absenceIsADependency() {
        Pricing pricing = pricing();
        assertThat(pricing.total.of("bob")).isZero();
        pricing.basket.set("bob", List.of(new Line("tea", 1)));
        assertThat(pricing.total.of("bob")).isEqualTo(4);
        pricing.basket.remove("bob");
        assertThat(pricing.total.of("bob")).isZero();
    }

    @Test
    void equalRecomputationSparesItsReaders() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleQuery<Boolean> even =
                queries.query("even", Boolean.class, () -> number.require() % 2 == 0);
        SingleQuery<String> shown =
                queries.query(
                        "shown",
                        String.class,
                        () -> {
                            ran.add("shown");
                            return even.now() ? "even" : "odd";
                        });
        number.set(2);
        assertThat(shown.now()).isEqualTo("even");
        number.set(4);
        assertThat(shown.now()).isEqualTo("even");
        assertThat(ran).containsExactly("shown");
        assertThat(shown.explain().verdict()).isEqualTo(Explanation.Verdict.SPARED);
        assertThat(even.explain().because().orElseThrow().dependency()).hasToString("number");
        number.set(5);
        assertThat(shown.now()).isEqualTo("odd");
    }

    @Test
    void anEqualWriteMakesNoRevision() {
        Pricing pricing = pricing();
        Revision before = timeline.now();
        pricing.price.set("tea", 4L);
        assertThat(timeline.now()).isEqualTo(before);
    }

    @Test
    void aNameIsNotBlankAndGivenOnceAndTheErrorSaysOfWhat() {
        queries.input("in", String.class, Integer.class);
        assertThatThrownBy(() -> queries.input("in", String.class, Integer.class))
                .isInstanceOf(BadDefinition.class)
                .hasMessageStartingWith("input in: has the name of something defined before");
        assertThatThrownBy(() -> queries.query("in", Integer.class, () -> 1))
                .isInstanceOf(BadDefinition.class)
                .hasMessageStartingWith("query in: ");
        assertThatThrownBy(() -> queries.query("", Integer.class, () -> 1))
                .isInstanceOf(BadDefinition.class)
                .hasMessageStartingWith("query: has a blank name");
        assertThatThrownBy(() -> queries.input(" ", Integer.class))
                .isInstanceOf(BadDefinition.class);
    }

    /** Its rows are those of its values. */
    @Test
    void anInputRefusesAColumnThatItsRecordsDoNotHave() {
        Input<String, Line> lines = queries.input("lines", String.class, Line.class);
        assertThatThrownBy(() -> lines.orderBy(Order.ascending("prize")))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("(was prize)");
        Input<String, Row> rows = queries.input("rows", String.class, Row.class);
        assertThat(rows.orderBy(Order.ascending("prize")).list()).isEmpty();
    }

    @Test
    void dependenciesAreListedOnceInTheOrderOfFirstReading() {
        Input<String, Integer> input = queries.input("in", String.class, Integer.class);
        Query<String, Integer> sum =
                queries.query(
                        "sum",
                        String.class,
                        Integer.class,
                        key ->
                                input.find("b").orElse(0)
                                        + input.find("a").orElse(0)
                                        + input.find("b").orElse(0)
                                        + input.find("c").orElse(0)
                                        + input.find("a").orElse(0));
        sum.of("x");
        assertThat(sum.explain("x").reads()).containsExactly("in(b)", "in(a)", "in(c)");
        input.set("a", 1);
        sum.of("x");
        assertThat(sum.explain("x").reads()).containsExactly("in(b)", "in(a)", "in(c)");
    }

    @Test
    void longListsOfDependenciesHaveNoRepeatsEither() {
        Input<Integer, Integer> input = queries.input("in", Integer.class, Integer.class);
        SingleQuery<Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        () -> {
                            int total = 0;
                            for (int i = 0; i < 300; i++) {
                                total += input.find(i % 100).orElse(0);
                            }
                            return total;
                        });
        assertThat(sum.now()).isZero();
        assertThat(sum.explain().reads()).hasSize(100).doesNotHaveDuplicates();
        input.set(50, 1);
        assertThat(sum.now()).isEqualTo(3);
        assertThat(sum.explain().reads()).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aSetReadDependsOnItsConditionAlone() { // law Q18
        Input<String, Line> lines = queries.input("lines", String.class, Line.class);
        AtomicInteger runs = new AtomicInteger();
        Query<String, List<Line>> of =
                queries.query(
                        "of",
                        String.class,
                        Type.listOf(Line.class),
                        product -> {
                            runs.incrementAndGet();
                            return lines.where(Column.text("product").eq(product)).list();
                        });
        lines.set("1", new Line("tea", 1));
        assertThat(of.of("tea")).containsExactly(new Line("tea", 1));
        lines.set("2", new Line("salt", 1));
        assertThat(of.of("tea")).hasSize(1);
        assertThat(runs).hasValue(1);
        lines.set("2", new Line("tea", 3));
        assertThat(of.of("tea")).hasSize(2);
        lines.set("1", new Line("salt", 1));
        assertThat(of.of("tea")).containsExactly(new Line("tea", 3));
        lines.remove("2");
        assertThat(of.of("tea")).isEmpty();
        assertThat(runs).hasValue(4);
    }

    @Test
    void aRerunWhoseSetDidNotChangeDoesNotReadTheRelationAgain() {
        Input<String, Line> lines = queries.input("lines", String.class, Line.class);
        SingleInput<Integer> factor = queries.input("factor", Integer.class);
        SingleQuery<Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        () ->
                                factor.require()
                                        * lines.where(Column.integer("quantity").gt(1))
                                                .list()
                                                .size());
        lines.set("1", new Line("tea", 5));
        factor.set(1);
        assertThat(sum.now()).isEqualTo(1);
        factor.set(2);
        assertThat(sum.now()).isEqualTo(2);
        assertThat(queries.engine().sets.definition().statistics().computed()).isEqualTo(1);
    }

    @Test
    void aFailureIsRememberedForItsRevisionAndNeverSticks() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        boolean[] broken = {true};
        SingleQuery<Integer> query =
                queries.query(
                        "half",
                        Integer.class,
                        () -> {
                            ran.add("half");
                            if (broken[0]) {
                                throw new IllegalStateException("broken");
                            }
                            return number.find().orElse(0) / 2;
                        });
        assertThatThrownBy(query::now)
                .isInstanceOfSatisfying(
                        OrreryException.UserFailure.class,
                        failure -> assertThat(failure.where()).isEqualTo("half"))
                .hasRootCauseMessage("broken");
        assertThatThrownBy(query::now).isInstanceOf(OrreryException.UserFailure.class);
        assertThat(ran).hasSize(1);
        broken[0] = false;
        number.set(4);
        assertThat(query.now()).isEqualTo(2);
        assertThat(ran).hasSize(2);
    }

    @Test
    void anUnrelatedCommitRetriesAFailureButSparesItsReaders() {
        SingleInput<Integer> other = queries.input("other", Integer.class);
        SingleQuery<Integer> failing =
                queries.query(
                        "failing",
                        Integer.class,
                        () -> {
                            ran.add("failing");
                            throw new IllegalStateException("always");
                        });
        SingleQuery<Boolean> handles =
                queries.query(
                        "handles",
                        Boolean.class,
                        () -> {
                            ran.add("handles");
                            return failing.outcome() instanceof Outcome.Failed;
                        });
        assertThat(handles.now()).isTrue();
        other.set(1);
        assertThat(handles.now()).isTrue();
        assertThat(ran).containsExactly("handles", "failing", "failing");
    }

    @Test
    void aWriteInsideABodyIsRefused() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleQuery<Integer> query =
                queries.query(
                        "writes",
                        Integer.class,
                        () -> {
                            number.set(1);
                            return 1;
                        });
        assertThatThrownBy(query::now)
                .isInstanceOf(OrreryException.UserFailure.class)
                .hasCauseInstanceOf(OrreryException.Unsupported.class);
    }

    @Test
    void twoPartsNoKeyAndRecursion() {
        SingleInput<Double> rate = queries.input("rate", Double.class);
        Query2<String, String, Double> route =
                queries.query(
                        "route",
                        String.class,
                        String.class,
                        Double.class,
                        (from, to) -> (from.length() + to.length()) * rate.require());
        Query<Integer, Long> fib =
                queries.recursive(
                        "fib",
                        Integer.class,
                        Long.class,
                        (self, n) -> n < 2 ? (long) n : self.of(n - 1) + self.of(n - 2));
        rate.set(0.5);
        assertThat(route.of("SFO", "LAX")).isEqualTo(3.0);
        rate.set(1.0);
        assertThat(route.of("SFO", "LAX")).isEqualTo(6.0);
        assertThat(fib.of(80)).isEqualTo(23416728348467685L);
        assertThat(fib.statistics().computed()).isEqualTo(81);
    }

    @Test
    void aSnapshotReadsItsRevisionWhateverIsCommitted() {
        Pricing pricing = pricing();
        try (Snapshot snapshot = queries.snapshot()) {
            pricing.price.set("tea", 9L);
            assertThat(pricing.total.of("ann")).isEqualTo(18);
            assertThat(snapshot.read(() -> pricing.total.of("ann"))).isEqualTo(8);
            assertThat(snapshot.read(() -> pricing.price.find("tea"))).isEqualTo(Optional.of(4L));
            assertThat(pricing.total.of("ann")).isEqualTo(18);
        }
        assertThat(ran).hasSize(2);
    }

    @Test
    void aResultComputedBeforeASnapshotServesItAfterLaterCommits() {
        Pricing pricing = pricing();
        pricing.total.of("ann");
        try (Snapshot snapshot = queries.snapshot()) {
            for (long price = 10; price < 20; price++) {
                pricing.price.set("tea", price);
                pricing.total.of("ann");
            }
            ran.clear();
            assertThat(snapshot.read(() -> pricing.total.of("ann"))).isEqualTo(8);
            assertThat(ran).isEmpty();
        }
    }

    @Test
    void untrackedReadsAreNotRecorded() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        SingleQuery<Integer> other = queries.query("other", Integer.class, number::require);
        SingleQuery<Integer> query =
                queries.query("query", Integer.class, () -> Tracking.untracked(other::now));
        assertThat(query.now()).isEqualTo(1);
        number.set(2);
        assertThat(query.now()).isEqualTo(1);
    }

    @Test
    void anExplanationSaysWhatChangedAndWhatIsRead() {
        Pricing pricing = pricing();
        assertThat(pricing.total.explain("ann").verdict())
                .isEqualTo(Explanation.Verdict.NEVER_ASKED);
        pricing.total.of("ann");
        assertThat(pricing.total.explain("ann").verdict()).isEqualTo(Explanation.Verdict.FIRST);
        pricing.price.set("salt", 1L);
        pricing.price.set("tea", 5L);
        pricing.total.of("ann");
        assertThat(pricing.total.explain("ann"))
                .hasToString(
                        "total(ann) ran at r3, since price(tea) changed at r3;"
                                + " reads [basket(ann), price(tea)]");
    }

    @Test
    void aNameIsGivenOnce() {
        queries.input("name", String.class);
        assertThatThrownBy(() -> queries.query("name", String.class, () -> ""))
                .isInstanceOf(OrreryException.BadDefinition.class);
    }

    @Test
    void aClosedRuntimeSaysSo() {
        Pricing pricing = pricing();
        pricing.total.of("ann");
        queries.close();
        assertThatThrownBy(() -> pricing.total.of("ann"))
                .isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void aDefinitionMayBringItsOwnEquality() {
        SingleInput<Double> number = queries.input("number", Double.class);
        Query<String, Double> rough =
                queries.define("rough", String.class, Double.class)
                        .equality((a, b) -> Math.abs(a - b) < 1)
                        .as(_ -> number.require());
        SingleQuery<Double> reader =
                queries.query(
                        "reader",
                        Double.class,
                        () -> {
                            ran.add("reader");
                            return rough.of("");
                        });
        number.set(1.0);
        reader.now();
        number.set(1.5);
        assertThat(reader.now()).isEqualTo(1.0);
        assertThat(ran).hasSize(1);
    }
}
