package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.number;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.Order;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Total;
import dev.orrery.core.Transaction;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Views over random histories of two joined relations, against recomputation at every commit. */
class RandomHistoryTest {
    private static final int HISTORIES = 12;
    private static final int COMMITS = 250;
    private static final int KEYS = 40;

    private final Timeline timeline = Timeline.startingAt("random", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");

    /** A select, and the same said without views. */
    private record Asked(Select select, Recomputed recomputed) {}

    private record Recomputed(
            boolean joined, boolean required, Condition where, List<Order> orders, int limit) {}

    /** One reader of one window, with what it must have. */
    private record Reader(Asked asked, TableView<Row> view, Client<Row> client) {}

    @Test
    void viewsEqualRecomputationAndClientsEqualWindows() { // laws V1, V2, V5, V7
        Random random = Seed.random("RandomHistory");
        for (int history = 0; history < HISTORIES; history++) {
            new RandomHistoryTest().run(random);
        }
    }

    private void run(Random random) {
        for (int i = 0; i < 30; i++) {
            write(random);
        }
        try (Views views = new Views(timeline)) {
            List<Reader> readers = readers(views, random);
            Select california =
                    Select.from(airports)
                            .leftJoin(delays, text("delay"))
                            .where(text("state").eq("CA"));
            ValueView<Long> count = views.value(california, Aggregate.count());
            ValueView<Long> sum = views.value(california, Aggregate.sum(integer("departures")));
            ValueView<Optional<Double>> mean =
                    views.value(california, Aggregate.average(number("mean")));
            for (int commit = 0; commit < COMMITS; commit++) {
                write(random);
                if (random.nextInt(5) == 0) {
                    Reader reader = readers.get(random.nextInt(readers.size()));
                    reader.view.viewport(random.nextInt(20), random.nextInt(12));
                }
                readers.forEach(this::check);
                List<Row> rows =
                        rows(new Recomputed(true, false, text("state").eq("CA"), List.of(), KEYS));
                assertThat(count.now()).isEqualTo(rows.size());
                assertThat(sum.now())
                        .isEqualTo(
                                rows.stream().mapToLong(row -> row.integer("departures", 0)).sum());
                assertThat(mean.now()).isEqualTo(mean(rows));
            }
        }
    }

    private List<Reader> readers(Views views, Random random) {
        Order busiest = integer("departures").descending();
        List<Asked> all =
                List.of(
                        new Asked(
                                Select.from(airports),
                                new Recomputed(false, false, Condition.all(), List.of(), KEYS)),
                        new Asked(
                                Select.from(airports).join(delays, text("delay")).orderBy(busiest),
                                new Recomputed(
                                        true, true, Condition.all(), List.of(busiest), KEYS)),
                        new Asked(
                                Select.from(airports)
                                        .leftJoin(delays, text("delay"))
                                        .where(text("state").in(List.of("CA", "NV")))
                                        .orderBy(busiest.nullsFirst(), text("name").ascending()),
                                new Recomputed(
                                        true,
                                        false,
                                        text("state").in(List.of("CA", "NV")),
                                        List.of(busiest.nullsFirst(), text("name").ascending()),
                                        KEYS)),
                        new Asked(
                                Select.from(airports)
                                        .join(delays, text("delay"))
                                        .where(integer("departures").ge(2))
                                        .orderBy(text("name").ascending())
                                        .limit(7),
                                new Recomputed(
                                        true,
                                        true,
                                        integer("departures").ge(2),
                                        List.of(text("name").ascending()),
                                        7)));
        List<Reader> readers = new ArrayList<>();
        for (Asked asked : all) {
            for (int i = 0; i < 4; i++) {
                TableView<Row> view = views.table(asked.select);
                if (i > 0) {
                    view.viewport(random.nextInt(15), random.nextInt(10));
                }
                readers.add(new Reader(asked, view, new Client<>(view)));
            }
        }
        return readers;
    }

    private void check(Reader reader) {
        assertThat(reader.view.failure()).isEmpty();
        List<Row> expected = rows(reader.asked.recomputed);
        assertThat(reader.view.rows(0, Integer.MAX_VALUE)).isEqualTo(expected);
        assertThat(reader.view.total()).isEqualTo(new Total.Exact(expected.size()));
        Window<Row> window = reader.view.window();
        assertThat(reader.client.caughtUp()).isEqualTo(window);
        assertThat(reader.client.wholes).isEqualTo(1);
        int from = Math.min(window.first(), expected.size());
        assertThat(window.rows()).isEqualTo(expected.subList(from, from + window.rows().size()));
        assertThat(window.keys())
                .isEqualTo(window.rows().stream().map(row -> Key.of(row.text("iata"))).toList());
    }

    private List<Row> rows(Recomputed asked) {
        List<Row> rows = new ArrayList<>();
        for (Row airport : airports.list()) {
            Optional<Row> delay =
                    Optional.ofNullable(airport.value("delay"))
                            .flatMap(key -> delays.find((String) key));
            Row row =
                    asked.joined && delay.isPresent()
                            ? airport.merge(delay.get().without("name"))
                            : airport;
            if ((!asked.required || delay.isPresent()) && asked.where.holds(row)) {
                rows.add(row);
            }
        }
        rows.sort(
                Order.comparator(asked.orders)
                        .thenComparing(Comparator.comparing(row -> row.text("iata"))));
        return rows.subList(0, Math.min(asked.limit, rows.size()));
    }

    private static Optional<Double> mean(List<Row> rows) {
        List<BigDecimal> values =
                rows.stream()
                        .map(row -> row.value("mean"))
                        .filter(Double.class::isInstance)
                        .map(value -> new BigDecimal((Double) value))
                        .toList();
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        values.stream().reduce(BigDecimal.ZERO, BigDecimal::add).doubleValue()
                                / values.size());
    }

    /** One commit of one to many writes to either relation. */
    private void write(Random random) {
        int writes = random.nextInt(4) == 0 ? 1 + random.nextInt(60) : 1 + random.nextInt(3);
        timeline.transact(
                "test",
                tx -> {
                    for (int i = 0; i < writes; i++) {
                        write(random, tx);
                    }
                });
    }

    private void write(Random random, Transaction tx) {
        String key = "k" + random.nextInt(KEYS);
        boolean removes = random.nextInt(4) == 0;
        if (random.nextBoolean()) {
            if (removes) {
                tx.remove(airports, key);
            } else {
                tx.put(airports, key, airport(random, key));
            }
        } else if (removes) {
            tx.remove(delays, key);
        } else {
            tx.put(delays, key, delay(random));
        }
    }

    private static Row airport(Random random, String key) {
        return Row.of(
                "iata",
                key,
                "name",
                "n" + random.nextInt(4),
                "state",
                List.of("CA", "NV", "TX").get(random.nextInt(3)),
                "delay",
                random.nextInt(6) == 0 ? null : "k" + random.nextInt(KEYS));
    }

    private static Row delay(Random random) {
        return Row.of(
                "name", "hidden by the airport's",
                "departures", random.nextInt(5) == 0 ? null : random.nextInt(5),
                "mean", random.nextInt(3) == 0 ? null : random.nextInt(1_000) / 10.0);
    }
}
