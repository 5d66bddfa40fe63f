package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Column;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a result ran, or did not have to, down to the fact at the root. Law Q42. */
class ExplanationTest {
    record Line(String order, String product) {}

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> price =
            queries.input("price", String.class, Integer.class);
    private final Input<Integer, Line> lines = queries.input("lines", Integer.class, Line.class);
    private final Query<String, Integer> total =
            queries.query("total", String.class, Integer.class, this::total);
    private final Query<String, Boolean> large =
            queries.query("large", String.class, Boolean.class, order -> total.of(order) >= 10);
    private final Query<String, String> greeting =
            queries.query(
                    "greeting",
                    String.class,
                    String.class,
                    order -> large.of(order) ? "Dear " + order : "Hello " + order);

    @TempDir Path directory;

    private int total(String order) {
        return lines.where(Column.text("order").eq(order)).list().stream()
                .mapToInt(line -> price.require(line.product()))
                .sum();
    }

    @AfterEach
    void close() {
        queries.close();
    }

    private List<String> path(Query<String, ?> query) {
        return query.explain("ann").path().stream().map(Explanation.Step::toString).toList();
    }

    private void begin() {
        price.set("tea", 4);
        price.set("cake", 3);
        lines.set(1, new Line("ann", "tea"));
        greeting.of("ann"); // at r3
    }

    @Test
    void aFirstRunHasNoCause() {
        begin();
        assertThat(path(greeting)).isEmpty();
        assertThat(greeting.explain("ann").verdict()).isEqualTo(Explanation.Verdict.FIRST);
        assertThat(greeting.explain("bob").path()).isEmpty();
    }

    @Test
    void thePathLeadsOverEachResultThatChangedToTheFactAtTheRoot() {
        begin();
        price.set("tea", 12);
        greeting.of("ann");
        assertThat(path(greeting))
                .containsExactly(
                        "large(ann) changed at r4",
                        "total(ann) changed at r4",
                        "price(tea) changed at r4");
        assertThat(greeting.explain("ann").toString())
                .isEqualTo(
                        "greeting(ann) ran at r4, since large(ann) changed at r4, since total(ann)"
                                + " changed at r4, since price(tea) changed at r4; reads"
                                + " [large(ann)]");
    }

    /** Of several changes the one that is met first, at the revision that made it. */
    @Test
    void theRevisionIsThatOfTheChangeNotOfTheRun() {
        begin();
        price.set("tea", 12);
        price.set("cake", 5);
        price.set("soup", 6);
        greeting.of("ann");
        assertThat(greeting.explain("ann").revision()).isEqualTo(new Revision(6));
        assertThat(path(greeting)).last().isEqualTo("price(tea) changed at r4");
    }

    @Test
    void aSetIsARootOfItsOwn() {
        begin();
        lines.set(2, new Line("ann", "cake"));
        total.of("ann");
        assertThat(path(total))
                .containsExactly(
                        "lines where " + Column.text("order").eq("ann") + " changed at r4");
    }

    @Test
    void whatWasSparedSaysWhatCameOutEqualAndWhyThatRan() {
        begin();
        price.set("tea", 5);
        greeting.of("ann");
        assertThat(greeting.explain("ann").verdict()).isEqualTo(Explanation.Verdict.SPARED);
        assertThat(path(greeting))
                .containsExactly(
                        "large(ann) came out equal at r4",
                        "total(ann) changed at r4",
                        "price(tea) changed at r4");
        assertThat(greeting.explain("ann").toString())
                .startsWith(
                        "greeting(ann) was spared at r4, since what it reads is unchanged:"
                                + " large(ann) came out equal at r4, since total(ann) changed");
    }

    @Test
    void whatWasSparedFarAboveSaysSo() {
        Query<String, Integer> length =
                queries.query(
                        "length",
                        String.class,
                        Integer.class,
                        order -> greeting.of(order).length());
        begin();
        length.of("ann");
        price.set("tea", 5);
        length.of("ann");
        assertThat(path(length))
                .containsExactly(
                        "greeting(ann) was spared at r4",
                        "large(ann) came out equal at r4",
                        "total(ann) changed at r4",
                        "price(tea) changed at r4");
    }

    /** What a member of the path did later is not taken for the cause of what was before. */
    @Test
    void thePathEndsWhereSomethingWasLookedIntoAgain() {
        begin();
        price.set("tea", 12);
        greeting.of("ann");
        price.set("tea", 13);
        total.of("ann"); // for itself
        assertThat(path(greeting))
                .containsExactly("large(ann) changed at r4", "total(ann) changed at r4");
    }

    @Test
    @DisplayName("I7: readers that come from a store are told to be in doubt, and why they ran")
    void whatComesFromAStoreIsExplainedAsWell() {
        try (StoredLife life = new StoredLife(directory)) {
            life.text.set("a", "hello");
            life.ask("a");
            life.queries.save();
        }
        try (StoredLife life = new StoredLife(directory)) {
            assertThat(life.twice.of("a")).isEqualTo(10);
            assertThat(life.ran).isEmpty();
            try (var events = life.queries.events().subscribe()) {
                life.text.set("a", "hello!");
                assertThat(EventsTest.told(events))
                        .containsExactly(
                                "r2 commit",
                                "r2 set text(a)",
                                "r2 invalidated length(a) by text(a)",
                                "r2 invalidated twice(a) by text(a)");
            }
            assertThat(life.twice.of("a")).isEqualTo(12);
            assertThat(life.twice.explain("a").path().stream().map(Explanation.Step::toString))
                    .containsExactly("length(a) changed at r2", "text(a) changed at r2");
        }
    }
}
