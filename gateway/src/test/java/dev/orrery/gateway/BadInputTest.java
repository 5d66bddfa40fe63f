package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.channel.Access;
import dev.orrery.channel.Channels;
import dev.orrery.core.OrreryException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever a client sends, it gets one line that says why, and the server goes on as if nothing had
 * been.
 */
// laws G5, G6
@Timeout(60)
class BadInputTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | closed 3501 bad request: not JSON, at byte ",
                "'' | closed 3501 bad request: a frame holds at least one command",
                "[] | closed 3501 bad request: a command is a JSON object",
                "{\"id\":\"x\"} | closed 3501 bad request: id is a whole number",
                "{\"id\":-1} | closed 3501 bad request: id is a number from 0 to 4294967295",
                "{\"id\":2,\"subscribe\":7} | closed 3501 bad request: subscribe is a JSON object",
                "{\"id\":2,\"subscribe\":{\"channel\":7}} | closed 3501 bad request: channel is"
                        + " text",
                "{\"subscribe\":{\"channel\":\"a\"}} | closed 3501 bad request: a command has an id"
                        + " above 0",
                "{\"id\":2,\"connect\":{}} | closed 3501 bad request: connect comes once",
                "{\"id\":2,\"levitate\":{}} |"
                        + " {\"id\":2,\"error\":{\"code\":104,\"message\":\"method not found\"}}",
                "{\"id\":2,\"rpc\":{\"method\":\"levitate\"}} | {\"id\":2,\"error\":{\"code\":104,",
                "{\"id\":2,\"presence\":{\"channel\":\"a\"}} | {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"presence\":7} | closed 3501 bad request: presence is a JSON object",
                "{\"id\":2,\"presence_stats\":{\"channel\":\"a\"}} |"
                        + " {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"history\":{\"channel\":\"a\"}} | {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"history\":{\"channel\":\"a\",\"since\":{}}} |"
                        + " {\"id\":2,\"error\":{\"code\":107,",
                "{\"id\":2,\"sub_refresh\":{\"channel\":\"a\"}} |"
                        + " {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"send\":{\"data\":1}} | {\"id\":2,\"error\":{\"code\":108,",
                "{\"id\":2,\"publish\":{\"channel\":\"a\"}} | {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"subscribe\":{\"channel\":\"nobody\"}} |"
                        + " {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"subscribe\":{\"channel\":\"\"}} | {\"id\":2,\"error\":{\"code\":102,",
                "{\"id\":2,\"unsubscribe\":{\"channel\":\"nobody\"}} |"
                        + " {\"id\":2,\"unsubscribe\":{}}",
            })
    void answersInOneLine(String frame, String answer) throws Exception { // W03, W06
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            client.send(frame);
            assertThat(client.next()).startsWith(answer);
            assertServes(served);
        }
    }

    @Test
    void commandBeforeConnectEndsTheConnection() throws Exception {
        try (Served served = new Served();
                JsonClient client = new JsonClient(served.webSocket())) {
            client.send("{\"id\":1,\"subscribe\":{\"channel\":\"a\"}}");
            assertThat(client.next())
                    .isEqualTo("closed 3501 bad request: the first command is connect");
        }
    }

    @Test
    void connectionThatNeverConnectsIsClosed() throws Exception {
        Limits hasty =
                Limits.DEFAULT.times(
                        Duration.ofSeconds(25),
                        Duration.ofSeconds(8),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(5));
        try (Served served = new Served(hasty);
                JsonClient client = new JsonClient(served.webSocket())) {
            assertThat(client.next()).startsWith("closed 3502 stale");
        }
    }

    @Test
    void frameOfTenMegabytesIsRefusedBeforeItIsTaken() throws Exception {
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            try {
                client.send("{\"id\":2,\"rpc\":{\"method\":\"" + "x".repeat(10 << 20) + "\"}}");
            } catch (CompletionException closedWhileSending) {
                assertThat(closedWhileSending).hasCauseInstanceOf(java.io.IOException.class);
            }
            assertThat(client.next()).matches("closed 1009 .*|failed .*");
            assertServes(served);
        }
    }

    @Test
    void subscribingTwiceIsAnErrorAndTheFirstGoesOn() throws Exception {
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            Served.Numbers numbers = new Served.Numbers("a", 10);
            served.channels.serve("numbers", numbers.feed());
            client.send("{\"id\":2,\"subscribe\":{\"channel\":\"numbers\"}}");
            client.next();
            client.send("{\"id\":3,\"subscribe\":{\"channel\":\"numbers\"}}");
            assertThat(client.next()).startsWith("{\"id\":3,\"error\":{\"code\":105,");
            numbers.publish(1);
            assertThat(client.next()).contains("\"offset\":1");
        }
    }

    @Test
    void channelNameTooLongIsRefused() throws Exception {
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            client.send(
                    "{\"id\":2,\"subscribe\":{\"channel\":\""
                            + "n".repeat(Channels.NAME_LIMIT + 1)
                            + "\"}}");
            assertThat(client.next())
                    .isEqualTo(
                            "{\"id\":2,\"error\":{\"code\":106,\"message\":\"limit exceeded: the"
                                    + " length of a channel name is limited to 255, asked for 256\"}}");
        }
    }

    @Test
    void binaryFrameOnATextConnectionEndsIt() throws Exception {
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            client.sendBinary(new byte[] {1, 2, 3});
            assertThat(client.next()).isEqualTo("closed 3501 bad request: frames are text here");
        }
    }

    @Test
    void nothingIsAllowedUntilAPolicySaysSo() throws Exception { // A01, A05
        try (Served served = new Served((who, action, what) -> Access.refused(), Limits.DEFAULT);
                JsonClient client = JsonClient.connected(served)) {
            served.channels.channel("secret", String.class).publish("hidden");
            served.rpc.method("launch", (who, data) -> "gone");
            client.send("{\"id\":2,\"subscribe\":{\"channel\":\"secret\"}}");
            assertThat(client.next()).startsWith("{\"id\":2,\"error\":{\"code\":103,");
            client.send("{\"id\":3,\"rpc\":{\"method\":\"launch\"}}");
            assertThat(client.next())
                    .startsWith("{\"id\":3,\"error\":{\"code\":103,")
                    .contains("call method launch");
        }
    }

    @Test
    void pageOfAnotherOriginMayNotConnect() { // law G7
        try (Served served = new Served();
                HttpClient http = HttpClient.newHttpClient()) {
            assertThatThrownBy(() ->
                            http.newWebSocketBuilder()
                                    .header("Origin", "https://evil.example")
                                    .buildAsync(
                                            served.webSocket(),
                                            new java.net.http.WebSocket.Listener() {})
                                    .join())
                    .hasMessageContaining("WebSocketHandshakeException");
        }
    }

    @Test
    void portInUseIsSaidWithItsNumberAndARemedy() {
        try (Served served = new Served()) {
            assertThatThrownBy(() ->
                            Gateway.configure(served.channels).port(served.gateway.port()).open())
                    .isInstanceOf(OrreryException.Unavailable.class)
                    .hasMessage(
                            "port "
                                    + served.gateway.port()
                                    + " on 127.0.0.1 is in use; stop the program that listens"
                                    + " there, or choose another port (0 takes a free one)");
        }
    }

    private static void assertServes(Served served) throws Exception {
        try (JsonClient another = JsonClient.connected(served)) {
            another.send("{\"id\":2,\"ping\":{}}");
            assertThat(another.next()).isEqualTo("{\"id\":2,\"ping\":{}}");
        }
    }
}
