package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Channel;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions and subscriptions that end unless a newer token is brought. Law G14. */
@Timeout(60)
class TokenTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Limits HASTY = Limits.DEFAULT.renewWithin(Duration.ofMillis(200));

    private static Served served(Limits limits) {
        return new Served(Served.EVERYBODY, limits, Tokens.verifier());
    }

    private static JsonClient client(Served served, String token) {
        JsonClient client = new JsonClient(served.webSocket());
        client.send("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}");
        return client;
    }

    @Test
    void withoutAGoodTokenThereIsNoSession() throws Exception { // A01, A02
        try (Served served = served(Limits.DEFAULT);
                JsonClient none = client(served, "");
                JsonClient bad = client(served, "deadbeef");
                JsonClient old = client(served, Tokens.of("ann", Duration.ofSeconds(-10)))) {
            assertThat(none.next()).startsWith("closed 3500 invalid token: there is none");
            assertThat(bad.next()).startsWith("closed 3500 invalid token: it is no web token");
            assertThat(old.next()).isEqualTo(error(1, 109, "token expired"));
            old.send("{\"id\":2,\"connect\":{\"token\":\"" + Tokens.of("ann", LONG) + "\"}}");
            assertThat(old.next()).contains("\"connect\"", "\"expires\":true,\"ttl\":3600");
        }
    }

    private static String error(int id, int code, String message) {
        return "{\"id\":%d,\"error\":{\"code\":%d,\"message\":\"%s\"}}"
                .formatted(id, code, message);
    }

    @Test
    void aSessionGoesOnWithANewerTokenOfTheSameUserOnly() throws Exception { // A12, A03
        try (Served served = served(HASTY);
                JsonClient client = client(served, Tokens.of("ann", SHORT))) {
            assertThat(client.next()).contains("\"expires\":true,\"ttl\":");
            client.send(refresh(2, Tokens.of("ann", Duration.ofSeconds(-10))));
            assertThat(client.next()).isEqualTo(error(2, 109, "token expired"));
            client.send(refresh(3, Tokens.of("ann", LONG)));
            assertThat(client.next())
                    .startsWith("{\"id\":3,\"refresh\":{\"client\":")
                    .contains("\"expires\":true,\"ttl\":3600");
            client.send(refresh(4, Tokens.of("eve", LONG)));
            assertThat(client.next()).startsWith("closed 3500 invalid token: it is another's");
        }
    }

    private static String refresh(int id, String token) {
        return "{\"id\":" + id + ",\"refresh\":{\"token\":\"" + token + "\"}}";
    }

    @Test
    void aSessionWhoseTokenExpiredEnds() throws Exception { // A12
        try (Served served = served(HASTY);
                JsonClient client = client(served, Tokens.of("ann", SHORT))) {
            assertThat(client.next()).contains("\"connect\"");
            assertThat(client.next()).isEqualTo("closed 3005 expired: bring a newer token");
            assertThat(served.channels.connections()).isZero();
        }
    }

    @Test
    void aSubscriptionWhoseTokenExpiredEndsAndTheSessionGoesOn() throws Exception { // A12
        try (Served served = served(HASTY);
                JsonClient client = client(served, Tokens.of("ann", LONG))) {
            served.channels.channel("talk", String.class);
            client.next();
            client.send(subscribe(2, Tokens.forChannel("ann", "talk", SHORT)));
            assertThat(client.next()).contains("\"expires\":true,\"ttl\":");
            assertThat(client.next())
                    .isEqualTo(
                            "{\"push\":{\"channel\":\"talk\",\"unsubscribe\":{\"code\":2501,"
                                    + "\"reason\":\"expired: bring a newer token\"}}}");
            assertThat(served.channels.followers("talk")).isZero();
            client.send(subscribe(3, Tokens.forChannel("ann", "talk", LONG)));
            assertThat(client.next()).startsWith("{\"id\":3,\"subscribe\":");
        }
    }

    private static String subscribe(int id, String token) {
        return "{\"id\":%d,\"subscribe\":{\"channel\":\"talk\",\"token\":\"%s\"}}"
                .formatted(id, token);
    }

    @Test
    void aTokenOfAnotherOrForAnotherChannelOpensNothing() throws Exception { // A03, W06
        try (Served served = served(Limits.DEFAULT);
                JsonClient client = client(served, Tokens.of("ann", LONG))) {
            served.channels.channel("talk", String.class);
            client.next();
            client.send(subscribe(2, Tokens.forChannel("eve", "talk", LONG)));
            assertThat(client.next()).contains("\"code\":103").contains("it is for somebody else");
            client.send(subscribe(3, Tokens.forChannel("ann", "other", LONG)));
            assertThat(client.next()).contains("\"code\":103").contains("another channel");
            client.send(subscribe(4, Tokens.forChannel("ann", "talk", Duration.ofSeconds(-9))));
            assertThat(client.next()).isEqualTo(error(4, 109, "token expired"));
            client.send(subscribe(5, Tokens.forChannel("ann", "talk", LONG)));
            assertThat(client.next()).startsWith("{\"id\":5,\"subscribe\":");
            client.send(subRefresh(6, Tokens.forChannel("ann", "talk", LONG)));
            assertThat(client.next())
                    .isEqualTo("{\"id\":6,\"sub_refresh\":{\"expires\":true,\"ttl\":3600}}");
            client.send(subRefresh(7, Tokens.forChannel("eve", "talk", LONG)));
            assertThat(client.next()).contains("\"code\":103");
        }
    }

    private static String subRefresh(int id, String token) {
        return "{\"id\":%d,\"sub_refresh\":{\"channel\":\"talk\",\"token\":\"%s\"}}"
                .formatted(id, token);
    }

    @Test
    void whatAChannelsTokenSaysIsAskedOfThePolicy() throws Exception { // A10
        AccessPolicy tokenHolders =
                (who, action, what) ->
                        Access.allowedIf(
                                action == Action.SUBSCRIBE && who.claim("channel").equals("talk"));
        try (Served served = new Served(tokenHolders, Limits.DEFAULT, Tokens.verifier());
                JsonClient client = client(served, Tokens.of("ann", LONG))) {
            served.channels.channel("talk", String.class);
            client.next();
            client.send("{\"id\":2,\"subscribe\":{\"channel\":\"talk\"}}");
            assertThat(client.next()).isEqualTo(error(2, 103, "permission denied"));
            client.send(subscribe(3, Tokens.forChannel("ann", "talk", LONG)));
            assertThat(client.next()).startsWith("{\"id\":3,\"subscribe\":");
        }
    }

    @Test
    void theSdkBringsNewTokensByItselfAndMissesNothing() throws Exception { // A12
        AtomicInteger sessions = new AtomicInteger();
        AtomicInteger subscriptions = new AtomicInteger();
        try (Served served = served(HASTY.renewWithin(Duration.ofSeconds(20)));
                SdkClient client =
                        SdkClient.with(
                                served.gateway.port(),
                                () ->
                                        Tokens.of(
                                                "ann",
                                                sessions.incrementAndGet() < 3 ? SHORT : LONG))) {
            Channel<Long> talk = served.channels.channel("talk", Long.class);
            client.subscribe(
                    "talk",
                    () ->
                            Tokens.forChannel(
                                    "ann",
                                    "talk",
                                    subscriptions.incrementAndGet() < 3 ? SHORT : LONG));
            client.await("fresh");
            long sent = 0;
            while (sessions.get() < 3 || subscriptions.get() < 3) {
                talk.publish(++sent);
                assertThat(client.publications(1))
                        .containsExactly(
                                new SdkClient.Told("publication", sent, String.valueOf(sent)));
            }
            talk.publish(++sent);
            assertThat(client.publications(1).getFirst().number()).isEqualTo(sent);
            assertThat(served.channels.connections()).isEqualTo(1);
        }
    }

    @Test
    void aRevokedUserIsLetGo() throws Exception { // A12
        AtomicReference<String> revoked = new AtomicReference<>("");
        AccessPolicy policy = (who, _, _) -> Access.allowedIf(!who.name().equals(revoked.get()));
        try (Served served = new Served(policy, Limits.DEFAULT, Tokens.verifier());
                JsonClient ann = client(served, Tokens.of("ann", LONG));
                JsonClient bob = client(served, Tokens.of("bob", LONG))) {
            Channel<String> talk = served.channels.channel("talk", String.class);
            for (JsonClient each : new JsonClient[] {ann, bob}) {
                each.next();
                each.send("{\"id\":2,\"subscribe\":{\"channel\":\"talk\"}}");
                each.next();
            }
            revoked.set("ann");
            served.channels.review();
            assertThat(ann.next())
                    .isEqualTo(
                            "{\"push\":{\"channel\":\"talk\",\"unsubscribe\":{\"code\":2000,\"reason\":\"server"
                                    + " unsubscribe: not allowed to subscribe channel talk\"}}}");
            talk.publish("still here");
            assertThat(bob.next()).contains("still here");
            served.channels.end("ann");
            assertThat(ann.next())
                    .isEqualTo("closed 3503 force disconnect: the server ended this session");
            assertThat(served.channels.connections()).isEqualTo(1);
        }
    }

    @Test
    void anEventStreamAsksForATokenAndEndsWithIt() throws Exception { // A08, A12
        AccessPolicy policy = (who, _, _) -> Access.allowedIf(who.name().equals("ann"));
        try (Served served = new Served(policy, HASTY, Tokens.verifier());
                HttpClient http = HttpClient.newHttpClient()) {
            served.channels.channel("talk", String.class);
            assertThat(status(http, served, "deadbeef")).isEqualTo(401);
            assertThat(status(http, served, Tokens.of("ann", Duration.ofSeconds(-9))))
                    .isEqualTo(401);
            assertThat(status(http, served, Tokens.of("eve", LONG))).isEqualTo(403);
            HttpResponse<String> whole =
                    http.send(
                            request(served, Tokens.of("ann", SHORT)),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.body()).as("it ended by itself").contains("id: epoch1:0");
        }
    }

    private static int status(HttpClient http, Served served, String token) throws Exception {
        return http.send(request(served, token), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest request(Served served, String token) {
        return HttpRequest.newBuilder(served.http("/sse/talk"))
                .header("Authorization", "Bearer " + token)
                .build();
    }
}
