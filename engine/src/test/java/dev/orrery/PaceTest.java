package dev.orrery;

import static dev.orrery.core.Column.integer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Message;
import dev.orrery.channel.Principal;
import dev.orrery.query.Input;
import dev.orrery.view.Aggregate;
import dev.orrery.view.Select;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often a client is told of what is served, however often it changes. */
@Timeout(30)
class PaceTest { // law E8
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long LAST = 500;

    record City(long people) {}

    private final Orrery orrery = Orrery.configure().access((_, _, _) -> Access.allowed()).open();
    private final Input<String, City> cities = orrery.input("cities", String.class, City.class);

    @BeforeEach
    void serve() {
        cities.set("ca", new City(0));
        Select all = Select.from(cities).columns("people").orderBy(integer("people").ascending());
        orrery.serve("cities", orrery.view(all));
        orrery.serve("people", orrery.value(all, Aggregate.sum(integer("people"))));
        orrery.query("people-of", String.class, Long.class, key -> cities.require(key).people());
    }

    @AfterEach
    void close() {
        orrery.close();
    }

    @Test
    void aViewIsToldAtMostSixtyTimesASecondAndMissesNothing() {
        isPaced("view:cities", change -> change.toString().contains("people=" + LAST));
    }

    @Test
    void aValueIsToldAtMostSixtyTimesASecondAndItsNewestLast() {
        isPaced("value:people", change -> change.equals(LAST));
    }

    @Test
    void theAnswerOfAQueryIsToldAtMostSixtyTimesASecondAndItsNewestLast() {
        isPaced("query:people-of:ca", change -> change.equals(LAST));
    }

    private void isPaced(String channel, Predicate<Object> isLast) {
        try (Connection client = orrery.channels().connect(Principal.ANONYMOUS);
                Attachment followed = client.attach(channel)) {
            long began = System.nanoTime();
            Thread.ofVirtual().start(this::grow);
            long told = 1;
            while (!isLast.test(((Message.Entry) followed.next(SOON).orElseThrow()).value())) {
                told++;
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            assertThat(told).isLessThanOrEqualTo((long) (seconds * 60) + 1);
        }
    }

    /** Far more often than it is told, and not so often that a reader of its pace would lag. */
    private void grow() {
        for (long people = 1; people <= LAST; people++) {
            cities.set("ca", new City(people));
            LockSupport.parkNanos(1_000_000);
        }
    }
}
