package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionEndTest {
    private final Timeline timeline = Timeline.startingAt("e", new Revision(0));
    private final List<String> ends = new ArrayList<>();

    @Test
    void endsAreToldOfASuccessOutsideTheTransaction() {
        timeline.transact(
                "test",
                outer ->
                        timeline.transact(
                                "joined",
                                tx ->
                                        tx.whenEnded(committed ->
                                                ends.add(committed + " " + Tracking.scope()))));

        assertThat(ends).containsExactly("true null");
    }

    @Test
    void endsAreToldOfWorkThatThrewAndOfPersistenceThatThrew() {
        assertThatThrownBy(() ->
                        timeline.transact(
                                "test",
                                tx -> {
                                    tx.whenEnded(committed -> ends.add("work " + committed));
                                    throw new IllegalStateException("work");
                                }))
                .hasMessage("work");
        assertThatThrownBy(() ->
                        timeline.transact(
                                "test",
                                tx -> {
                                    tx.whenEnded(committed -> ends.add("persistence " + committed));
                                    tx.persist(
                                            "store",
                                            () -> {
                                                throw new IllegalStateException("persistence");
                                            });
                                }))
                .hasMessage("persistence");

        assertThat(ends).containsExactly("work false", "persistence false");
    }

    @Test
    void anEndThatThrowsCostsOnlyItself() {
        timeline.transact(
                "test",
                tx -> {
                    tx.whenEnded(committed -> {
                        throw new IllegalStateException("meant to be logged");
                    });
                    tx.whenEnded(committed -> ends.add("told"));
                });

        assertThat(ends).containsExactly("told");
    }
}
