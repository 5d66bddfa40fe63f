package dev.orrery;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.channel.Access;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Message;
import dev.orrery.channel.Principal;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.query.Input;
import dev.orrery.view.Patch;
import dev.orrery.view.Select;
import dev.orrery.view.Window;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A view of which every client has a window of its own. */
@Timeout(30)
class WindowsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    record City(String name, long people) {}

    private final Orrery orrery = Orrery.configure().access((_, _, _) -> Access.allowed()).open();
    private final Input<String, City> cities = orrery.input("cities", String.class, City.class);

    @BeforeEach
    void serve() {
        for (int i = 0; i < 20; i++) {
            put("c" + (char) ('a' + i), i);
        }
        orrery.serveWindows(
                "cities",
                Select.from(cities).columns("name", "people").orderBy(text("name").ascending()),
                4);
    }

    @AfterEach
    void close() {
        orrery.close();
    }

    private void put(String name, long people) {
        cities.set(name, new City(name, people));
    }

    private static Map<String, Object> wish(String column, boolean descending, long first) {
        return Map.of(
                "order",
                List.of(Map.of("column", column, "descending", descending)),
                "first",
                first,
                "rows",
                3L);
    }

    private static List<String> names(Attachment attachment) {
        Optional<Object> whole =
                switch (attachment.beginning()) {
                    case Beginning.Fresh(_, var state) -> state;
                    case Beginning.Reset(_, var state) -> state;
                    case Beginning.Continued _ -> Optional.empty();
                };
        return ((Window<?>) whole.orElseThrow())
                .rows().stream().map(row -> ((Row) row).text("name")).toList();
    }

    @Test
    void everyClientHasItsOwnOrderAndViewport() { // law E7
        try (Connection one = orrery.channels().connect(Principal.ANONYMOUS);
                Connection other = orrery.channels().connect(Principal.ANONYMOUS)) {
            Attachment usual = one.attach("view:cities");
            Attachment largest =
                    other.attach("view:cities", Optional.empty(), wish("people", true, 1));

            assertThat(names(usual)).containsExactly("ca", "cb", "cc", "cd");
            assertThat(names(largest)).containsExactly("cs", "cr", "cq");
            largest.change(Map.of("first", 2L, "rows", 3L));
            assertThat(changes(largest))
                    .containsExactly(
                            new Patch.Scrolled<Row>(2),
                            new Patch.Remove<Row>(0, Key.of("cs")),
                            new Patch.Insert<>(
                                    2, Key.of("cp"), Row.of("name", "cp", "people", 15)));
            assertThat(usual.next(Duration.ZERO)).isEmpty();
        }
    }

    @SuppressWarnings("unchecked") // a window's messages are lists of patches of rows
    private static List<Patch<Row>> changes(Attachment attachment) {
        return (List<Patch<Row>>) ((Message.Entry) attachment.next(SOON).orElseThrow()).value();
    }

    @Test
    void equalOrdersShareTheRowsAndWhoLeavesFreesThem() { // law E7
        int before = orrery.viewsKept();
        try (Connection one = orrery.channels().connect(Principal.ANONYMOUS);
                Connection other = orrery.channels().connect(Principal.ANONYMOUS)) {
            one.attach("view:cities", Optional.empty(), wish("people", true, 0));
            other.attach("view:cities", Optional.empty(), wish("people", true, 5));
            assertThat(orrery.viewsKept()).isEqualTo(before + 1);
            assertThatThrownBy(() ->
                            one.attach("view:cities", Optional.empty(), wish("none", true, 0)))
                    .isInstanceOf(OrreryException.Invalid.class)
                    .hasMessageContaining("name, people");
            assertThatThrownBy(
                            () -> one.attach("view:cities", Optional.empty(), Map.of("rows", 5L)))
                    .isInstanceOf(OrreryException.Invalid.class)
                    .hasMessageContaining("from 0 to 4");
            assertThat(one.attachments()).isEqualTo(1);
        }
        assertThat(orrery.viewsKept()).isEqualTo(before);
    }

    @Test
    void aClientThatReturnsGetsItsWindowWhole() {
        try (Connection one = orrery.channels().connect(Principal.ANONYMOUS)) {
            Attachment first = one.attach("view:cities");
            String place = first.cursor().text();
            first.close();
            put("a first one", 1);
            Attachment again = one.attach("view:cities", Optional.of(place), null);
            assertThat(again.beginning()).isInstanceOf(Beginning.Reset.class);
            assertThat(names(again)).containsExactly("a first one", "ca", "cb", "cc");
        }
    }

    /** Far more often than it is told, and not so often that a reader of its pace would lag. */
    private void growTo(long most) {
        for (long people = 100; people <= most; people++) {
            put("ca", people);
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void aWindowIsToldAtMostSixtyTimesASecondAndMissesNothing() { // law E8
        try (Connection one = orrery.channels().connect(Principal.ANONYMOUS);
                Attachment window =
                        one.attach("view:cities", Optional.empty(), wish("people", true, 0))) {
            long began = System.nanoTime();
            Thread.ofVirtual().start(() -> growTo(2_000));
            long told = 0;
            Row newest = Row.of();
            while (!(newest.has("people") && newest.integer("people") == 2_000)) {
                told++;
                for (Patch<Row> patch : changes(window)) {
                    if (patch instanceof Patch.Update<Row>(_, _, _, var row)) {
                        newest = row;
                    } else if (patch instanceof Patch.Insert<Row>(_, _, var row)) {
                        newest = row;
                    }
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            assertThat(told).isLessThanOrEqualTo((long) (seconds * 60) + 1);
        }
    }
}
