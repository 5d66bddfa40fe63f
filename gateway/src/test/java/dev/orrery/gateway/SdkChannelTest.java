package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.channel.Channel;
import dev.orrery.testkit.Proxy;
import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.HistoryResult;
import io.github.centrifugal.centrifuge.PresenceResult;
import io.github.centrifugal.centrifuge.PresenceStatsResult;
import io.github.centrifugal.centrifuge.PublishResult;
import io.github.centrifugal.centrifuge.ReplyError;
import io.github.centrifugal.centrifuge.StreamPosition;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionOptions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** History, presence and messages of clients, as the official Java SDK does them. Laws G1, G9. */
@Timeout(60)
class SdkChannelTest {
    private static SdkClient client(int port, String user) {
        return SdkClient.with(port, () -> Tokens.of(user, Duration.ofHours(1)));
    }

    private static Served served() {
        return new Served(Served.EVERYBODY, Limits.DEFAULT, Tokens.verifier());
    }

    private static String ask(Subscription subscription, HistoryOptions options) throws Exception {
        HistoryResult result =
                SdkClient.answer(callback -> subscription.history(options, callback));
        StringBuilder read = new StringBuilder(result.getEpoch() + ":" + result.getOffset());
        result.getPublications()
                .forEach(each ->
                        read.append(' ')
                                .append(each.getOffset())
                                .append('=')
                                .append(new String(each.getData(), UTF_8)));
        return read.toString();
    }

    @Test
    void historyIsReadFromAPlaceInBothDirections() throws Exception {
        try (Served served = served();
                SdkClient client = client(served.gateway.port(), "ann")) {
            Channel<Long> talk = served.channels.define("talk", Long.class).history(5).create();
            LongStream.rangeClosed(1, 9).forEach(talk::publish);
            Subscription subscription = client.subscribe("talk");
            client.await("fresh");
            StreamPosition six = new StreamPosition(6, "epoch1");
            assertThat(ask(subscription, new HistoryOptions.Builder().build()))
                    .isEqualTo("epoch1:9");
            assertThat(ask(subscription, new HistoryOptions.Builder().withLimit(-1).build()))
                    .isEqualTo("epoch1:9 5=5 6=6 7=7 8=8 9=9");
            assertThat(
                            ask(
                                    subscription,
                                    new HistoryOptions.Builder()
                                            .withLimit(2)
                                            .withSince(six)
                                            .build()))
                    .isEqualTo("epoch1:9 7=7 8=8");
            assertThat(
                            ask(
                                    subscription,
                                    new HistoryOptions.Builder()
                                            .withLimit(3)
                                            .withReverse(true)
                                            .build()))
                    .isEqualTo("epoch1:9 9=9 8=8 7=7");
            assertError(
                    112,
                    () ->
                            ask(
                                    subscription,
                                    new HistoryOptions.Builder()
                                            .withLimit(2)
                                            .withSince(new StreamPosition(2, "epoch1"))
                                            .build()));
        }
    }

    @FunctionalInterface
    private interface Question {
        Object ask() throws Exception;
    }

    private static void assertError(int code, Question question) {
        assertThatThrownBy(question::ask)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ReplyError.class, error -> assertThat(error.getCode()).isEqualTo(code));
    }

    @Test
    void joinsAndLeavesAreToldByUserAndPresenceListsConnections()
            throws Exception { // Q02, Q03, Q05
        try (Served served = served();
                SdkClient ann = client(served.gateway.port(), "ann")) {
            served.channels.define("room", String.class).presence().create();
            SubscriptionOptions withPresence = new SubscriptionOptions();
            withPresence.setJoinLeave(true);
            Subscription room = ann.subscribe("room", withPresence);
            assertThat(ann.await("fresh").text())
                    .as("the roster comes with the acknowledgement")
                    .contains("{\"present\":[{\"user\":\"ann\",\"info\":{\"name\":\"I am ann\"}");
            try (SdkClient bob = client(served.gateway.port(), "bob");
                    SdkClient again = client(served.gateway.port(), "bob")) {
                bob.subscribe("room");
                again.subscribe("room");
                assertThat(bob.await("fresh").text()).as("bob did not ask").isEmpty();
                again.await("fresh");
                assertThat(ann.await("join").text()).isEqualTo("bob {\"name\":\"I am bob\"}");
                PresenceResult present = SdkClient.answer(room::presence);
                assertThat(present.getClients().values())
                        .extracting(SdkClient::shown)
                        .containsExactlyInAnyOrder(
                                "ann {\"name\":\"I am ann\"}",
                                "bob {\"name\":\"I am bob\"}",
                                "bob {\"name\":\"I am bob\"}");
                PresenceStatsResult count = SdkClient.answer(room::presenceStats);
                assertThat(count.getNumClients() + "/" + count.getNumUsers()).isEqualTo("3/2");
            }
            assertThat(ann.await("leave").text()).isEqualTo("bob {\"name\":\"I am bob\"}");
            assertThat(ann.told).as("one join and one leave, for two tabs").isEmpty();
        }
    }

    @Test
    void whatAClientPublishesComesToTheOthersWithItsSender() throws Exception { // C05, C06
        try (Served served = served();
                SdkClient alice = client(served.gateway.port(), "alice");
                SdkClient bob = client(served.gateway.port(), "bob")) {
            Channel<String> chat =
                    served.channels.define("chat", String.class).clientMessages(40, 2).create();
            served.channels.channel("news", String.class);
            Subscription sending = alice.subscribe("chat");
            Subscription news = alice.subscribe("news");
            alice.await("fresh");
            alice.await("fresh");
            bob.subscribe("chat");
            bob.await("fresh");
            publish(sending, "{\"typing\":\"alice\"}");
            assertThat(bob.await("from alice {\"name\":\"I am alice\"}"))
                    .extracting(SdkClient.Told::number, SdkClient.Told::text)
                    .containsExactly(1L, "{\"typing\":\"alice\"}");
            chat.publish("from the server");
            assertThat(alice.publications(1))
                    .as("the sender does not get its own")
                    .containsExactly(new SdkClient.Told("publication", 2, "\"from the server\""));
            assertError(106, () -> publish(sending, "\"" + "x".repeat(40) + "\""));
            assertError(108, () -> publish(news, "1"));
            assertError(
                    111,
                    () -> {
                        while (true) {
                            publish(sending, "1");
                        }
                    });
        }
    }

    private static PublishResult publish(Subscription subscription, String data) throws Exception {
        return SdkClient.answer(callback -> subscription.publish(data.getBytes(UTF_8), callback));
    }

    @Test
    void messagesOfClientsAreRecoveredWithTheirSender() throws Exception { // G1
        try (Served served = served();
                Proxy network = new Proxy(served.gateway.port());
                SdkClient alice = client(served.gateway.port(), "alice");
                SdkClient bob = client(network.port(), "bob")) {
            served.channels.define("chat", String.class).clientMessages(100, 100).create();
            Subscription sending = alice.subscribe("chat");
            alice.await("fresh");
            bob.subscribe("chat");
            bob.await("fresh");
            network.cut();
            bob.await("connecting");
            publish(sending, "\"while you were away\"");
            network.mend();
            bob.await("recovered");
            assertThat(bob.await("from alice {\"name\":\"I am alice\"}").text())
                    .isEqualTo("\"while you were away\"");
        }
    }
}
