package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Delivery;
import dev.orrery.core.Subscription;
import dev.orrery.query.Queries;
import dev.orrery.query.QueryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which query bodies ran, and which were spared: so that a test can say what was computed, and what
 * was not.
 *
 * <p>For one thread. Each expectation is about what ended since the last one of its kind, in the
 * order in which it ended: a body that calls another ends after it.
 */
public final class ExecutionLog implements AutoCloseable {
    private final Subscription<Delivery<QueryEvent>> events;
    private final List<String> ran = new ArrayList<>();
    private final List<String> spared = new ArrayList<>();

    private ExecutionLog(Subscription<Delivery<QueryEvent>> events) {
        this.events = events;
    }

    /** A log of what these queries run from here on. */
    public static ExecutionLog of(Queries queries) {
        return new ExecutionLog(queries.events().subscribe());
    }

    /** Exactly these bodies ran since the last expectation, written as {@code total(ann)}. */
    public void expect(String... bodies) {
        assertThat(ran()).as("bodies that ran").containsExactly(bodies);
    }

    /** No body ran since the last expectation. */
    public void expectNothing() {
        assertThat(ran()).as("bodies that ran").isEmpty();
    }

    /** Exactly these results were found to hold still without running their bodies. */
    public void expectSpared(String... results) {
        assertThat(spared()).as("results that were spared").containsExactly(results);
    }

    /** What ran since the last expectation, or since this was asked last. */
    public List<String> ran() {
        return take(ran);
    }

    /** What was spared since the last expectation of that, or since this was asked last. */
    public List<String> spared() {
        return take(spared);
    }

    private List<String> take(List<String> labels) {
        Optional<Delivery<QueryEvent>> next = events.next(Duration.ZERO);
        while (next.isPresent()) {
            note(next.get());
            next = events.next(Duration.ZERO);
        }
        List<String> taken = List.copyOf(labels);
        labels.clear();
        return taken;
    }

    private void note(Delivery<QueryEvent> delivery) {
        switch (delivery) {
            case Delivery.Item<QueryEvent>(var _, QueryEvent.Computed run) -> ran.add(run.label());
            case Delivery.Item<QueryEvent>(var _, QueryEvent.Spared result) ->
                    spared.add(result.label());
            case Delivery.Item<QueryEvent> _ -> {}
            case Delivery.Lagged<QueryEvent>(var from, var to) ->
                    throw new AssertionError(
                            "more happened than the log holds, after " + from + " up to " + to);
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
