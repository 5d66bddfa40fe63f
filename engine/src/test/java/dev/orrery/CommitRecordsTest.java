package dev.orrery;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.CommitRecord.Outcome;
import dev.orrery.CommitRecord.Recent;
import dev.orrery.CommitRecord.Touched;
import dev.orrery.channel.Access;
import dev.orrery.channel.Principal;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Input;
import dev.orrery.query.Query;
import dev.orrery.query.QueryEvent;
import dev.orrery.query.Statistics;
import dev.orrery.table.LiveTable;
import dev.orrery.table.MemoryTable;
import dev.orrery.table.Schema;
import dev.orrery.table.Table;
import dev.orrery.view.Aggregate;
import dev.orrery.view.Select;
import dev.orrery.view.TableView;
import dev.orrery.view.ValueView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitRecordsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    record Flight(String origin, int delay) {}

    record Airport(String iata, String name, String state) {}

    private Orrery orrery;
    private EventLog<Flight> flights;
    private LiveProjection<String, Long> delays;
    private LiveTable<String, Airport> airports;
    private Input<String, Long> factor;
    private Query<String, Long> late;
    private TableView<Row> board;
    private ValueView<Long> total;
    private final List<Subscription<?>> watching = new ArrayList<>();

    @BeforeEach
    void open() {
        orrery = Orrery.configure().access((_, _, _) -> Access.allowed()).open();
        flights = orrery.log("flights", Flight.class);
        delays =
                orrery.projection(
                        flights,
                        Projection.of("delays", Flight.class)
                                .key(String.class, Flight::origin)
                                .state(Long.class, 0L)
                                .fold((sum, flight) -> sum + refusing(flight.delay())));
        airports = orrery.live(airportsTable(), String.class, Airport.class);
        factor = orrery.input("factor", String.class, Long.class);
        late = orrery.query("late", String.class, Long.class, this::late);
        board =
                orrery.view(
                        Select.from(airports)
                                .leftJoin(delays, text("iata"))
                                .orderBy(integer("state").descending().nullsLast()));
        total = orrery.value(Select.from(delays), Aggregate.sum(integer("state")));
        orrery.serve("board", board);
        orrery.serve("total", total);
        orrery.start();
    }

    private static int refusing(int delay) {
        if (delay == 666) {
            throw new IllegalStateException("no such delay");
        }
        return delay;
    }

    /** How many hours late an airport is, in whole hours. */
    private long late(String airport) {
        if (factor.find(airport).orElse(0L) < 0) {
            throw new IllegalStateException("negative");
        }
        return delays.find(airport).orElse(0L) / 60;
    }

    private static Table airportsTable() {
        Table table = MemoryTable.of("airports", Schema.of(Airport.class).id("iata")).table();
        table.insert(Row.of("iata", "SFO", "name", "San Francisco", "state", "CA"));
        table.insert(Row.of("iata", "LAX", "name", "Los Angeles", "state", "CA"));
        table.insert(Row.of("iata", "DFW", "name", "Dallas", "state", "TX"));
        return table;
    }

    @AfterEach
    void close() {
        watching.forEach(Subscription::close);
        orrery.close();
    }

    private void watchAll() {
        for (String airport : List.of("SFO", "LAX", "DFW")) {
            Subscription<Long> watch = late.watch(airport);
            watch.next();
            watching.add(watch);
        }
    }

    private static CommitRecord next(Subscription<Update<Recent, CommitRecord>> records) {
        Update<Recent, CommitRecord> update = records.next(LIMIT).orElseThrow();
        return ((Update.Delta<Recent, CommitRecord>) update).change();
    }

    private Subscription<Update<Recent, CommitRecord>> follow() {
        Subscription<Update<Recent, CommitRecord>> records = orrery.commitRecords().subscribe();
        assertThat(records.next(LIMIT).orElseThrow()).isInstanceOf(Update.Whole.class);
        watching.add(records);
        return records;
    }

    private void fly(String origin, int delay) {
        flights.append(new Flight(origin, delay));
        orrery.settle(LIMIT);
    }

    private static void await(BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - began).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void aFlightIsToldFromTheLogToTheViews() { // law E10
        watchAll();
        var records = follow();
        double before = orrery.clockMillis();
        fly("SFO", 90);
        CommitRecord record = next(records);

        assertThat(record.revision()).isEqualTo(record.first()).isEqualTo(1);
        assertThat(record.cause()).isEqualTo("flights");
        assertThat(record.at()).isBetween(before, orrery.clockMillis());
        assertThat(record.touched())
                .extracting(Touched::layer, Touched::name, Touched::count)
                .containsExactly(tuple("log", "flights"), tuple("projection", "delays"));
        assertThat(record.touched().getFirst().position()).isEqualTo(1);
        assertThat(record.touched().getFirst().rows()).hasSize(1);
        assertThat(record.touched().get(1).keys()).containsExactly("SFO");
        assertThat(record.touched().get(1).changes())
                .containsExactly(
                        new CommitRecord.Difference(
                                "SFO", null, Row.of("key", "SFO", "state", 90L)));
        assertThat(record.queries())
                .extracting(CommitRecord.Run::name, CommitRecord.Run::key, CommitRecord.Run::result)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "late", "SFO", QueryEvent.Result.CHANGED));
        assertThat(record.queries().getFirst().because())
                .isEqualTo(new CommitRecord.Because("delays", "SFO"));
        assertThat(record.ran()).isEqualTo(1);
        assertThat(record.spared()).isEqualTo(2);
        assertThat(record.views())
                .extracting(CommitRecord.Viewed::name, CommitRecord.Viewed::outcome)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("board", Outcome.CHANGED),
                        org.assertj.core.groups.Tuple.tuple("total", Outcome.CHANGED));
        assertThat(record.stages().append()).isPositive();
        assertThat(record.stages().fold()).isPositive();
        assertThat(record.stages().query()).isPositive();
        assertThat(record.stages().views()).isPositive();
        assertThat(record.stages().write()).isNull();
        assertThat(record.sampled()).isFalse();
        assertThat(record.totals().commits()).isEqualTo(1);
    }

    private static org.assertj.core.groups.Tuple tuple(String layer, String name) {
        return org.assertj.core.groups.Tuple.tuple(layer, name, 1L);
    }

    @Test
    void aFirstRunIsSomebodysWhoAskedAndNoCommits() {
        var records = follow();
        watchAll();
        fly("SFO", 90);
        CommitRecord record = next(records);
        assertThat(record.ran()).isEqualTo(1);
        assertThat(record.queries()).hasSize(1);
    }

    @Test
    void anAnswerThatCameOutEqualIsToldSo() {
        watchAll();
        var records = follow();
        fly("SFO", 5);
        CommitRecord record = next(records);
        assertThat(record.queries())
                .extracting(CommitRecord.Run::result)
                .containsExactly(QueryEvent.Result.EQUAL);
        assertThat(record.ran()).isEqualTo(1);
        assertThat(record.spared()).isEqualTo(2);
    }

    @Test
    void aCommitThatTouchesNothingReadRunsNothingAndSparesEverything() {
        watchAll();
        var records = follow();
        airports.patch("SFO", Row.of("name", "Frisco"));
        CommitRecord record = next(records);
        assertThat(record.cause()).isEqualTo("airports");
        assertThat(record.ran()).isZero();
        assertThat(record.queries()).isEmpty();
        assertThat(record.spared()).isEqualTo(3);
        assertThat(record.views())
                .extracting(CommitRecord.Viewed::outcome)
                .containsExactly(Outcome.CHANGED, Outcome.UNTOUCHED);
        assertThat(record.touched())
                .extracting(Touched::layer, Touched::name, Touched::count)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("table", "airports", 1L));
        assertThat(record.touched().getFirst().changes().getFirst().after())
                .isEqualTo(Row.of("iata", "SFO", "name", "Frisco", "state", "CA"));
    }

    @Test
    void aBodyThatThrowsIsToldAsFailed() {
        watchAll();
        var records = follow();
        factor.set("SFO", -1L);
        CommitRecord record = next(records);
        assertThat(record.cause()).isEqualTo("factor");
        assertThat(record.touched()).extracting(Touched::layer).containsExactly("input");
        assertThat(record.queries())
                .extracting(CommitRecord.Run::result)
                .containsExactly(QueryEvent.Result.FAILED);
        assertThat(record.spared()).isEqualTo(2);
    }

    @Test
    void anEventWhoseKeyIsParkedMakesNoCommitAndNoRecord() {
        watchAll();
        var records = follow();
        fly("SFO", 666);
        fly("LAX", 70);
        CommitRecord record = next(records);
        assertThat(record.touched().getFirst().position()).isEqualTo(2);
        assertThat(record.touched().get(1).keys()).containsExactly("LAX");
        assertThat(record.revision()).isEqualTo(1);
    }

    @Test
    void parkedKeysAreToldUntilTheyGoOn() { // law E15
        watchAll();
        var records = follow();
        fly("DFW", 70);
        assertThat(next(records).parked()).isEmpty();
        fly("SFO", 666);
        fly("SFO", 20);
        fly("LAX", 70);
        assertThat(next(records).parked())
                .containsExactly(new CommitRecord.Parked("delays", 1, List.of("SFO")));
        delays.skip("SFO");
        fly("LAX", 70);
        assertThat(last(records).parked()).isEmpty();
    }

    /** That of the newest commit. */
    private CommitRecord last(Subscription<Update<Recent, CommitRecord>> records) {
        CommitRecord record = next(records);
        while (record.revision() < orrery.timeline().published()) {
            record = next(records);
        }
        return record;
    }

    @Test
    void theTotalsOfAThousandCommitsAreTheCountersOfWhatDidThem() { // law E11
        watchAll();
        var records = follow();
        for (int i = 0; i < 1_000; i++) {
            flights.append(new Flight(List.of("SFO", "LAX", "DFW").get(i % 3), i % 50));
        }
        orrery.settle(LIMIT);
        long last = orrery.timeline().published();
        long told = 0;
        boolean sampled = false;
        CommitRecord record = next(records);
        while (record.revision() < last) {
            told += record.revision() - record.first() + 1;
            sampled |= record.sampled();
            record = next(records);
        }
        assertThat(told < last - 1).as("some commits are told by no record").isEqualTo(sampled);
        assertThat(record.totals()).isEqualTo(orrery.totals());
        assertThat(record.totals().commits()).isEqualTo(last);
        assertThat(record.totals().ran())
                .isEqualTo(
                        orrery.queries().statisticsByName().values().stream()
                                .mapToLong(Statistics::computed)
                                .sum());
        assertThat(record.totals().spared()).isEqualTo(orrery.queries().untouched());
        assertThat(record.totals().patches())
                .isEqualTo(board.upkeep().patches() + total.upkeep().patches());
    }

    @Test
    void nothingIsRecordedWhileNobodyFollowsAndTheTotalsGoOn() { // law E9
        watchAll();
        fly("SFO", 90);
        await(() -> late.statistics().computed() == 4);
        var records = follow();
        assertThat(orrery.totals().commits()).isEqualTo(1);
        assertThat(orrery.totals().ran()).isEqualTo(4);
        assertThat(orrery.totals().spared()).isEqualTo(2);
        assertThat(records.next(Duration.ZERO)).isEmpty();
    }

    @Test
    void whatCameWhileNobodyFollowedIsToldByNoRecordAndThatIsSaid() {
        Cursor left;
        try (var leaving = orrery.commitRecords().subscribe()) {
            leaving.next(LIMIT);
            factor.set("elsewhere", 1L);
            assertThat(next(leaving).sampled()).isFalse();
            left = leaving.cursor();
        }
        factor.set("elsewhere", 2L);
        try (var back = orrery.commitRecords().subscribe(left)) {
            factor.set("elsewhere", 3L);
            CommitRecord record = next(back);
            assertThat(record.first()).isEqualTo(3);
            assertThat(record.sampled()).isTrue();
        }
    }

    @Test
    void whoReturnsGetsTheRecordsMadeMeanwhile() {
        var kept = follow();
        Cursor left;
        try (var leaving = orrery.commitRecords().subscribe()) {
            leaving.next(LIMIT);
            left = leaving.cursor();
        }
        fly("SFO", 1);
        CommitRecord made = next(kept);
        try (var back = orrery.commitRecords().subscribe(left)) {
            assertThat(next(back)).isEqualTo(made);
        }
        try (var late = orrery.commitRecords().subscribe()) {
            var whole = (Update.Whole<Recent, CommitRecord>) late.next(LIMIT).orElseThrow();
            assertThat(whole.state().recent()).containsExactly(made);
        }
    }

    @Test
    void aFollowerThatDoesNotReadIsToldTheWholeAndHoldsUpNobody() {
        var idle = follow();
        var reading = follow();
        for (int i = 1; i <= 130; i++) {
            factor.set("elsewhere", (long) i);
            next(reading);
        }
        assertThat(idle.next(LIMIT).orElseThrow()).isInstanceOf(Update.Whole.class);
    }

    @Test
    void aRecordTellsWhatSessionsSentOfItAndHowLongThatTook() { // law E12
        try (var connection = orrery.channels().connect(Principal.ANONYMOUS)) {
            var totals = connection.attach("value:total");
            var hours = connection.attach("query:late:SFO");
            var records = follow();
            fly("SFO", 90);
            orrery.outgoing().sent("value:total", totals.next().cursor(), 33);
            Cursor changed = hours.next().cursor();
            orrery.outgoing().sent("query:late:SFO", changed, 21);
            orrery.outgoing().sent("query:late:SFO", changed, 21);
            orrery.outgoing().sent("engine:commits", changed, 500);
            CommitRecord record = next(records);
            assertThat(record.bytes()).isEqualTo(54);
            assertThat(record.patches()).as("the row, the value, the answer").isEqualTo(3);
            assertThat(record.stages().socket()).isPositive();
            assertThat(record.totals().bytes()).isEqualTo(54);
            assertThat(record.totals().patches()).isEqualTo(3);
        }
    }

    @Test
    void aRecordDoesNotWaitLongForASessionThatDoesNotSend() {
        try (var connection = orrery.channels().connect(Principal.ANONYMOUS)) {
            connection.attach("value:total");
            var records = follow();
            fly("SFO", 90);
            CommitRecord record = next(records);
            assertThat(record.bytes()).isZero();
            assertThat(record.stages().socket()).isNull();
        }
    }

    @Test
    void anEditTellsHowLongItsSourceTook() {
        var records = follow();
        airports.patch("SFO", Row.of("name", "Frisco"));
        CommitRecord record = next(records);
        assertThat(record.stages().write()).isPositive();
        assertThat(record.stages().append()).isNull();
        assertThat(record.stages().fold()).isNull();
    }

    @Test
    void whatTheEngineTellsIsDeniedUnlessThePolicyAllowsIt() {
        try (Orrery closed = Orrery.inMemory();
                var connection = closed.channels().connect(Principal.ANONYMOUS)) {
            for (String name : List.of("commits", "logs", "queries")) {
                assertThatThrownBy(() -> connection.attach("engine:" + name))
                        .isInstanceOf(OrreryException.Denied.class)
                        .hasMessageContaining("engine " + name);
            }
        }
    }
}
