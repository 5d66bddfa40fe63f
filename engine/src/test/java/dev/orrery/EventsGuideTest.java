package dev.orrery;

import static dev.orrery.core.Column.integer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.EventsGuideTest.OrderEvent.Cancelled;
import dev.orrery.EventsGuideTest.OrderEvent.Paid;
import dev.orrery.EventsGuideTest.OrderEvent.Placed;
import dev.orrery.core.Codec;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tail;
import dev.orrery.core.Update;
import dev.orrery.log.EventLog;
import dev.orrery.log.Expected;
import dev.orrery.log.NewEvent;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.DeltaProjection;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Fault;
import dev.orrery.projection.LiveDeltaProjection;
import dev.orrery.projection.LiveEffect;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Parked;
import dev.orrery.projection.Projection;
import dev.orrery.projection.Reading;
import dev.orrery.testkit.Guide;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide/events.md: what stands there stands here, and runs. */
@Timeout(120)
class EventsGuideTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    // guide
    sealed interface OrderEvent {
        String order();

        record Placed(String order, String customer, long cents) implements OrderEvent {}

        record Paid(String order) implements OrderEvent {}

        record Cancelled(String order, String reason) implements OrderEvent {}
    }

    // end

    @TempDir private Path directory;
    private Orrery orrery;
    private EventLog<OrderEvent> orders;

    @BeforeEach
    void open() {
        orrery = Orrery.open(directory.resolve("shop"));
        orders = orrery.log("orders", OrderEvent.class);
    }

    @AfterEach
    void close() {
        orrery.close();
    }

    private void place() {
        orders.append(new Placed("o-7", "ann", 990));
        orders.append(new Placed("o-8", "bob", 100));
        orders.append(new Paid("o-8"));
    }

    @Test
    void theGuideShowsWhatIsCompiledHere() {
        Guide.named("events.md").expectCompiledIn(EventsGuideTest.class);
    }

    @Test
    void appending() {
        Path data = directory.resolve("data");
        List<String> seen = new ArrayList<>();
        // guide
        try (Orrery orrery = Orrery.open(data)) {
            EventLog<OrderEvent> orders = orrery.log("orders", OrderEvent.class);
            Position placed = orders.append(new Placed("o-7", "ann", 990));
            Position last = // next to each other, all or none
                    orders.appendAll(List.of(new Placed("o-8", "bob", 100), new Paid("o-8")));
            for (Recorded<OrderEvent> recorded : orders.read(placed, 100)) { // the two of o-8
                seen.add(recorded.event() + (recorded.position().equals(last) ? ", the last" : ""));
            }
        }
        // end
        assertThat(seen)
                .containsExactly(
                        new Placed("o-8", "bob", 100).toString(), new Paid("o-8") + ", the last");
    }

    @Test
    void twiceIsOnce() {
        // guide
        NewEvent<OrderEvent> payment = new NewEvent<>(new Paid("o-7"), "payment-4711");
        Position once = orders.append(payment);
        Position again = orders.append(payment); // the same place, and nothing is appended
        // end
        assertThat(again).isEqualTo(once);
        assertThat(orders.head()).isEqualTo(once);
    }

    @Test
    void streams() {
        assertThatThrownBy(this::tooLate).isInstanceOf(Conflict.class);
        assertThat(orders.read(orders.start(), 100)).hasSize(3);
        assertThat(orders.stream("o-7").read(orders.start(), 100)).hasSize(2);
    }

    private void tooLate() {
        // guide
        EventLog<OrderEvent> order = orders.stream("o-7");
        Position placed =
                order.append(Expected.empty(), NewEvent.of(new Placed("o-7", "ann", 990)));
        orders.stream("o-8").append(new Placed("o-8", "bob", 100)); // another stream: no matter
        order.append(Expected.at(placed), NewEvent.of(new Paid("o-7")));
        order.append(Expected.at(placed), NewEvent.of(new Cancelled("o-7", "late"))); // Conflict
        // end
    }

    @Test
    void following() {
        place();
        List<OrderEvent> seen = new ArrayList<>();
        // guide
        String place;
        try (Subscription<Recorded<OrderEvent>> events = orders.subscribe(orders.start())) {
            seen.add(events.next().event()); // the first: o-7 is placed
            place = events.cursor().text(); // keep it where you like
        }
        try (Subscription<Recorded<OrderEvent>> events = orders.subscribe(orders.cursor(place))) {
            for (Recorded<OrderEvent> recorded : events.nextBatch(500, Duration.ofSeconds(10))) {
                seen.add(recorded.event()); // all that follow, each once
            }
        }
        // end
        assertThat(seen)
                .containsExactly(
                        new Placed("o-7", "ann", 990),
                        new Placed("o-8", "bob", 100),
                        new Paid("o-8"));
    }

    @Test
    void tails() {
        place();
        List<OrderEvent> exported = new ArrayList<>();
        // guide
        try (Tail<Recorded<OrderEvent>> tail = orders.tail("export", Duration.ofSeconds(30))) {
            for (Recorded<OrderEvent> recorded : tail.nextBatch(500, Duration.ofSeconds(10))) {
                exported.add(recorded.event());
            }
            tail.acknowledge(); // these are done: who follows as "export" next goes on after them
        }
        // end
        assertThat(exported).hasSize(3);
        Position refund = orders.append(new Cancelled("o-8", "broken"));
        try (Tail<Recorded<OrderEvent>> tail = orders.tail("export", Duration.ofSeconds(30))) {
            assertThat(tail.next(SOON)).map(Recorded::position).contains(refund);
        }
    }

    @Test
    void olderEvents() {
        Map<String, Object> euros = Map.of("order", "o-1", "customer", "ann", "euros", 9);
        orrery.log("old orders", Row.class).append(Row.of("Placed", euros));
        close();
        orrery = Orrery.open(directory.resolve("shop"));
        // guide
        Codec<OrderEvent> events =
                Codec.of(OrderEvent.class)
                        .upgrading(
                                "Placed",
                                row ->
                                        row.has("cents")
                                                ? row
                                                : row.with("cents", 100 * row.integer("euros")));
        EventLog<OrderEvent> old = orrery.log("old orders", events);
        // end
        assertThat(old.read(old.start(), 1).getFirst().event())
                .isEqualTo(new Placed("o-1", "ann", 900));
    }

    // guide
    enum Stage {
        NONE,
        OPEN,
        PAID,
        CANCELLED
    }

    record Order(Stage stage, String customer, long cents) {
        static final Order NONE = new Order(Stage.NONE, "", 0);

        Order after(OrderEvent event) {
            return switch (event) {
                case Placed placed -> new Order(Stage.OPEN, placed.customer(), placed.cents());
                case Paid _ -> new Order(Stage.PAID, customer, cents);
                case Cancelled _ -> new Order(Stage.CANCELLED, customer, 0);
            };
        }
    }

    static final Projection<OrderEvent, String, Order> ORDERS =
            Projection.of("orders", OrderEvent.class)
                    .key(String.class, OrderEvent::order)
                    .state(Order.class, Order.NONE)
                    .fold(Order::after);

    // end

    @Test
    void readingOnesWrites() {
        // guide
        LiveProjection<String, Order> live = orrery.projection(orders, ORDERS);
        orrery.start();

        Position placed = orders.append(new Placed("o-7", "ann", 990));
        Order order =
                live.atLeast(placed, Duration.ofSeconds(20)).require("o-7"); // folded, and read
        Optional<Order> none = live.find("o-9");
        long dear = live.where(integer("cents").gt(500)).count(); // 1
        Reading<Order> reading = live.read("o-7"); // state, epoch, version, position, age
        // end
        assertThat(order).isEqualTo(new Order(Stage.OPEN, "ann", 990));
        assertThat(none).isEmpty();
        assertThat(dear).isEqualTo(1);
        assertThat(reading.version()).isEqualTo(1);
        assertThat(reading.position()).isEqualTo(placed);
    }

    // guide
    static final Projection<OrderEvent, String, Long> ORDERED =
            Projection.of("ordered", OrderEvent.class)
                    .keys(
                            String.class,
                            event ->
                                    event instanceof Placed placed
                                            ? List.of(placed.customer(), "everybody")
                                            : List.of())
                    .state(Long.class, 0L)
                    .fold((cents, event) -> event instanceof Placed p ? cents + p.cents() : cents);

    // end

    @Test
    void manyKeys() {
        place();
        LiveProjection<String, Long> ordered = orrery.projection(orders, ORDERED);
        orrery.start();
        orrery.settle(SOON);
        assertThat(ordered.require("ann")).isEqualTo(990);
        assertThat(ordered.require("everybody")).isEqualTo(1090);
    }

    // guide
    record Moved(Stage from, Stage to) {}

    static final DeltaProjection<OrderEvent, String, Order, Moved> STAGES =
            ORDERS.named("stages")
                    .removeWhen(order -> order.stage() == Stage.CANCELLED)
                    .delta(
                            Moved.class,
                            (before, after, event) -> new Moved(before.stage(), after.stage()));

    // end

    // guide
    static String told(Update<Order, Moved> update) {
        return switch (update) {
            case Update.Whole<Order, Moved>(var _, Order now) -> "it is " + now.stage();
            case Update.Delta<Order, Moved>(var _, Moved moved) -> "it became " + moved.to();
        };
    }

    // end

    @Test
    void differences() {
        List<String> told = new ArrayList<>();
        // guide
        LiveDeltaProjection<String, Order, Moved> stages = orrery.projection(orders, STAGES);
        orrery.start();
        stages.atLeast(orders.append(new Placed("o-7", "ann", 990)), Duration.ofSeconds(20));
        String place;
        try (Subscription<Update<Order, Moved>> updates = stages.deltas("o-7").subscribe()) {
            told.add(told(updates.next())); // it is OPEN
            place = updates.cursor().text();
        }
        orders.append(new Paid("o-7")); // while nobody listens
        Feed<Update<Order, Moved>> deltas = stages.deltas("o-7");
        try (Subscription<Update<Order, Moved>> updates = deltas.subscribe(deltas.cursor(place))) {
            told.add(told(updates.next())); // it became PAID
        }
        // end
        assertThat(told).containsExactly("it is OPEN", "it became PAID");
        orders.append(new Cancelled("o-7", "broken"));
        orrery.settle(SOON);
        assertThat(stages.find("o-7")).isEmpty();
    }

    @Test
    void anotherVersion() {
        place();
        orrery.projection(orders, ORDERS);
        orrery.start();
        orrery.settle(SOON);
        close();
        open();
        // guide
        LiveProjection<String, Order> live =
                orrery.projection(
                        orders,
                        ORDERS.version(2).removeWhen(order -> order.stage() == Stage.CANCELLED));
        // end
        orrery.start();
        orders.append(new Cancelled("o-8", "broken"));
        orrery.settle(SOON);
        assertThat(live.keys()).containsExactly("o-7");
    }

    @Test
    void rebuilding() {
        place();
        LiveProjection<String, Order> live = orrery.projection(orders, ORDERS);
        orrery.start();
        orrery.settle(SOON);
        String first = live.epoch();
        // guide
        live.rebuild().await(Duration.ofMinutes(5)); // the states of before are served meanwhile
        live.undoRebuild().await(Duration.ofMinutes(5)); // and served again, up to date
        live.forgetPrevious();
        // end
        assertThat(live.epoch()).isEqualTo(first);
        assertThat(live.count()).isEqualTo(2);
    }

    @Test
    void inTheAppend() {
        assertThatThrownBy(this::payTwice)
                .isInstanceOf(UserFailure.class)
                .hasMessageContaining("is paid");
        assertThat(orders.read(orders.start(), 100)).hasSize(2);
    }

    private void payTwice() {
        // guide
        LiveProjection<String, Order> checked =
                orrery.inlineProjection(
                        orders,
                        Projection.of("checked", OrderEvent.class)
                                .key(String.class, OrderEvent::order)
                                .state(Order.class, Order.NONE)
                                .fold((order, event) -> {
                                    if (event instanceof Paid && order.stage() == Stage.PAID) {
                                        throw new IllegalStateException("it is paid");
                                    }
                                    return order.after(event);
                                })
                                .onFault(_ -> Fault.stop()));
        orrery.start();
        orders.append(new Placed("o-7", "ann", 990));
        checked.require("o-7"); // there, without waiting
        orders.append(new Paid("o-7"));
        orders.append(new Paid("o-7")); // refused: UserFailure, and nothing is appended
        // end
    }

    @Test
    void parking() {
        // guide
        LiveProjection<String, Order> live =
                orrery.projection(
                        orders,
                        ORDERS.onFault(fault ->
                                fault.attempt() < 5
                                        ? Fault.retryIn(Duration.ofSeconds(fault.attempt()))
                                        : Fault.park()));
        // end
        assertThat(live.parked()).isEmpty();
    }

    private static Order fragile(Order order, OrderEvent event) {
        if (event instanceof Placed placed && placed.cents() < 0) {
            throw new IllegalArgumentException("less than nothing");
        }
        return order.after(event);
    }

    @Test
    void deciding() {
        LiveProjection<String, Order> live =
                orrery.projection(
                        orders,
                        Projection.of("fragile", OrderEvent.class)
                                .key(String.class, OrderEvent::order)
                                .state(Order.class, Order.NONE)
                                .fold(EventsGuideTest::fragile));
        List<String> told = new ArrayList<>();
        orders.append(new Placed("o-7", "ann", -1));
        orders.append(new Paid("o-7"));
        orrery.start();
        orrery.settle(SOON);
        // guide
        for (Parked<String> parked : live.parked()) {
            told.add(parked.key() + ", " + parked.events() + " wait: " + parked.cause());
            live.edit(parked.key(), new Order(Stage.OPEN, "ann", 990)); // put a state in place …
            live.skip(parked.key()); // … of what the first waiting event cannot do, and go on
        }
        // end
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("o-7, 2 wait")
                .endsWith("less than nothing");
        assertThat(live.parked()).isEmpty();
        assertThat(live.require("o-7")).isEqualTo(new Order(Stage.PAID, "ann", 990));
    }

    /** A post that takes each letter once, by its key, and has no stamps for bob at first. */
    private static final class Post {
        private final Set<String> keys = ConcurrentHashMap.newKeySet();
        final BlockingQueue<String> letters = new LinkedBlockingQueue<>();
        volatile boolean stamps;

        void send(String to, String key) {
            if (to.equals("bob") && !stamps) {
                throw new IllegalStateException("no stamps");
            }
            if (keys.add(key)) {
                letters.add(to);
            }
        }
    }

    @Test
    void effects() throws InterruptedException {
        Post post = new Post();
        // guide
        LiveProjection<String, Order> live = orrery.projection(orders, ORDERS);
        Effect<OrderEvent, String> receipts =
                Effect.of("receipts", OrderEvent.class)
                        .key(String.class, OrderEvent::order)
                        .perform(attempt -> {
                            if (attempt.event() instanceof Paid(String order)) {
                                post.send(
                                        live.require(order).customer(), attempt.deduplicationKey());
                            }
                        })
                        .onFault(fault ->
                                fault.cause() instanceof IllegalStateException
                                        ? Fault.park() // it will not go away by itself
                                        : fault.retryThenPark(
                                                10, Duration.ofMillis(250), Duration.ofMinutes(5)))
                        .atOnce(8);
        LiveEffect<String> sending = orrery.effect(orders, receipts, live); // sees what live shows
        orrery.start();
        // end
        place();
        orders.append(new Paid("o-7"));
        orrery.settle(SOON);
        assertThat(post.letters).containsExactly("ann");
        assertThat(sending.parked()).singleElement().matches(parked -> parked.key().equals("o-8"));
        post.stamps = true;
        // guide
        for (Parked<String> parked : sending.parked()) {
            sending.retry(parked.key()); // from now on, in order; or skip(key)
        }
        // end
        assertThat(post.letters.poll()).isEqualTo("ann");
        assertThat(post.letters.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo("bob");
    }

    @Test
    void onPostgres() {
        DataSource server = RealPostgres.of(directory);
        Path data = directory.resolve("beside");
        List<Order> seen = new ArrayList<>();
        // guide
        try (Orrery shared = Orrery.configure().directory(data).database(server).open()) {
            EventLog<OrderEvent> log = shared.log("orders", OrderEvent.class);
            LiveProjection<String, Order> live = shared.projection(log, ORDERS);
            shared.start();
            Position placed = log.append(new Placed("o-7", "ann", 990));
            seen.add(live.atLeast(placed, Duration.ofSeconds(20)).require("o-7"));
        }
        // end
        assertThat(seen).containsExactly(new Order(Stage.OPEN, "ann", 990));
    }

    @Test
    void standing() {
        place();
        orrery.projection(orders, ORDERS);
        orrery.start();
        orrery.settle(SOON);
        List<String> needed = new ArrayList<>();
        // guide
        for (Status.OfProjection each : orrery.status().projections()) {
            needed.add(each.name() + " " + each.status() + ", behind by " + each.lag().events());
        }
        // end
        assertThat(needed).singleElement().asString().contains("orders Following");
    }
}
