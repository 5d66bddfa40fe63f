package dev.orrery.projection;

import static dev.orrery.projection.Nodes.LONG_LEASE;
import static dev.orrery.projection.Nodes.SHORT_LEASE;
import static dev.orrery.projection.Nodes.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Condition;
import dev.orrery.core.Pin;
import dev.orrery.log.NewEvent;
import dev.orrery.projection.Nodes.Definition;
import dev.orrery.projection.Nodes.Node;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Proxy;
import dev.orrery.testkit.RealPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections that are lost while events are folded. // law P17 */
@Timeout(240) // seconds: a fault shows as a failure, not as a build that hangs
class OutageTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261127);
    private static final int KEYS = 40;
    private static final int BATCHES = 300;
    private static final int MANY = 30_000;

    /** What tells of each outage, of which there are many. */
    private final List<Logger> told =
            Stream.of(Outage.class, SharedFolds.class)
                    .map(teller -> Logger.getLogger(teller.getName()))
                    .toList();

    @TempDir Path directory;

    private DataSource source;
    private Nodes nodes;
    private final List<Step> events = new ArrayList<>();

    @BeforeEach
    void open() {
        source = RealPostgres.of(directory);
        nodes = new Nodes(source);
        told.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @AfterEach
    void speak() {
        told.forEach(logger -> logger.setLevel(null));
    }

    private static Map<String, Trace> plainFold(List<Step> steps) {
        Map<String, Trace> states = new HashMap<>();
        steps.forEach(step ->
                states.merge(step.key(), Trace.NONE.then(step), (before, _) -> before.then(step)));
        return states;
    }

    private static Map<String, Trace> all(Node node) {
        try (Pin now = node.timeline.pin()) {
            return Beyond.versioned(node.traces)
                    .selectAt(Condition.all(), now.revision().number())
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }

    /** Appends batches, while connections end at random moments. */
    private void flowCutOff(Node appending) {
        flow(appending, BATCHES, RealPostgres::endConnections);
    }

    /** Appends batches, and does something at random moments. */
    private void flow(Node appending, int batches, Runnable sometimes) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < batches; i++) {
            List<NewEvent<Step>> batch = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                Step step = new Step("k" + random.nextInt(KEYS), 20 * i + j);
                events.add(step);
                batch.add(NewEvent.of(step).withId("e" + step.value()));
            }
            Cuts.append(appending.log, batch);
            if (random.nextInt(6) == 0) {
                sometimes.run();
            }
        }
    }

    private void showsAll(Node node) {
        Waits.until(() -> Cuts.isGranted(() -> isThere(node)));
        assertThat(all(node)).as("seed " + SEED).isEqualTo(plainFold(events));
    }

    private static boolean isThere(Node node) {
        assertThat(node.traces.status()).isNotInstanceOf(ProjectionStatus.Failed.class);
        node.traces.atLeast(node.log.head(), SOON);
        return true;
    }

    private void flowsBetweenTwo(Duration lease) {
        try (Node first = nodes.node(lease).folding();
                Node second = nodes.node(lease)) {
            Waits.until(second::standsBy);
            flowCutOff(second);
            countsAll(first);
            countsAll(second);
        }
    }

    /** Shows all, and has counted each event once. */
    private void countsAll(Node node) {
        showsAll(node);
        for (String key : plainFold(events).keySet()) {
            long count = events.stream().filter(step -> step.key().equals(key)).count();
            assertThat(node.traces.read(key).version()).isEqualTo(count);
        }
    }

    @Test
    void lostConnectionsStopNobodyAndLoseAndDoubleNothing() {
        flowsBetweenTwo(LONG_LEASE);
    }

    @Test
    void lostConnectionsStopNobodyWhoseLeaseEndsMeanwhile() {
        flowsBetweenTwo(SHORT_LEASE);
    }

    /** Appends many events that nobody folds. */
    private void appendMany() {
        for (int i = 0; i < MANY; i++) {
            events.add(new Step("k" + i % KEYS, i));
        }
        try (Node appending = nodes.opened(1, traces -> traces)) {
            appending.log.appendAll(events);
        }
    }

    /** One that folds many events, whose connections end again and again meanwhile. */
    private Node cutOff(AtomicInteger cuts, Definition definition) {
        AtomicInteger folds = new AtomicInteger();
        return nodes.node(
                LONG_LEASE,
                _ -> {
                    if (folds.incrementAndGet() % 7_001 == 0) { // not in each batch of 4,096
                        RealPostgres.endConnections();
                        cuts.incrementAndGet();
                    }
                },
                definition);
    }

    private void foldsMany(Definition definition) {
        AtomicInteger cuts = new AtomicInteger();
        try (Node fresh = cutOff(cuts, definition)) {
            Waits.until(() -> cuts.get() >= MANY / 7_001);
            showsAll(fresh.folding());
        }
    }

    @Test
    void whoCatchesUpGoesOnWhateverIsLost() {
        appendMany();
        foldsMany(traces -> traces);
    }

    @Test
    void whoCatchesUpWithFewKeysInMemoryGoesOnWhateverIsLost() {
        appendMany();
        foldsMany(traces -> traces.keysInMemory(8));
    }

    @Test
    void whatIsBuiltBesideIsServedInTheEndWhateverIsLost() {
        appendMany();
        foldsMany(traces -> traces);
        foldsMany(traces -> traces.version(2).keysInMemory(8));
    }

    /** The server itself ends the connection over which the new epoch is put in place. */
    @Test
    void aRebuildIsServedAlsoWhenTheConnectionIsLostAsItIsPutInPlace() { // law P7
        try (Node alone = nodes.node(LONG_LEASE).folding()) {
            alone.traces.atLeast(alone.log.append(new Step("k", 1)), SOON);
            String before = alone.traces.read("k").epoch();
            alone.database.perform(session -> {
                session.update("CREATE SEQUENCE cuts");
                session.update(
                        "CREATE FUNCTION cut() RETURNS trigger AS $$ BEGIN IF nextval('cuts') <= 2"
                                + " THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;"
                                + " RETURN NEW; END $$ LANGUAGE plpgsql");
                session.update(
                        "CREATE TRIGGER cut BEFORE UPDATE ON projections FOR EACH ROW WHEN"
                                + " (NEW.served <> OLD.served) EXECUTE FUNCTION cut()");
            });
            alone.traces.rebuild().await(SOON);
            assertThat(alone.traces.read("k").epoch()).isNotEqualTo(before);
            alone.traces.atLeast(alone.log.append(new Step("k", 2)), SOON);
            assertThat(alone.traces.read("k").version()).isEqualTo(2);
        }
    }

    @Test
    void whoeverFoldsAloneWithFewKeysInMemoryGoesOnWhateverIsLost() {
        try (Node alone =
                nodes.node(LONG_LEASE, _ -> {}, traces -> traces.keysInMemory(8)).folding()) {
            flowCutOff(alone);
            showsAll(alone);
            assertThat(Beyond.keysInMemory(alone.traces)).isLessThanOrEqualTo(8);
        }
    }

    /** Loses the answer to one of so many commits; how many by now. */
    private static AtomicInteger loseAnswers(int oneOf, Proxy network) {
        SplittableRandom random = new SplittableRandom(SEED);
        AtomicInteger lost = new AtomicInteger();
        network.lose(answer -> {
            boolean isLost = answer.contains("COMMIT") && isZero(random, oneOf);
            lost.addAndGet(isLost ? 1 : 0);
            return isLost;
        });
        return lost;
    }

    private static synchronized boolean isZero(SplittableRandom random, int bound) {
        return random.nextInt(bound) == 0;
    }

    /** Has two share what folds, and hear nothing of a third of their commits. */
    private void flowsUnheard(Definition definition) throws IOException {
        try (Proxy network = new Proxy(RealPostgres.port())) {
            Nodes unheard = new Nodes(RealPostgres.of(directory, network));
            try (Node first = unheard.node(LONG_LEASE, _ -> {}, definition).folding();
                    Node second = unheard.node(LONG_LEASE, _ -> {}, definition)) {
                Waits.until(second::standsBy);
                AtomicInteger lost = loseAnswers(3, network);
                flow(second, 60, () -> {});
                assertThat(lost.get()).isGreaterThan(20);
                network.lose(_ -> false);
                countsAll(first);
                countsAll(second);
            }
        }
    }

    @Test
    void whatWasCommittedAndNotHeardOfCountsOnce() throws IOException {
        flowsUnheard(traces -> traces);
    }

    @Test
    void whatWasCommittedAndNotHeardOfCountsOnceWithFewKeysInMemory() throws IOException {
        flowsUnheard(traces -> traces.keysInMemory(8));
    }

    @Test
    void aRebuildIsServedAlsoWhenItsCommitsAreNotHeardOf() throws IOException { // law P7
        appendMany();
        try (Proxy network = new Proxy(RealPostgres.port());
                Node alone =
                        new Nodes(RealPostgres.of(directory, network)).node(LONG_LEASE).folding()) {
            showsAll(alone);
            String before = alone.traces.read("k1").epoch();
            AtomicInteger lost = loseAnswers(8, network);
            alone.traces.rebuild().await(SOON);
            assertThat(lost.get()).isPositive();
            network.lose(_ -> false);
            assertThat(alone.traces.read("k1").epoch()).isNotEqualTo(before);
            showsAll(alone);
        }
    }
}
