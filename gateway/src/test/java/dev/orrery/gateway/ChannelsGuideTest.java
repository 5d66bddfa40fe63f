package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.Action;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Channel;
import dev.orrery.channel.ClientMessage;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Message;
import dev.orrery.channel.Presence;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Denied;
import dev.orrery.core.Subscription;
import dev.orrery.log.EventLog;
import dev.orrery.projection.Projection;
import dev.orrery.testkit.Guide;
import dev.orrery.testkit.Proxy;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.TokenCallback;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide/channels.md: what stands there stands here, and runs. */
@Timeout(120)
class ChannelsGuideTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final byte[] secret = "a secret of thirty-two bytes, at the least".getBytes(UTF_8);
    private final BlockingQueue<String> shown = new LinkedBlockingQueue<>();

    @TempDir private Path data;
    private Orrery orrery;
    private Gateway gateway;
    private EventLog<Moved> moves;

    // guide
    record Moved(String order, String stage) {}

    static final Projection<Moved, String, String> STAGES =
            Projection.of("stages", Moved.class)
                    .key(String.class, Moved::order)
                    .state(String.class, "none")
                    .fold((_, moved) -> moved.stage());

    static Access shop(Principal who, Action action, Resource what) {
        return switch (what) {
            case Resource.OfProjection(String name, String order) when name.equals("stages") ->
                    Access.allowedIf(action == Action.SUBSCRIBE && isOf(who, order));
            case Resource.OfChannel(String name) when name.equals("counter") ->
                    Access.allowedIf(who.has("customer")); // follow, publish, see who is there
            default -> Access.refused();
        };
    }

    /** ann-7 is of ann, and ann-marie-7 is not. */
    static boolean isOf(Principal who, String order) {
        return order.substring(0, order.lastIndexOf('-')).equals(who.name());
    }

    // end

    @BeforeEach
    void open() {
        // guide
        orrery = Orrery.configure().directory(data).access(ChannelsGuideTest::shop).open();
        moves = orrery.log("moves", Moved.class);
        orrery.projection(moves, STAGES);
        orrery.start();
        gateway =
                Gateway.configure(orrery.channels())
                        .authenticator(WebTokens.secret(secret, InstantSource.system()))
                        .outgoing(orrery.outgoing())
                        .port(0) // a free one
                        .open();
        // end
    }

    @AfterEach
    void close() {
        gateway.close();
        orrery.close();
    }

    @Test
    void theGuideShowsWhatIsCompiledHere() {
        Guide.named("channels.md").expectCompiledIn(ChannelsGuideTest.class);
    }

    private String shown() throws InterruptedException {
        String next = shown.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    private void move(String stage) {
        moves.append(new Moved("ann-7", stage));
        orrery.settle(SOON);
    }

    // guide
    String token(String user) throws JOSEException {
        Instant until = Instant.now().plus(Duration.ofHours(1));
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader(JWSAlgorithm.HS256),
                        new JWTClaimsSet.Builder()
                                .subject(user)
                                .claim("roles", List.of("customer"))
                                .claim("info", Map.of("name", "I am " + user)) // shown to others
                                .expirationTime(Date.from(until))
                                .build());
        token.sign(new MACSigner(secret));
        return token.serialize();
    }

    // end

    @Test
    void theDoor() {
        Connection connection = orrery.channels().connect(ann());
        counter();
        Attachment talk = connection.attach("counter");
        // guide
        orrery.channels().review(); // asks the policy again about all that is followed
        orrery.channels().end("ann"); // ends every session of a user
        // end
        assertThatThrownBy(() -> talk.next(SOON)).isInstanceOf(Closed.class);
    }

    // guide
    Client client(String user, int port) {
        Options options = new Options();
        options.setTokenGetter(
                new ConnectionTokenGetter() { // asked again before the token expires
                    @Override
                    public void getConnectionToken(ConnectionTokenEvent e, TokenCallback callback) {
                        try {
                            callback.Done(null, token(user));
                        } catch (JOSEException unsigned) {
                            callback.Done(unsigned, "");
                        }
                    }
                });
        String url = "ws://127.0.0.1:" + port + "/connection/websocket";
        Client client = new Client(url, options, new EventListener() {});
        client.connect();
        return client;
    }

    // end

    // guide
    final class Page extends SubscriptionEventListener {
        @Override
        public void onSubscribed(
                io.github.centrifugal.centrifuge.Subscription sub, SubscribedEvent event) {
            if (event.getRecovered()) {
                shown.add("goes on"); // what was missed comes as publications
            } else if (event.getData().length > 0) { // of a state, not of messages
                shown.add("whole " + new String(event.getData(), UTF_8));
            }
        }

        @Override
        public void onPublication(
                io.github.centrifugal.centrifuge.Subscription sub, PublicationEvent event) {
            shown.add("then " + new String(event.getData(), UTF_8));
        }
    }

    // end

    @Test
    void following() throws Exception {
        move("open");
        try (Proxy network = new Proxy(gateway.port())) {
            int port = network.port();
            // guide
            Client client = client("ann", port);
            client.newSubscription("projection:stages:ann-7", new Page()).subscribe();
            // end
            assertThat(shown()).isEqualTo("whole \"open\"");
            move("paid");
            assertThat(shown()).isEqualTo("then \"paid\"");
            network.cut();
            move("packed");
            network.mend();
            assertThat(shown()).isEqualTo("goes on");
            assertThat(shown()).isEqualTo("then \"packed\"");
            client.close(5_000);
        }
    }

    @Test
    void eventStreams() throws Exception {
        move("open");
        try (HttpClient http = HttpClient.newHttpClient()) {
            // guide
            HttpRequest request =
                    HttpRequest.newBuilder(gateway.uri().resolve("/sse/projection:stages:ann-7"))
                            .header("Authorization", "Bearer " + token("ann"))
                            .build();
            try (Stream<String> lines =
                    http.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
                lines.filter(line -> line.startsWith("data: ")).limit(1).forEach(shown::add);
            }
            // end
            assertThat(shown()).isEqualTo("data: \"open\"");
        }
    }

    @Test
    void aPlaceOutlivesTheServer() throws Exception {
        move("open");
        String place;
        // guide
        try (Connection connection = orrery.channels().connect(ann());
                Attachment stage = connection.attach("projection:stages:ann-7")) {
            place = stage.cursor().text();
        }
        // end
        close();
        open();
        move("paid");
        // guide
        try (Connection connection = orrery.channels().connect(ann());
                Attachment stage =
                        connection.attach("projection:stages:ann-7", Optional.of(place))) {
            shown.add(
                    switch (stage.beginning()) {
                        case Beginning.Fresh(var _, var whole) -> "whole " + whole.orElseThrow();
                        case Beginning.Continued _ -> "goes on";
                        case Beginning.Reset(var _, var whole) -> "anew " + whole.orElseThrow();
                    });
            if (stage.next() instanceof Message.Entry(var _, Object value)) {
                shown.add("then " + value);
            }
        }
        // end
        assertThat(shown).containsExactly("goes on", "then paid");
    }

    private static Principal ann() {
        return new Principal("ann", Set.of("customer"), Map.of());
    }

    @Test
    void refusals() {
        try (Connection connection = orrery.channels().connect(ann())) {
            // guide
            assertThatThrownBy(() -> connection.attach("projection:stages:bob-3"))
                    .isInstanceOf(Denied.class);
            // end
            assertThatThrownBy(() -> connection.attach("projection:stages:ann-marie-3"))
                    .isInstanceOf(Denied.class);
            assertThatThrownBy(() -> connection.attach("projection:stages:ann"))
                    .isInstanceOf(Denied.class);
        }
    }

    // guide
    sealed interface Talk {
        record Said(String who, String text) implements Talk {}

        record Typing(String who) implements Talk {}
    }

    // end

    private Channel<Talk> counter() {
        // guide
        Channel<Talk> counter =
                orrery.channels()
                        .define("counter", Talk.class)
                        .history(1_000, Duration.ofHours(1)) // for those who come back
                        .presence()
                        .clientMessages(4_096, 10) // bytes each, and how many a second
                        .conflate(talk -> talk instanceof Talk.Typing(String who) ? who : null)
                        .create();
        // end
        return counter;
    }

    @Test
    void aChannelOfOnesOwn() {
        Channel<Talk> counter = counter();
        // guide
        Cursor place = counter.publish(new Talk.Said("shop", "we are open"));
        counter.publish(new Talk.Typing("bob"));
        counter.publish(
                new Talk.Typing("bob")); // in place of the one before, for who has not read it
        try (Subscription<Delivery<Talk>> talk = counter.subscribe(place)) {
            shown.add(
                    switch (talk.next()) {
                        case Delivery.Item(var _, Talk.Said(String who, String text)) ->
                                who + ": " + text;
                        case Delivery.Item(var _, Talk.Typing(String who)) -> who + " is typing";
                        case Delivery.Lagged<Talk> _ -> "you missed some";
                    });
        }
        // end
        assertThat(shown).containsExactly("bob is typing");
    }

    @Test
    void whoIsThere() throws Exception {
        Channel<Talk> counter = counter();
        try (Subscription<Delivery<Presence.Change>> changes =
                counter.presence().changes().subscribe()) {
            Client client = client("ann", gateway.port());
            client.newSubscription("counter", new Page()).subscribe();
            assertThat(changes.next(SOON)).isPresent();
            // guide
            for (Presence.Member member : counter.presence().members()) {
                shown.add(member.user() + ", " + member.info().get("name"));
            }
            // end
            assertThat(shown()).isEqualTo("ann, I am ann");
            client.close(5_000);
        }
    }

    @Test
    void whatClientsSay() throws Exception {
        List<String> heard = new ArrayList<>();
        Channel<Talk> counter = counter();
        Client client = client("ann", gateway.port());
        // guide
        try (Subscription<Delivery<ClientMessage>> asked = counter.clientMessages().subscribe()) {
            var sending = client.newSubscription("counter", new Page()); // at the client
            sending.subscribe();
            sending.publish(
                    "{\"asks\": \"where is ann-7?\"}".getBytes(UTF_8),
                    (error, _) -> shown.add(error == null ? "sent" : "refused: " + error));

            if (asked.next() instanceof Delivery.Item(var _, ClientMessage message)) { // here
                heard.add(message.user() + " " + message.data());
            }
        }
        // end
        assertThat(shown()).isEqualTo("sent");
        assertThat(heard).containsExactly("ann {asks=where is ann-7?}");
        client.close(5_000);
    }
}
