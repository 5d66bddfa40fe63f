package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleQuery;
import org.junit.jupiter.api.Test;

/** The execution log tells exactly what ran. */
class ExecutionLogTest {
    @Test
    void itTellsWhatRanAndWhatDidNot() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        try (Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
                ExecutionLog executions = ExecutionLog.of(queries)) {
            Input<String, Long> price = queries.input("price", String.class, Long.class);
            Query<String, Long> gross =
                    queries.query(
                            "gross", String.class, Long.class, key -> price.require(key) * 12 / 10);
            SingleQuery<Long> all =
                    queries.query("all", Long.class, () -> gross.of("tea") + gross.of("salt"));
            timeline.commit(() -> {
                price.set("tea", 10L);
                price.set("salt", 5L);
            });
            all.now();
            executions.expect("gross(tea)", "gross(salt)", "all");
            price.set("pepper", 20L);
            all.now();
            executions.expectNothing();
            price.set("salt", 10L);
            all.now();
            executions.expect("gross(salt)", "all");
            executions.expectSpared();
            timeline.commit(() -> {
                price.set("tea", 11L);
                price.set("salt", 11L);
            });
            price.set("tea", 10L);
            price.set("salt", 10L);
            assertThat(all.now()).isEqualTo(24);
            executions.expect("gross(tea)", "gross(salt)");
            executions.expectSpared("all");
            assertThatThrownBy(() -> executions.expect("all")).isInstanceOf(AssertionError.class);
        }
    }
}
