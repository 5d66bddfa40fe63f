package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.CommitRecord;
import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.core.Update;
import dev.orrery.query.Input;
import dev.orrery.view.Aggregate;
import dev.orrery.view.Select;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A record's bytes and its way to the socket, over a real one. */
class OutgoingTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void whatASessionHandsToItsSocketIsInTheRecord() throws InterruptedException {
        try (Orrery orrery = Orrery.configure().access((_, _, _) -> Access.allowed()).open()) {
            Input<String, Long> numbers = orrery.input("numbers", String.class, Long.class);
            orrery.serve("count", orrery.value(Select.from(numbers), Aggregate.count()));
            try (Gateway gateway =
                            Gateway.configure(orrery.channels())
                                    .outgoing(orrery.outgoing())
                                    .open();
                    JsonClient client =
                            new JsonClient(
                                    URI.create(
                                            "ws://127.0.0.1:"
                                                    + gateway.port()
                                                    + "/connection/websocket"));
                    var records = orrery.commitRecords().subscribe()) {
                records.next(LIMIT);
                client.send("{\"id\":1,\"connect\":{}}");
                client.next();
                client.send("{\"id\":2,\"subscribe\":{\"channel\":\"value:count\"}}");
                client.next();
                numbers.set("a", 1L);
                String push = client.next();
                CommitRecord record =
                        ((Update.Delta<CommitRecord.Recent, CommitRecord>)
                                        records.next(LIMIT).orElseThrow())
                                .change();
                assertThat(record.bytes()).isBetween((long) push.length(), push.length() + 1L);
                assertThat(record.stages().socket()).isPositive();
                assertThat(record.patches()).isEqualTo(1);
            }
        }
    }
}
