package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Prints what views cost. Run with {@code -Plong -Dtest=ViewFigures
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("long")
class ViewFigures {
    private static final int ROWS = 100_000;
    private static final int COMMITS = 60_000;

    private final Timeline timeline = Timeline.startingAt("figures", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");
    private final Random random = new Random(7);

    @Test
    void buildAndUpdate() {
        for (int i = 0; i < ROWS; i++) {
            airports.fill("k" + i, Row.of("iata", "k" + i, "name", "n" + i, "state", "CA"));
            delays.fill("k" + i, Row.of("departures", random.nextInt(ROWS)));
        }
        Select sorted = Select.from(delays).orderBy(integer("departures").descending());
        Select joined =
                Select.from(airports)
                        .join(delays, text("iata"))
                        .orderBy(integer("departures").descending());
        System.out.printf("a commit without views: p50 %d ns%n", commits());
        measure("sorted", sorted);
        measure("joined and sorted", joined);
        try (Views views = new Views(timeline);
                ValueView<Long> sum =
                        views.value(Select.from(delays), Aggregate.sum(integer("departures")))) {
            System.out.printf("a commit with a sum: p50 %d ns (%d)%n", commits(), sum.now());
        }
    }

    private void measure(String name, Select select) {
        for (int i = 0; i < 5; i++) {
            try (Views views = new Views(timeline)) {
                long start = System.nanoTime();
                TableView<Row> view = views.table(select);
                System.out.printf(
                        "%s: build %d ms%n", name, (System.nanoTime() - start) / 1_000_000);
                if (i == 4) {
                    System.out.printf("%s: commit of one moved row p50 %d ns%n", name, commits());
                    view.viewport(0, 50);
                    view.feed();
                    System.out.printf(
                            "%s: the same, with a feed of 50 rows p50 %d ns%n", name, commits());
                    System.out.printf(
                            "%s: visited per commit %d%n", name, view.visited() / (2 * COMMITS));
                }
            }
        }
    }

    private long commits() {
        long[] nanos = new long[COMMITS];
        for (int i = 0; i < COMMITS; i++) {
            String key = "k" + random.nextInt(ROWS);
            Row row = Row.of("departures", random.nextInt(ROWS));
            long start = System.nanoTime();
            delays.put(key, row);
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos, COMMITS / 2, COMMITS); // the first half warms up
        return nanos[COMMITS * 3 / 4];
    }
}
