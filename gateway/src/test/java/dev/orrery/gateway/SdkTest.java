package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.testkit.Proxy;
import io.github.centrifugal.centrifuge.ReplyError;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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

    /** A state whose followers can be cut off, as when what they follow cannot be read. */
    private static final class Interruptible implements Feed<Update<List<Long>, Long>> {
        private final Feed<Update<List<Long>, Long>> feed;
        private final List<Subscription<?>> followers = new CopyOnWriteArrayList<>();

        Interruptible(Feed<Update<List<Long>, Long>> feed) {
            this.feed = feed;
        }

        private <T> Subscription<T> followed(Subscription<T> follower) {
            followers.add(follower);
            return follower;
        }

        void interrupt() {
            followers.forEach(Subscription::close);
        }

        @Override
        public Subscription<Update<List<Long>, Long>> subscribe() {
            return followed(feed.subscribe());
        }

        @Override
        public Subscription<Update<List<Long>, Long>> subscribe(Cursor after) {
            return followed(feed.subscribe(after));
        }

        @Override
        public Cursor head() {
            return feed.head();
        }

        @Override
        public Cursor cursor(String text) {
            return feed.cursor(text);
        }
    }

    @Test
    void clientWhoseChannelIsInterruptedComesBackByItselfToWhatItMissed() throws Exception { // G19
        try (Served served = new Served();
                SdkClient client = new SdkClient(served.gateway.port())) {
            Served.Numbers numbers = new Served.Numbers("a", 100);
            Interruptible feed = new Interruptible(numbers.feed());
            served.channels.serve("numbers", feed);
            client.subscribe("numbers");
            client.await("fresh");
            numbers.publish(1);
            client.publications(1);
            for (int times = 0; times < 3; times++) {
                feed.interrupt();
                numbers.publish(2);
                SdkClient.Told told = client.await("subscribing");
                assertThat(told.number()).isEqualTo(2502);
                assertThat(told.text()).startsWith("interrupted");
                client.await("recovered");
                assertThat(client.publications(2))
                        .extracting(SdkClient.Told::number)
                        .containsExactly(2L + 2 * times, 3L + 2 * times);
            }
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
