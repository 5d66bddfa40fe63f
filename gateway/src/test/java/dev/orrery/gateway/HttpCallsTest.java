package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The methods by HTTP. Laws G16 and G17. */
@Timeout(60)
class HttpCallsTest {
    private static final AccessPolicy POLICY =
            (who, _, what) ->
                    Access.allowedIf(
                            who.name().equals("ann")
                                    && !what.equals(new Resource.OfMethod("launch")));

    private final Served served = new Served(POLICY, Limits.DEFAULT, Tokens.verifier());
    private final HttpClient http = HttpClient.newHttpClient();

    HttpCallsTest() {
        served.rpc.method(
                "double", (_, data) -> Map.of("twice", 2 * (Long) ((Map<?, ?>) data).get("n")));
        served.rpc.method("nothing", (_, data) -> data);
        served.rpc.method("launch", (_, _) -> "gone");
        served.rpc.method("broken", (_, _) -> List.of().getFirst());
        served.rpc.method(
                "airport",
                (_, data) -> {
                    throw new OrreryException.Missing("airports", data);
                });
    }

    @AfterEach
    void close() {
        http.shutdownNow();
        served.close();
    }

    private String post(String user, String path, String body) throws Exception {
        return send(
                HttpRequest.newBuilder(served.http(path))
                        .header("Authorization", "Bearer " + Tokens.of(user, Duration.ofHours(1)))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    private String send(HttpRequest request) throws Exception {
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body().strip();
    }

    @Test
    void aMethodAnswersAndErrorsAreAStatusAndALine() throws Exception {
        assertThat(post("ann", "/rpc/double", "{\"n\":21}")).isEqualTo("200 {\"twice\":42}");
        assertThat(post("ann", "/rpc/nothing", "")).isEqualTo("200 null");
        assertThat(post("ann", "/rpc/airport", "\"XXX\""))
                .isEqualTo("404 nothing under XXX in airports");
        assertThat(post("ann", "/rpc/levitate", "1")).isEqualTo("404 there is no method levitate");
        assertThat(post("ann", "/rpc/double", "{")).startsWith("400 not JSON, at byte ");
        assertThat(post("ann", "/rpc/double", "{} {}")).isEqualTo("400 more than 1 JSON value");
        assertThat(post("ann", "/rpc/broken", "1"))
                .isEqualTo("500 the method failed; see the server's log");
        assertThat(post("ann", "/rpc/double", " ".repeat(70_000)))
                .isEqualTo("413 a body has at most 65536 bytes");
    }

    @Test
    void onlyWhoMayCallsIt() throws Exception {
        assertThat(post("ann", "/rpc/launch", ""))
                .isEqualTo("403 not allowed to call method launch");
        assertThat(post("eve", "/rpc/double", "{\"n\":1}"))
                .isEqualTo("403 not allowed to call method double");
        assertThat(
                        send(
                                HttpRequest.newBuilder(served.http("/rpc/double"))
                                        .POST(HttpRequest.BodyPublishers.noBody())
                                        .build()))
                .startsWith("401 the token: there is none");
        assertThat(send(HttpRequest.newBuilder(served.http("/rpc/double")).build()))
                .startsWith("404 ");
        assertThat(served.channels.connections()).isZero();
    }

    @Test
    void theDescriptionNamesWhatTheCallerMayCallAndNothingElse() throws Exception {
        assertThat(describe("ann"))
                .startsWith("200 {\"openapi\":\"3.1.0\"")
                .contains("\"/rpc/double\":{\"post\":{\"operationId\":\"double\"")
                .doesNotContain("launch");
        assertThat(describe("eve")).contains("\"paths\":{}");
    }

    private String describe(String user) throws Exception {
        return send(
                HttpRequest.newBuilder(served.http("/openapi.json"))
                        .header("Authorization", "Bearer " + Tokens.of(user, Duration.ofHours(1)))
                        .build());
    }
}
