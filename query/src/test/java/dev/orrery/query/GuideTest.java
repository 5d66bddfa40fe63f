package dev.orrery.query;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Cycle;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide/queries.md: what stands there stands here, and runs. */
@Timeout(60)
class GuideTest {
    private static final Path GUIDE = Path.of("../docs/guide/queries.md");
    private static final Path THIS = Path.of("src/test/java/dev/orrery/query/GuideTest.java");
    private static final Pattern IN_GUIDE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern HERE =
            Pattern.compile("\n *// guide\n(.*?)\n *// end\n", Pattern.DOTALL);

    private final Timeline timeline = Timeline.startingAt("shop", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> price =
            queries.input("price", String.class, Integer.class);
    private final Input<Integer, Line> lines = queries.input("lines", Integer.class, Line.class);
    private final Query<String, Integer> total =
            queries.query(
                    "total",
                    String.class,
                    Integer.class,
                    order ->
                            lines.where(text("order").eq(order)).list().stream()
                                    .mapToInt(
                                            line -> line.quantity() * price.require(line.product()))
                                    .sum());

    @AfterEach
    void close() {
        queries.close();
    }

    private void fill() {
        timeline.commit(() -> {
            price.set("tea", 4);
            price.set("cake", 3);
            lines.set(1, new Line("ann", "tea", 2));
            lines.set(2, new Line("ann", "cake", 1));
            lines.set(3, new Line("bob", "tea", 1));
        });
    }

    @Test
    void theGuideShowsWhatIsCompiledHere() throws IOException {
        List<String> shown =
                IN_GUIDE.matcher(Files.readString(GUIDE))
                        .results()
                        .map(block -> block.group(1).strip())
                        .toList();
        List<String> here =
                HERE.matcher(Files.readString(THIS))
                        .results()
                        .map(region -> region.group(1).stripTrailing().stripIndent())
                        .toList();
        assertThat(here).isNotEmpty();
        assertThat(shown).containsExactlyElementsOf(here);
    }

    /** What an application begins with. */
    // guide
    record Line(String order, String product, int quantity) {}

    static final class Shop {
        final Input<String, Integer> price;
        final Input<Integer, Line> lines;
        final Query<String, Integer> total;

        Shop(Queries queries) {
            price = queries.input("price", String.class, Integer.class);
            lines = queries.input("lines", Integer.class, Line.class);
            total = queries.query("total", String.class, Integer.class, this::total);
        }

        private int total(String order) {
            return lines.where(text("order").eq(order)).list().stream()
                    .mapToInt(line -> line.quantity() * price.require(line.product()))
                    .sum();
        }
    }

    // end

    @Test
    void aClassOfQueries() {
        // guide
        Timeline timeline = Timeline.startingAt("shop", new Revision(0));
        Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
        Shop shop = new Shop(queries);

        shop.price.set("tea", 4);
        shop.lines.set(1, new Line("ann", "tea", 2));
        int ann = shop.total.of("ann"); // 8: computed, and remembered
        // end
        assertThat(ann).isEqualTo(8);
        queries.close();
    }

    @Test
    void whatRunsAgain() {
        fill();
        // guide
        total.of("ann"); // runs
        total.of("bob"); // runs
        price.set("cake", 5); // only ann has cake
        total.of("ann"); // runs
        total.of("bob"); // is there
        price.set("cake", 5); // an equal value changes nothing, and makes no revision
        // end
        assertThat(total.statistics().computed()).isEqualTo(3);
        assertThat(timeline.now()).isEqualTo(new Revision(2));
    }

    @Test
    void absenceAndSets() {
        fill();
        // guide
        Query<String, Boolean> known =
                queries.query(
                        "known",
                        String.class,
                        Boolean.class,
                        product -> price.find(product).isPresent());
        known.of("coffee"); // false, and that it was not there is remembered as read
        price.set("coffee", 6);
        known.of("coffee"); // true

        lines.set(4, new Line("bob", "cake", 2)); // enters bob's set: ann's total is still there
        // end
        assertThat(known.of("coffee")).isTrue();
        assertThat(total.of("bob")).isEqualTo(10);
    }

    @Test
    void cuttingOff() {
        fill();
        // guide
        Query<String, Boolean> large =
                queries.query(
                        "large", String.class, Boolean.class, order -> total.of(order) >= 100);
        Query<String, String> greeting =
                queries.query(
                        "greeting",
                        String.class,
                        String.class,
                        order -> large.of(order) ? "Thank you very much!" : "Thank you.");
        greeting.of("ann");
        price.set("tea", 5);
        greeting.of("ann"); // total and large run; large is as before, so greeting does not
        // end
        assertThat(greeting.statistics().computed()).isEqualTo(1);
        assertThat(large.statistics().computed()).isEqualTo(2);
    }

    @Test
    void keys() {
        // guide
        Query2<String, String, Integer> distance =
                queries.query(
                        "distance",
                        String.class,
                        String.class,
                        Integer.class,
                        (from, to) -> Math.abs(from.length() - to.length()));
        SingleQuery<Integer> products =
                queries.query("products", Integer.class, () -> price.list().size());
        Query<Integer, Long> fibonacci =
                queries.recursive(
                        "fibonacci",
                        Integer.class,
                        Long.class,
                        (self, n) -> n < 2 ? (long) n : self.of(n - 1) + self.of(n - 2));
        distance.of("Rome", "Oslo"); // 0
        products.now(); // 0
        fibonacci.of(90); // 2880067194370816120, after 91 runs
        // end
        assertThat(distance.of("Rome", "Oslo")).isZero();
        assertThat(products.now()).isZero();
        assertThat(fibonacci.of(90)).isEqualTo(2880067194370816120L);
        assertThat(fibonacci.statistics().computed()).isEqualTo(91);
    }

    @Test
    @SuppressWarnings("ReferenceEquality") // ids are objects that are compared as such
    void largeValues() {
        // guide
        Interned<String> tags = queries.interned("tags", String.class);
        Interned.Id<String> tea = tags.of("tea and what goes with it");
        boolean same = tea == tags.of("tea and what goes with it"); // true
        String text = tea.value();
        // end
        assertThat(same).isTrue();
        assertThat(text).startsWith("tea and");
    }

    @Test
    void commits() {
        fill();
        // guide
        timeline.commit(() -> {
            price.set("tea", 5);
            lines.remove(2);
            lines.set(5, new Line("ann", "tea", 1));
        });
        // end
        assertThat(total.of("ann")).isEqualTo(15);
        assertThat(timeline.now()).isEqualTo(new Revision(2));
    }

    @Test
    void limits() {
        assertThatThrownBy(this::limited).isInstanceOf(Unsupported.class);
        assertThat(timeline.now()).isEqualTo(new Revision(2));
    }

    private void limited() {
        // guide
        Input<String, String> note =
                queries.defineInput("note", String.class, String.class)
                        .maximumBytes(1_000)
                        .create();
        Input<String, String> country =
                queries.defineInput("country", String.class, String.class).frozen().create();
        note.set("ann", "likes it hot");
        country.set("tea", "India");
        country.set("tea", "China"); // refused: what is frozen stays
        // end
    }

    @Test
    void refusals() {
        // guide
        SingleQuery<Integer> wrong =
                queries.query(
                        "wrong",
                        Integer.class,
                        () -> {
                            price.set("tea", 0); // refused: a body does not write
                            return 0;
                        });
        // end
        assertThatThrownBy(wrong::now)
                .isInstanceOf(UserFailure.class)
                .hasCauseInstanceOf(Unsupported.class);
    }

    @Test
    void snapshots() {
        fill();
        // guide
        int then;
        try (Snapshot before = queries.snapshot()) {
            price.set("tea", 10);
            then = before.read(() -> total.of("ann")); // 11
        }
        int now = total.of("ann"); // 23
        // end
        assertThat(then).isEqualTo(11);
        assertThat(now).isEqualTo(23);
    }

    @Test
    void ownWrites() {
        fill();
        // guide
        int dearer;
        try (Snapshot whatIf = queries.snapshot()) {
            whatIf.commit(() -> price.set("tea", 9));
            dearer = whatIf.read(() -> total.of("ann")); // 21, and for nobody else
        }
        // end
        assertThat(dearer).isEqualTo(21);
        assertThat(total.of("ann")).isEqualTo(11);
        assertThat(timeline.now()).isEqualTo(new Revision(1));
    }

    @Test
    void failures() {
        fill();
        // guide
        Query<String, Integer> share =
                queries.query("share", String.class, Integer.class, order -> 100 / total.of(order));
        String answer = switch (share.outcome("carl")) { // carl has no lines, so his total is 0
                    case Outcome.Value<Integer>(Integer percent) -> percent + " %";
                    case Outcome.Failed<Integer>(UserFailure failure) ->
                            failure.where() + "(" + failure.key() + "): " + failure.getCause();
                    case Outcome.Failed<Integer>(var other) -> other.toString();
                };
        // end
        assertThat(answer).contains("share(carl): java.lang.ArithmeticException");
        assertThatThrownBy(() -> share.of("carl")).isInstanceOf(UserFailure.class);
        lines.set(6, new Line("carl", "tea", 5));
        assertThat(share.of("carl")).isEqualTo(5);
    }

    @Test
    void circles() {
        // guide
        Input<String, String> parent = queries.input("parent", String.class, String.class);
        Query<String, Integer> depth =
                queries.recursive(
                        "depth",
                        String.class,
                        Integer.class,
                        (self, name) -> parent.find(name).map(up -> self.of(up) + 1).orElse(0));
        parent.set("a", "b");
        parent.set("b", "a");
        depth.outcome("a"); // a failure whose Cycle has the path depth(a), depth(b)
        parent.remove("b");
        depth.of("a"); // 1
        // end
        assertThat(depth.of("a")).isEqualTo(1);
        parent.set("b", "a");
        assertThatThrownBy(() -> depth.of("a")).isInstanceOf(Cycle.class);
    }

    @Test
    void fixedPoints() {
        // guide
        Input<String, List<String>> friends =
                queries.input("friends", String.class, Type.listOf(String.class));
        Query<String, Set<String>> reached =
                queries.define("reached", Type.of(String.class), Type.setOf(String.class))
                        .fixedPoint(_ -> Set.of())
                        .recursive((self, name) -> {
                            Set<String> all = new TreeSet<>();
                            for (String friend : friends.find(name).orElse(List.of())) {
                                all.add(friend);
                                all.addAll(self.of(friend));
                            }
                            return all;
                        });
        friends.setAll(Map.of("ann", List.of("bob"), "bob", List.of("ann", "carl")));
        Set<String> ofAnn = reached.of("ann"); // ann, bob, carl
        // end
        assertThat(ofAnn).containsExactly("ann", "bob", "carl");
    }

    @Test
    void sideBySide() {
        fill();
        // guide
        SingleQuery<Integer> everyone =
                queries.query(
                        "everyone",
                        Integer.class,
                        () ->
                                Parallel.map(List.of("ann", "bob", "carl"), total).stream()
                                        .mapToInt(Integer::intValue)
                                        .sum());
        everyone.now(); // 15, and reads total(ann), total(bob), total(carl), in this order
        // end
        assertThat(everyone.now()).isEqualTo(15);
        assertThat(everyone.explain().reads())
                .containsExactly("total(ann)", "total(bob)", "total(carl)");
    }

    @Test
    void asking() {
        fill();
        // guide
        int quick = total.ask("ann", Duration.ofSeconds(20)); // or TimedOut
        Query<String, Integer> patient =
                queries.define("patient", String.class, Integer.class)
                        .timeout(Duration.ofSeconds(20)) // for each run of the body
                        .as(total::of);
        patient.of("ann"); // 11
        // end
        assertThat(quick).isEqualTo(11);
        assertThat(patient.of("ann")).isEqualTo(11);
    }

    @Test
    void watching() {
        fill();
        // guide
        Optional<Integer> next;
        try (Subscription<Integer> totals = total.watch("ann")) {
            totals.next(); // 11, the current value
            price.set("coffee", 6); // nothing that ann has
            price.set("tea", 5);
            next = totals.next(Duration.ofSeconds(20)); // 13
        }
        // end
        assertThat(next).hasValue(13);
    }

    @Test
    void explaining() {
        fill();
        total.of("ann");
        // guide
        price.set("tea", 5);
        total.of("ann");
        String why = total.explain("ann").toString();
        List<Explanation.Step> path = total.explain("ann").path(); // price(tea) changed at r2
        Statistics done = total.statistics(); // computed, spared, hits, marked, visited
        // end
        assertThat(why).contains("total(ann) ran at r2", "since price(tea) changed at r2");
        assertThat(path.getFirst()).hasToString("price(tea) changed at r2");
        assertThat(done.computed()).isEqualTo(2);
    }

    @Test
    void drawing() {
        fill();
        total.of("ann");
        // guide
        String drawing = total.dependencies("ann", Dependencies.Bounds.USUAL).toMermaid();
        Dependency tea = new Dependency(Dependency.Kind.KEY, "price", "tea");
        Dependencies reach = queries.readers(tea, Dependencies.Bounds.USUAL);
        // end
        assertThat(drawing).contains("total(ann)", "price(tea)");
        assertThat(reach.nodes().getLast()).hasToString("total(ann)");
    }

    @Test
    void keeping() {
        fill();
        // guide
        Query<String, Integer> some =
                queries.define("some", String.class, Integer.class)
                        .maximumSize(1_000)
                        .as(total::of);
        some.of("ann"); // 11
        total.forget("ann"); // runs again when it is next asked for
        // end
        assertThat(some.of("ann")).isEqualTo(11);
        assertThat(total.statistics().computed()).isEqualTo(2);
    }

    @Test
    void storing(@TempDir Path directory) {
        // guide
        try (QueryStore store = QueryStore.open(directory)) {
            Timeline life = Timeline.startingAt("first life", store.revision());
            try (Queries kept = new Queries(life, Thread.ofVirtual().factory(), store)) {
                Shop shop = new Shop(kept);
                shop.price.set("tea", 4);
                shop.lines.set(1, new Line("ann", "tea", 2));
                shop.total.of("ann"); // runs
                kept.save();
            }
        }
        long runs;
        try (QueryStore store = QueryStore.open(directory)) {
            Timeline life = Timeline.startingAt("second life", store.revision());
            try (Queries kept = new Queries(life, Thread.ofVirtual().factory(), store)) {
                Shop shop = new Shop(kept);
                shop.total.of("ann"); // 8, without a run
                runs = shop.total.statistics().computed();
            }
        }
        // end
        assertThat(runs).isZero();
    }
}
