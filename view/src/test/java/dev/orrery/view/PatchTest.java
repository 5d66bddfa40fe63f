package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Key;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Total;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Several updates as one. */
class PatchTest {
    private static final Row OLD = Row.of("n", 1L, "name", "a");
    private static final Row NEW = Row.of("n", 2L, "name", "b");

    @Test
    void aRowIsUpdatedOnceWithAllColumnsThatChanged() { // law V11
        assertThat(
                        Patch.joined(
                                List.of(
                                        List.of(update(3, "a", OLD, "n"), update(4, "b", OLD, "n")),
                                        List.of(new Patch.Move<>(3, 0, Key.of("a"))),
                                        List.of(update(0, "a", NEW, "name")))))
                .containsExactly(
                        update(4, "b", OLD, "n"),
                        new Patch.Move<>(3, 0, Key.of("a")),
                        update(0, "a", NEW, "n", "name"));
    }

    @Test
    void whatIsRemovedLaterIsNotUpdatedAndTheLastTotalStays() { // law V11
        assertThat(
                        Patch.joined(
                                List.of(
                                        List.of(
                                                update(0, "a", OLD, "n"),
                                                new Patch.Totalled<Row>(new Total.Exact(1))),
                                        List.of(
                                                new Patch.Remove<>(0, Key.of("a")),
                                                new Patch.Totalled<>(new Total.Exact(0))))))
                .containsExactly(
                        new Patch.Remove<>(0, Key.of("a")),
                        new Patch.Totalled<>(new Total.Exact(0)));
    }

    private static Patch<Row> update(int index, String key, Row row, String... changed) {
        return new Patch.Update<>(index, Key.of(key), List.of(changed), row);
    }

    @Test
    void joinedPatchesLeadWhereTheSingleOnesLead() { // law V11
        Random random = Seed.random("joined patches");
        Timeline timeline = Timeline.startingAt("patches", new Revision(0));
        Facts facts = new Facts(timeline, "facts");
        try (Views views = new Views(timeline);
                TableView<Row> view =
                        views.table(Select.from(facts).orderBy(integer("n").descending()))) {
            view.viewport(0, 6);
            for (int round = 0; round < 300; round++) {
                try (var updates = view.feed().subscribe()) {
                    List<Row> before = whole(updates);
                    for (int i = random.nextInt(12); i >= 0; i--) {
                        change(facts, view, random);
                    }
                    List<List<Patch<Row>>> lists = differences(updates);
                    List<Patch<Row>> joined = Patch.joined(lists);
                    assertThat(applied(before, joined)).isEqualTo(view.window().rows());
                    assertThat(joined.size())
                            .isLessThanOrEqualTo(lists.stream().mapToInt(List::size).sum());
                    assertThat(updatesOf(joined)).doesNotHaveDuplicates();
                }
            }
        }
    }

    private static void change(Facts facts, TableView<Row> view, Random random) {
        String key = "k" + random.nextInt(10);
        switch (random.nextInt(8)) {
            case 0 -> facts.remove(key);
            case 1 -> view.viewport(random.nextInt(4), 6);
            default ->
                    facts.put(
                            key,
                            Row.of("n", (long) random.nextInt(5), "name", "" + random.nextInt(3)));
        }
    }

    private static List<Row> whole(Subscription<Update<Window<Row>, List<Patch<Row>>>> updates) {
        return updates.next() instanceof Update.Whole<Window<Row>, ?>(_, var window)
                ? window.rows()
                : List.of();
    }

    private static List<List<Patch<Row>>> differences(
            Subscription<Update<Window<Row>, List<Patch<Row>>>> updates) {
        List<List<Patch<Row>>> lists = new ArrayList<>();
        updates.nextBatch(1_000, Duration.ZERO)
                .forEach(update -> {
                    if (update instanceof Update.Delta<?, List<Patch<Row>>>(_, var patches)) {
                        lists.add(patches);
                    }
                });
        return lists;
    }

    private static List<Key> updatesOf(List<Patch<Row>> patches) {
        List<Key> updated = new ArrayList<>();
        for (Patch<Row> patch : patches) {
            if (patch instanceof Patch.Update<Row>(_, var key, _, _)) {
                updated.add(key);
            }
        }
        return updated;
    }

    private static List<Row> applied(List<Row> before, List<Patch<Row>> patches) {
        List<Row> rows = new ArrayList<>(before);
        for (Patch<Row> patch : patches) {
            switch (patch) {
                case Patch.Insert<Row>(var index, _, var row) -> rows.add(index, row);
                case Patch.Update<Row>(var index, _, _, var row) -> rows.set(index, row);
                case Patch.Move<Row>(var from, var to, _) -> rows.add(to, rows.remove(from));
                case Patch.Remove<Row>(var index, _) -> rows.remove(index);
                case Patch.Totalled<Row> _, Patch.Scrolled<Row> _, Patch.Failed<Row> _ -> {}
            }
        }
        return rows;
    }
}
