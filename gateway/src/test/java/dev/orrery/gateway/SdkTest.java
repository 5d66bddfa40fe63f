package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import io.github.centrifugal.centrifuge.ReplyError;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The published protocol, as the official Java SDK speaks it over a real socket. */
@Timeout(60)
class SdkTest {
    @Test
    void subscriberGetsTheWholeAndThenEveryChangeWithItsOffset() throws Exception {
        try (Served served = new Served();
                SdkClient client = new SdkClient(served.gateway.port())) {
            Served.Numbers numbers = new Served.Numbers("a", 100);
            numbers.publish(7);
            served.channels.serve("numbers", numbers.feed());
            client.await("connected");
            client.subscribe("numbers");
            assertThat(client.await("fresh")).isEqualTo(new SdkClient.Told("fresh", 0, "[0,7]"));
            numbers.publish(3);
            assertThat(client.publications(3))
                    .containsExactly(
                            new SdkClient.Told("publication", 8, "8"),
                            new SdkClient.Told("publication", 9, "9"),
                            new SdkClient.Told("publication", 10, "10"));
        }
    }

    @Test
    void clientThatLostItsConnectionGetsExactlyTheFiveHundredItMissed() throws Exception {
        try (Served served = new Served();
                Proxy network = new Proxy(served.gateway.port());
                SdkClient client = new SdkClient(network.port())) {
            Served.Numbers numbers = new Served.Numbers("a", 1_000);
            served.channels.serve("numbers", numbers.feed());
            client.subscribe("numbers");
            client.await("fresh");
            numbers.publish(1);
            client.publications(1);
            network.cut();
            client.await("connecting");
            numbers.publish(500);
            network.mend();
            client.await("recovered");
            assertThat(client.publications(500))
                    .extracting(SdkClient.Told::number)
                    .containsExactlyElementsOf(LongStream.rangeClosed(2, 501).boxed().toList());
            numbers.publish(1);
            assertThat(client.publications(1).getFirst().number()).isEqualTo(502);
        }
    }

    @Test
    void placeThatHistoryNoLongerHoldsIsAnsweredByTheWhole() throws Exception {
        try (Served served = new Served();
                Proxy network = new Proxy(served.gateway.port());
                SdkClient client = new SdkClient(network.port())) {
            Served.Numbers numbers = new Served.Numbers("a", 10);
            served.channels.serve("numbers", numbers.feed());
            client.subscribe("numbers");
            client.await("fresh");
            network.cut();
            client.await("connecting");
            numbers.publish(500);
            network.mend();
            assertThat(client.await("reset")).isEqualTo(new SdkClient.Told("reset", 0, "[0,500]"));
        }
    }

    @Test
    void callsAnswerAndErrorsSayWhatIsWrong() throws Exception {
        try (Served served = new Served();
                SdkClient client = new SdkClient(served.gateway.port())) {
            served.rpc.method(
                    "double",
                    (who, data) -> Map.of("twice", 2 * (Long) ((Map<?, ?>) data).get("n")));
            served.rpc.method(
                    "airport",
                    (who, data) -> {
                        throw new OrreryException.Missing("airports", data);
                    });
            served.rpc.method("broken", (who, data) -> List.of().getFirst());
            assertThat(client.call("double", "{\"n\":21}").get()).isEqualTo("{\"twice\":42}");
            assertError(client, "airport", "\"XXX\"", 404, "nothing under XXX in airports");
            assertError(client, "levitate", "1", 104, "method not found");
            assertError(client, "double", "{", 107, "the data of a call is JSON");
            assertError(client, "broken", "1", 100, "see the server's log");
        }
    }

    private static void assertError(
            SdkClient client, String method, String data, int code, String message) {
        assertThatThrownBy(() -> client.call(method, data).get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ReplyError.class, error -> assertThat(error.getCode()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
