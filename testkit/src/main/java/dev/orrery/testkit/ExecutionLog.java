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
 * Which query bodies ran: so that a test can say what was computed, and what was not.
 *
 * <p>For one thread. Each expectation is about what ended since the last one, in the order in which
 * it ended: a body that calls another ends after it.
 */
public final class ExecutionLog implements AutoCloseable {
    private final Subscription<Delivery<QueryEvent>> events;

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

    /** What ran since the last expectation, or since this was asked last. */
    public List<String> ran() {
        List<String> bodies = new ArrayList<>();
        Optional<Delivery<QueryEvent>> next = events.next(Duration.ZERO);
        while (next.isPresent()) {
            bodies.add(label(next.get()));
            next = events.next(Duration.ZERO);
        }
        return bodies;
    }

    private static String label(Delivery<QueryEvent> delivery) {
        return switch (delivery) {
            case Delivery.Item<QueryEvent>(var _, QueryEvent.Computed computed) -> computed.label();
            case Delivery.Lagged<QueryEvent>(var from, var to) ->
                    throw new AssertionError(
                            "more ran than the log holds, after " + from + " up to " + to);
        };
    }

    @Override
    public void close() {
        events.close();
    }
}
