package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Individual;
import dev.orrery.channel.Resource;
import dev.orrery.core.Broadcast;
import dev.orrery.core.Bytes;
import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.Row;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JSON form, as a page speaks it, down to the characters. */
@Timeout(60)
class JsonFormTest {
    /** A family to be written. */
    sealed interface Shape {
        record Circle(double radius, Optional<String> name) implements Shape {}
    }

    @Test
    void subscriptionBeginsWithTheWholeAndGoesOnWithPushes() throws Exception { // W01, W02
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            Served.Numbers numbers = new Served.Numbers("a", 100);
            numbers.publish(2);
            served.channels.serve("numbers", numbers.feed());
            client.send("{\"id\":2,\"subscribe\":{\"channel\":\"numbers\"}}");
            assertThat(client.next())
                    .isEqualTo(
                            "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,"
                                    + "\"epoch\":\"a\",\"offset\":2,\"data\":[0,2]}}");
            numbers.publish(1);
            assertThat(client.next())
                    .isEqualTo(
                            "{\"push\":{\"channel\":\"numbers\",\"pub\":{\"data\":3,\"offset\":3}}}");
        }
    }

    // law G12
    @Test
    void answerLargerThanAnyFrameOfAClientArrivesWhole() throws Exception {
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            String large = "x".repeat(3 * Limits.DEFAULT.frameBytes());
            served.rpc.method("large", (_, _) -> large);
            client.send("{\"id\":2,\"rpc\":{\"method\":\"large\"}}");
            assertThat(client.next()).isEqualTo("{\"id\":2,\"rpc\":{\"data\":\"" + large + "\"}}");
        }
    }

    @Test
    void aFollowerOfPartOfAChannelChangesItsOwnPart() throws Exception { // law G13
        try (Served served = new Served();
                JsonClient one = JsonClient.connected(served);
                JsonClient other = JsonClient.connected(served)) {
            served.channels.serveIndividually("parts", new Resource.OfView("parts"), Echo::new);
            one.send("{\"id\":2,\"subscribe\":{\"channel\":\"parts\",\"data\":{\"first\":1}}}");
            assertThat(one.next()).endsWith("\"data\":{\"first\":1}}}");
            other.send("{\"id\":2,\"subscribe\":{\"channel\":\"parts\"}}");
            assertThat(other.next()).endsWith("\"data\":\"all\"}}");

            one.send(
                    "{\"id\":3,\"rpc\":{\"method\":\"channel.change\","
                            + "\"data\":{\"channel\":\"parts\",\"part\":{\"first\":2}}}}");
            assertThat(List.of(one.next(), one.next()))
                    .containsExactlyInAnyOrder(
                            "{\"id\":3,\"rpc\":{\"data\":{}}}",
                            "{\"push\":{\"channel\":\"parts\",\"pub\":{\"data\":{\"first\":2},\"offset\":1}}}");
            one.send(
                    "{\"id\":4,\"rpc\":{\"method\":\"channel.change\",\"data\":{\"channel\":\"other\"}}}");
            assertThat(one.next()).contains("\"code\":404");
            other.send("{\"id\":5,\"ping\":{}}");
            assertThat(other.next()).contains("\"ping\"");
        }
    }

    /** A part that tells what it was asked for. */
    private static final class Echo implements Individual.Part {
        private final Broadcast<Object> changes = new Broadcast<>("echo", 10);
        private final Object whole;

        Echo(@Nullable Object asked) {
            whole = asked == null ? "all" : asked;
        }

        @Override
        public Feed<?> feed() {
            return new StateFeed<>(changes, () -> new Update.Whole<>(changes.head(), whole));
        }

        @Override
        public void change(@Nullable Object asked) {
            changes.publish(Objects.requireNonNull(asked));
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @Test
    void placeIsContinuedByExactlyWhatWasMissed() throws Exception { // X06
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            Served.Numbers numbers = new Served.Numbers("a", 100);
            numbers.publish(5);
            served.channels.serve("numbers", numbers.feed());
            client.send(
                    "{\"id\":2,\"subscribe\":{\"channel\":\"numbers\",\"recover\":true,\"epoch\":\"a\",\"offset\":3}}");
            assertThat(client.next())
                    .isEqualTo(
                            "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,"
                                    + "\"epoch\":\"a\",\"offset\":5,\"was_recovering\":true,\"recovered\":true,"
                                    + "\"publications\":[{\"data\":4,\"offset\":4},{\"data\":5,\"offset\":5}]}}");
        }
    }

    @Test
    void placeOfAnotherLifeOrNotYetReachedIsAnsweredByTheWhole() throws Exception {
        try (Served served = new Served()) {
            Served.Numbers numbers = new Served.Numbers("b", 100);
            numbers.publish(5);
            served.channels.serve("numbers", numbers.feed());
            for (String place :
                    List.of(
                            "\"epoch\":\"a\",\"offset\":3",
                            "\"epoch\":\"b\",\"offset\":6",
                            "\"epoch\":\"\",\"offset\":0",
                            "\"epoch\":\"b\",\"offset\":-1")) {
                try (JsonClient client = JsonClient.connected(served)) {
                    client.send(
                            "{\"id\":2,\"subscribe\":{\"channel\":\"numbers\",\"recover\":true,"
                                    + place
                                    + "}}");
                    assertThat(client.next())
                            .as(place)
                            .contains("\"was_recovering\":true,\"data\":[0,5]");
                }
            }
        }
    }

    @Test
    void messageChannelBeginsAtItsHeadAndRecoversFromHistory() throws Exception {
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            var talk = served.channels.channel("talk", String.class);
            talk.publish("before");
            client.send("{\"id\":2,\"subscribe\":{\"channel\":\"talk\"}}");
            assertThat(client.next()).contains("\"offset\":1}}").doesNotContain("data");
            talk.publish("after");
            assertThat(client.next()).contains("\"pub\":{\"data\":\"after\",\"offset\":2}");
            client.send("{\"id\":3,\"unsubscribe\":{\"channel\":\"talk\"}}");
            assertThat(client.next()).isEqualTo("{\"id\":3,\"unsubscribe\":{}}");
            client.send(
                    "{\"id\":4,\"subscribe\":{\"channel\":\"talk\",\"recover\":true,\"epoch\":\"epoch1\",\"offset\":1}}");
            assertThat(client.next())
                    .contains("\"publications\":[{\"data\":\"after\",\"offset\":2}]");
        }
    }

    @Test
    void serverAsksForSignsOfLifeAndClosesOnSilence() throws Exception { // W08
        try (Served served = new Served(Served.quick());
                JsonClient client = JsonClient.connected(served)) {
            assertThat(client.next()).isEqualTo("{}");
            client.send("{}");
            assertThat(client.next()).isEqualTo("{}");
            assertThat(client.next()).isEqualTo("closed 3012 no pong: no answer to a ping");
        }
    }

    // law G4
    @Test
    void severalCommandsInOneFrameAreAnsweredInOrder() throws Exception { // W04
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            served.rpc.method("echo", (who, data) -> data);
            client.send(
                    """
                    {"id":2,"rpc":{"method":"echo","data":1}}
                    {"id":3,"ping":{}}
                    {"id":4,"rpc":{"method":"echo","data":{"a":[null,true]}}}\
                    """);
            assertThat(client.next()).isEqualTo("{\"id\":2,\"rpc\":{\"data\":1}}");
            assertThat(client.next()).isEqualTo("{\"id\":3,\"ping\":{}}");
            assertThat(client.next())
                    .isEqualTo("{\"id\":4,\"rpc\":{\"data\":{\"a\":[null,true]}}}");
        }
    }

    @Test
    void everyValueHasItsJson() {
        Json json = new Json();
        assertThat(json.write(9_007_199_254_740_991L)).isEqualTo("9007199254740991");
        assertThat(json.write(9_007_199_254_740_992L)).isEqualTo("\"9007199254740992\"");
        assertThat(json.write(Long.MIN_VALUE)).isEqualTo("\"-9223372036854775808\"");
        assertThat(json.write(new BigDecimal("1.10"))).isEqualTo("\"1.10\"");
        assertThat(json.write(Double.NaN)).isEqualTo("null");
        assertThat(json.write(Bytes.of(new byte[] {1, 2}))).isEqualTo("\"AQI=\"");
        assertThat(json.write(LocalDate.of(2001, 1, 31))).isEqualTo("\"2001-01-31\"");
        assertThat(json.write(Row.of("iata", "SFO", "delay", 3L)))
                .isEqualTo("{\"iata\":\"SFO\",\"delay\":3}");
        assertThat(json.write(Map.of("key", Key.of("SFO", 5L)))).isEqualTo("{\"key\":\"SFO/#5\"}");
        assertThat(json.write(new Shape.Circle(1.5, Optional.empty())))
                .isEqualTo("{\"Circle\":{\"radius\":1.5,\"name\":null}}");
    }
}
