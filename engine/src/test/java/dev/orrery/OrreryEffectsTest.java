package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Row;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Ontology;
import dev.orrery.log.EventLog;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Fault;
import dev.orrery.projection.LiveEffect;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Query;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an Orrery does in the world outside. */
@Timeout(120)
class OrreryEffectsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    record Paid(String order, long cents) {}

    @TempDir private Path directory;

    private final List<String> sent = new CopyOnWriteArrayList<>();

    private static Projection<Paid, String, Long> sums() {
        return Projection.of("sums", Paid.class)
                .key(String.class, Paid::order)
                .state(Long.class, 0L)
                .fold((sum, paid) -> sum + paid.cents());
    }

    @Test
    void anEffectSeesWhatItsProjectionsMadeOfTheEventAndARestartOrARebuildRepeatsNone() { // E14
        for (int version = 1; version <= 3; version++) {
            try (Orrery orrery = Orrery.open(directory)) {
                EventLog<Paid> payments = orrery.log("payments", Paid.class);
                LiveProjection<String, Long> sums =
                        orrery.projection(payments, sums().version(version));
                orrery.effect(
                        "receipt",
                        payments,
                        attempt ->
                                sent.add(
                                        attempt.event().order()
                                                + " "
                                                + sums.require(attempt.event().order())),
                        sums);
                orrery.start();
                payments.append(new Paid("o-" + version, 100L * version));
                orrery.settle(LIMIT);
            }
        }
        assertThat(sent).containsExactly("o-1 100", "o-2 200", "o-3 300");
    }

    @Test
    void nothingIsDoneBeforeTheStartAndSettlingWaitsForWhatIsDone() {
        try (Orrery orrery = Orrery.inMemory()) {
            EventLog<Paid> payments = orrery.log("payments", Paid.class);
            LiveEffect<String> mail =
                    orrery.effect(
                            payments,
                            Effect.of("mail", Paid.class)
                                    .key(String.class, Paid::order)
                                    .perform(attempt -> {
                                        if (attempt.event().cents() < 0) {
                                            throw new IllegalStateException("refused");
                                        }
                                        sent.add(attempt.event().order());
                                    })
                                    .onFault(_ -> Fault.park()));
            payments.appendAll(List.of(new Paid("a", 1), new Paid("b", -1), new Paid("c", 1)));
            assertThat(sent).isEmpty();
            orrery.start();
            orrery.settle(LIMIT);
            assertThat(sent).containsExactly("a", "c");
            assertThat(mail.parked()).singleElement().matches(parked -> parked.key().equals("b"));
        }
    }

    @Test
    void anEffectUnderWayFindsWhatItUsesWhileTheOrreryIsClosed() throws Exception { // law E20
        List<Throwable> faults = new CopyOnWriteArrayList<>();
        CompletableFuture<Thread> closing = new CompletableFuture<>();
        CountDownLatch underWay = new CountDownLatch(1);
        Orrery orrery = Orrery.open(directory);
        EventLog<Paid> payments = orrery.log("payments", Paid.class);
        Graph customers = orrery.graph(Ontology.define("customers").node("Order", _ -> {}).build());
        Query<String, String> thanks =
                orrery.query("thanks", String.class, String.class, order -> "thanks for " + order);
        orrery.effect(
                payments,
                Effect.of("mail", Paid.class)
                        .perform(attempt -> {
                            underWay.countDown();
                            awaitWaiting(closing.get());
                            String order = attempt.event().order();
                            customers.addNode("Order", order, Row.of());
                            sent.add(thanks.of(order));
                        })
                        .onFault(fault -> {
                            faults.add(fault.cause());
                            return Fault.skip();
                        }));
        orrery.start();
        payments.append(new Paid("o-1", 1));
        underWay.await();
        Thread closer = Thread.ofPlatform().start(orrery::close);
        closing.complete(closer);
        closer.join();
        assertThat(faults).isEmpty();
        assertThat(sent).containsExactly("thanks for o-1");
    }

    @Test
    void whoComesAfterTheEndOpensNoGraphAndHoldsNone() { // law E20
        Ontology customers = Ontology.define("customers").node("Order", _ -> {}).build();
        Orrery closed = Orrery.open(directory);
        closed.close();
        assertThatThrownBy(() -> closed.graph(customers)).isInstanceOf(Closed.class);
        try (Orrery next = Orrery.open(directory)) {
            assertThat(next.graph(customers).nodes().count()).isZero();
        }
    }

    /** Returns once a thread waits for something. */
    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }
}
