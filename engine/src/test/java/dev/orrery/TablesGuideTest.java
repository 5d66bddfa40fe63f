package dev.orrery;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.query.Query;
import dev.orrery.table.Edit;
import dev.orrery.table.Jdbc;
import dev.orrery.table.Live;
import dev.orrery.table.LiveTable;
import dev.orrery.table.Overflow;
import dev.orrery.table.Table;
import dev.orrery.table.Write;
import dev.orrery.testkit.Guide;
import dev.orrery.view.Aggregate;
import dev.orrery.view.Patch;
import dev.orrery.view.Select;
import dev.orrery.view.TableView;
import dev.orrery.view.ValueView;
import dev.orrery.view.Window;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide/tables.md: what stands there stands here, and runs. */
@Timeout(120)
class TablesGuideTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;
    private Path file;
    private Connection other;
    private Orrery orrery;
    private LiveTable<String, Product> products;

    // guide
    record Product(String sku, String name, long cents, String shelf) {
        Product at(long price) {
            return new Product(sku, name, price, shelf);
        }
    }

    // end

    @BeforeEach
    void open() throws SQLException {
        file = directory.resolve("shop.db");
        other = DriverManager.getConnection("jdbc:sqlite:" + file);
        execute(
                "CREATE TABLE products (sku TEXT PRIMARY KEY, name VARCHAR(40) NOT NULL,"
                        + " cents INTEGER NOT NULL CHECK (cents >= 0), shelf TEXT, supplier TEXT)");
        execute(
                "INSERT INTO products VALUES ('tea', 'Tea', 400, 'A', NULL), ('cake', 'Cake', 300,"
                        + " 'B', NULL), ('coffee', 'Coffee', 600, 'A', NULL)");
        Path data = directory.resolve("data");
        // guide
        orrery = Orrery.open(data);
        products =
                orrery.live(
                        Jdbc.open("jdbc:sqlite:" + file).table("products"),
                        String.class,
                        Product.class);
        orrery.start();
        // end
        products.refresh(SOON);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = other.createStatement()) {
            statement.execute(sql);
        }
    }

    @AfterEach
    void close() throws SQLException {
        orrery.close();
        other.close();
    }

    @Test
    void theGuideShowsWhatIsCompiledHere() {
        Guide.named("tables.md").expectCompiledIn(TablesGuideTest.class);
    }

    @Test
    void reading() {
        // guide
        Optional<Product> tea = products.find("tea");
        List<Product> cheap =
                products.where(integer("cents").lt(500).and(text("shelf").in(List.of("A", "B"))))
                        .orderBy(text("name").ascending())
                        .list(); // Cake, Tea
        long onA = products.where(text("shelf").eq("A")).count(); // 2
        // end
        assertThat(tea).map(Product::cents).contains(400L);
        assertThat(cheap).extracting(Product::name).containsExactly("Cake", "Tea");
        assertThat(onA).isEqualTo(2);
    }

    @Test
    void whatOthersChange() throws SQLException {
        List<Long> prices = new ArrayList<>();
        try (Subscription<Optional<Product>> watched = products.watch("tea")) {
            assertThat(watched.next(SOON)).isPresent();
            execute("UPDATE products SET cents = 450 WHERE sku = 'tea'");
            assertThat(watched.next(SOON).orElseThrow()).map(Product::cents).contains(450L);
        }
        // guide
        try (Subscription<Optional<Product>> tea = products.watch("tea")) {
            tea.next().ifPresent(now -> prices.add(now.cents())); // then again after each change
        }
        // end
        assertThat(prices).containsExactly(450L);
    }

    @Test
    void queries() {
        // guide
        Query<String, Long> dearest =
                orrery.query(
                        "dearest",
                        String.class,
                        Long.class,
                        shelf ->
                                products.where(text("shelf").eq(shelf)).list().stream()
                                        .mapToLong(Product::cents)
                                        .max()
                                        .orElse(0));
        long onA = dearest.of("A"); // 600
        // end
        assertThat(onA).isEqualTo(600);
        products.patch("tea", Row.of("cents", 700));
        assertThat(dearest.of("A")).isEqualTo(700);
    }

    @Test
    void writing() {
        // guide
        products.insert(new Product("jam", "Jam", 350, "B"));
        products.update("tea", tea -> tea.at(tea.cents() + 50)); // only cents is written
        products.patch("cake", Row.of("shelf", "A"));
        Write<Product> gone = products.delete("coffee");
        long here = products.count(); // 3: at once
        gone.await(Duration.ofSeconds(20)); // and this waits for the source
        // end
        assertThat(here).isEqualTo(3);
        products.settle(SOON);
        assertThat(products.require("tea").cents()).isEqualTo(450);
    }

    // guide
    static String outcome(Write<Product> write) {
        try {
            return "stored: " + write.await(Duration.ofSeconds(20)).name();
        } catch (Invalid refused) {
            return "refused"; // by the source; the row is as before
        } catch (Conflict overtaken) {
            return "somebody else was quicker: " + overtaken.actual();
        } catch (TimedOut waiting) {
            return "on its way"; // it goes on without us, also after a restart
        }
    }

    // end

    @Test
    void outcomes() {
        assertThat(outcome(products.patch("tea", Row.of("name", "Green tea"))))
                .isEqualTo("stored: Green tea");
        assertThat(outcome(products.patch("tea", Row.of("cents", -1)))).isEqualTo("refused");
        assertThat(products.require("tea").cents()).isEqualTo(400);
        assertThat(products.status("tea")).isInstanceOf(RowStatus.Failed.class);
    }

    private String row(String sku) {
        // guide
        return switch (products.status(sku)) {
            case RowStatus.Fresh() -> "as the source has it";
            case RowStatus.Pending(int writes) -> writes + " on their way";
            case RowStatus.Failed(var reason) -> "refused: " + reason.getMessage();
            case RowStatus.Stale(var since) -> "as it was at " + since;
            case RowStatus.Absent() -> "not there";
        };
        // end
    }

    @Test
    void standing() {
        assertThat(row("tea")).isEqualTo("as the source has it");
        assertThat(row("milk")).isEqualTo("not there");
    }

    @Test
    void rules() {
        // guide
        assertThatThrownBy(() -> products.patch("tea", Row.of("name", "x".repeat(41))))
                .isInstanceOf(Invalid.class); // the source has VARCHAR(40): nothing is sent
        // end
    }

    @Test
    void together() {
        // guide
        orrery.commit(() -> { // visible as one, or not at all
            products.patch("tea", Row.of("shelf", "C"));
            products.patch("cake", Row.of("shelf", "C"));
        });
        // end
        assertThat(products.where(text("shelf").eq("C")).count()).isEqualTo(2);
    }

    @Test
    void edits() throws SQLException {
        execute("UPDATE products SET cents = 410 WHERE sku = 'tea'");
        products.refresh(SOON);
        assertThatThrownBy(this::edit)
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict -> assertThat(conflict.actual().toString()).contains("cents=410"));
    }

    private void edit() {
        // guide
        products.edit(
                "tea",
                new Edit(
                        "9f31c0de", // drawn by the author: handed over twice, it is done once
                        Row.of("cents", 400), // what the author saw
                        Row.of("cents", 500))); // Conflict: it is 410 by now
        // end
    }

    @Test
    void awaySource() throws SQLException {
        execute("BEGIN EXCLUSIVE"); // another program has the file to itself
        // guide
        Write<Product> write = products.patch("tea", Row.of("cents", 500));
        long here = products.require("tea").cents(); // 500
        boolean waits = !write.state().isSettled();
        // end
        assertThat(here).isEqualTo(500);
        assertThat(waits).isTrue();
        execute("COMMIT");
        assertThat(write.await(SOON).cents()).isEqualTo(500);
        products.settle(SOON);
        assertThat(products.ledger().pending()).isZero();
    }

    @Test
    void options() {
        // guide
        Table table =
                Jdbc.open("jdbc:sqlite:" + file)
                        .table("products")
                        .constrained(schema -> schema.maxLength("shelf", 3).required("shelf"));
        LiveTable<String, Row> rows =
                orrery.live(
                        Live.of(table)
                                .named("rows") // another name, another copy
                                .outbox(1_000, Overflow.BLOCK)
                                .blockAtMost(Duration.ofSeconds(5))
                                .pollEvery(Duration.ofSeconds(1))
                                .retry(Duration.ofSeconds(1), Duration.ofMinutes(5))
                                .as(String.class, Row.class));
        // end
        rows.refresh(SOON);
        assertThat(rows.require("tea").text("name")).isEqualTo("Tea");
    }

    @Test
    void views() {
        List<String> page = new ArrayList<>();
        // guide
        Select cheap =
                Select.from(products)
                        .where(integer("cents").lt(500))
                        .orderBy(integer("cents").descending())
                        .columns("name", "cents");
        try (TableView<Row> view = orrery.view(cheap);
                ValueView<Long> sum =
                        orrery.value(Select.from(products), Aggregate.sum(integer("cents")))) {
            view.viewport(0, 40); // the rows somebody looks at
            Subscription<Update<Window<Row>, List<Patch<Row>>>> updates = view.feed().subscribe();
            page.add(said(updates.next())); // the window: Tea, Cake
            products.patch("cake", Row.of("cents", 450));
            page.add(said(updates.next())); // what to do with it: Cake moves up
            page.add("in all " + sum.now()); // 1450
        }
        // end
        assertThat(page.getFirst()).contains("Tea", "Cake");
        assertThat(page.get(1)).contains("Move");
        assertThat(page.getLast()).isEqualTo("in all 1450");
    }

    private static String said(Update<Window<Row>, List<Patch<Row>>> update) {
        return switch (update) {
            case Update.Whole<Window<Row>, List<Patch<Row>>>(var _, Window<Row> window) ->
                    window.rows().toString();
            case Update.Delta<Window<Row>, List<Patch<Row>>>(var _, List<Patch<Row>> patches) ->
                    patches.toString();
        };
    }
}
