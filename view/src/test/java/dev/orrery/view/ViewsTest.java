package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private final Timeline timeline = Timeline.startingAt("views", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");
    private final Views views = new Views(timeline);

    @AfterEach
    void close() {
        views.close();
    }

    private Select california() {
        return Select.from(airports)
                .leftJoin(delays, text("iata"))
                .where(text("state").eq("CA"))
                .orderBy(integer("departures").descending())
                .columns("iata", "departures");
    }

    @Test
    void anUnknownColumnIsRefusedWithTheOnesThereAre() {
        Facts cities = new Facts(timeline, "cities", Shape.of("city", "state"));
        Facts states = new Facts(timeline, "states", Shape.of("state", "name"));
        Select joined =
                Select.from(cities)
                        .where(text("label").eq("a"))
                        .leftJoin(states, text("state"))
                        .derive("label", _ -> "a");
        views.table(joined.orderBy(text("name").ascending()).columns("label", "city")).close();
        for (Select wrong :
                List.of(
                        joined.where(text("nam").eq("Nevada")),
                        joined.orderBy(text("nam").ascending()),
                        joined.columns("city", "nam"))) {
            assertThatThrownBy(() -> views.table(wrong))
                    .isInstanceOf(Invalid.class)
                    .hasMessage(
                            "column of cities with states is one of city, state, name, label (was"
                                    + " nam)");
        }
        assertThatThrownBy(() -> views.table(Select.from(cities).join(airports, text("stat"))))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("column of cities is one of city, state (was stat)");
        views.table(Select.from(airports).columns("whatever")).close();
    }

    @Test
    void equalQuestionsShareOneResultUntilTheLastHolderCloses() { // law V9
        TableView<Row> one = views.table(california());
        TableView<Row> two = views.table(california());
        ValueView<Long> count = views.value(california(), Aggregate.count());
        ValueView<Long> same = views.value(california().columns("iata"), Aggregate.count());
        assertThat(views.size()).isEqualTo(2);
        one.close();
        count.close();
        airports.put("SFO", Row.of("iata", "SFO", "state", "CA"));
        assertThat(two.rows(0, 9)).hasSize(1);
        assertThat(same.now()).isEqualTo(1);
        two.close();
        same.close();
        assertThat(views.size()).isZero();
        try (TableView<Row> again = views.table(california())) {
            assertThat(again.rows(0, 9)).hasSize(1);
        }
    }

    @Test
    void aReleasedViewCostsCommitsNothing() { // law V9
        TableView<Row> view = views.table(california());
        view.close();
        airports.put("SFO", Row.of("iata", "SFO", "state", "CA"));
        assertThat(view.visited()).isZero();
    }

    @Test
    void whatCannotBeAnsweredIsRefusedByName() {
        Select california = california();
        assertThatThrownBy(() -> california.join(airports, text("iata")))
                .isInstanceOf(BadDefinition.class);
        assertThatThrownBy(() -> Select.from(airports.where(text("state").eq("CA"))))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("narrow with where");
        try (Views others = new Views(Timeline.startingAt("other", new Revision(0)))) {
            assertThatThrownBy(() -> others.table(california)).isInstanceOf(Unsupported.class);
        }
    }

    @Test
    void closingClosesEveryView() {
        TableView<Row> view = views.table(california());
        views.close();
        assertThatThrownBy(() -> view.row(0)).isInstanceOf(Closed.class);
        assertThatThrownBy(() -> views.table(california())).isInstanceOf(Closed.class);
    }

    @Test
    void aSelectReadsLikeTheQuestionItIs() {
        assertThat(california().limit(5))
                .hasToString(
                        "select iata, departures from airports left join delays on iata where state = 'CA'"
                                + " order by departures desc nulls last limit 5");
    }

    @Test
    void insideAQueryAViewAnswersAsOfItsRevisionAndIsADependency() { // law V4
        airports.put("SFO", Row.of("iata", "SFO", "state", "CA"));
        TableView<Row> view = views.table(california());
        try (Pin pin = timeline.pin()) {
            ReadingFrame frame = new ReadingFrame(pin);
            airports.put("LAX", Row.of("iata", "LAX", "state", "CA"));
            int rows = Tracking.within(frame, () -> view.rows(0, 9).size());
            assertThat(rows).isEqualTo(1);
            assertThat(frame.noted).containsExactly(california().toString());
        }
        assertThat(view.rows(0, 9)).hasSize(2);
    }

    @Test
    void aRevisionOlderThanTheViewIsRefusedNotGuessed() { // law V4
        airports.put("SFO", Row.of("iata", "SFO", "state", "CA"));
        try (Pin pin = timeline.pin()) {
            airports.put("LAX", Row.of("iata", "LAX", "state", "CA"));
            TableView<Row> view = views.table(california());
            assertThatThrownBy(() -> Tracking.within(new ReadingFrame(pin), () -> view.rows(0, 9)))
                    .isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void aViewChangesInTheCommitThatChangesItsSource() { // law V4
        views.table(california());
        List<String> sources = new ArrayList<>();
        try (Pin pin =
                timeline.attach(
                        new CommitHook() {
                            @Override
                            public void mark(Commit commit) {
                                commit.changes().forEach(set -> sources.add(set.source().name()));
                            }
                        })) {
            airports.put("SFO", Row.of("iata", "SFO", "state", "CA"));
            airports.put("LAS", Row.of("iata", "LAS", "state", "NV"));
            assertThat(timeline.now().number()).isEqualTo(pin.revision().number() + 2);
        }
        assertThat(sources).containsExactly("airports", california().toString(), "airports");
    }
}
