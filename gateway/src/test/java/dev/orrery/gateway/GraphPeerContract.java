package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Ontology;
import dev.orrery.graph.Peer;
import dev.orrery.graph.Synced;
import dev.orrery.graph.WebSocketPeer;
import dev.orrery.testkit.Proxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What any way of syncing graphs through a gateway keeps. */
@Timeout(120)
abstract class GraphPeerContract {
    static final int MOST_BYTES = 8 << 20;

    private static final Ontology ZOO =
            Ontology.define("zoo")
                    .node("Animal", _ -> {})
                    .edge("eats", eats -> eats.from("Animal").to("Animal"))
                    .build();

    /** What nobody may call at the moment. */
    final Set<String> closed = ConcurrentHashMap.newKeySet();

    final AtomicInteger secrets = new AtomicInteger();

    /** The length of the longest question that was echoed. */
    final AtomicInteger longest = new AtomicInteger();

    @AutoClose private final Orrery here = Orrery.inMemory();
    @AutoClose private final Orrery there = Orrery.inMemory();

    @AutoClose
    final Served served =
            new Served(
                    (_, _, what) ->
                            what instanceof Resource.OfMethod(String name) && closed.contains(name)
                                    ? Access.refused()
                                    : Access.allowed(),
                    limits(),
                    token ->
                            token.equals("forged")
                                    ? new Credentials.Bad("forged")
                                    : new Credentials.Good(Principal.ANONYMOUS, Optional.empty()));

    @AutoClose private final Proxy network = proxy();
    @AutoClose private final Peers peers = new Peers();

    private final Graph left = here.graph(ZOO);
    private final Graph right = there.graph(ZOO);

    Limits limits() {
        return Limits.DEFAULT;
    }

    /** A peer that calls a method through the network, showing a token if there is one. */
    abstract Peer open(int port, String method, String token);

    /** What is to be closed after a test. */
    private static final class Peers implements AutoCloseable {
        private final List<Peer> all = new ArrayList<>();

        @Override
        public void close() {
            for (Peer peer : all) {
                if (peer instanceof WebSocketPeer closeable) {
                    closeable.close();
                }
            }
        }
    }

    private Proxy proxy() {
        try {
            return new Proxy(served.gateway.port());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    final Peer peer(String method) {
        return peer(method, "");
    }

    final Peer peer(String method, String token) {
        Peer peer = open(network.port(), method, token);
        peers.all.add(peer);
        return peer;
    }

    /** How many connections were made. */
    final int connections() {
        return network.accepted();
    }

    @BeforeEach
    void define() {
        closed.add("secret");
        served.rpc
                .method("zoo", (_, message) -> Bytes.of(right.answer(((Bytes) message).toArray())))
                .method(
                        "echo",
                        (_, message) -> {
                            int length = ((Bytes) message).length();
                            longest.accumulateAndGet(length, Math::max);
                            return message;
                        })
                .method("long", (_, _) -> Bytes.of(new byte[MOST_BYTES + 1]))
                .method(
                        "bad",
                        (_, _) -> {
                            throw new Invalid("question", "is good", "bad");
                        })
                .method("secret", (_, _) -> secrets.incrementAndGet());
    }

    @Test
    void replicasAreEqualAfterASync() {
        for (int i = 0; i < 200; i++) {
            right.addNode("Animal", "r" + i, Row.of("name", "right " + i));
            left.addNode("Animal", "l" + i, Row.of("name", "left " + i));
        }
        left.addEdge("eats", "e", "l1", "l2", Row.of());
        Synced synced = left.sync(peer("zoo"));
        assertThat(synced.received()).isEqualTo(200);
        assertThat(synced.sent()).isEqualTo(201);
        assertThat(synced.equal()).isTrue();
        assertThat(left.stateHash()).isEqualTo(right.stateHash());
    }

    @Test
    void whoMayNotIsRefusedAndNothingIsCalled() {
        refused(peer("secret"), "403");
        refused(peer("nobody"), "404");
        refused(peer("zoo", "forged"), "401");
        assertThat(secrets).hasValue(0);
    }

    private void refused(Peer peer, String status) {
        assertThatThrownBy(() -> left.sync(peer))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("the peer of zoo: ")
                .hasMessageContaining(status)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void whereNobodyListensTheErrorSaysSo() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Peer nobody = open(port, "zoo", "");
        peers.all.add(nobody);
        assertThatThrownBy(() -> left.sync(nobody))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("nothing listens at 127.0.0.1:" + port);
    }

    @Test
    void aRightThatIsTakenAwayEndsTheNextQuestion() throws IOException {
        takeARightAway();
    }

    final void takeARightAway() throws IOException {
        Peer peer = peer("echo");
        assertThat(peer.answer(new byte[] {1, 2})).containsExactly(1, 2);
        closed.add("echo");
        assertThatThrownBy(() -> peer.answer(new byte[] {3}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("403");
        closed.remove("echo");
        assertThat(peer.answer(new byte[] {4})).containsExactly(4);
    }

    @Test
    void theLongestMessagePassesAndNoneBeyondIt() throws IOException {
        Peer peer = peer("echo");
        byte[] longest = new byte[MOST_BYTES];
        longest[MOST_BYTES - 1] = 7;
        assertThat(peer.answer(longest)).isEqualTo(longest);
        assertThatThrownBy(() -> peer.answer(new byte[MOST_BYTES + 1]))
                .isInstanceOf(IOException.class);
        assertThat(peer.answer(new byte[] {1})).containsExactly(1);
        assertThat(peer.answer(new byte[0])).isEmpty();
    }

    @Test
    void whatAMethodRefusesIsToldAndTheNextQuestionIsAnswered() throws IOException {
        Peer bad = peer("bad");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> bad.answer(new byte[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("422");
        }
    }

    @Test
    void aServerThatIsGoneIsUnavailableUntilItReturns() {
        Peer peer = peer("zoo");
        left.addNode("Animal", "a", Row.of());
        left.sync(peer);
        network.cut();
        left.addNode("Animal", "b", Row.of());
        assertThatThrownBy(() -> left.sync(peer)).isInstanceOf(Unavailable.class);
        network.mend();
        assertThat(left.sync(peer).equal()).isTrue();
        assertThat(right.node("b")).isPresent();
    }

    @Test
    void manySyncsGoOneAfterTheOther() {
        syncManyTimes();
    }

    final void syncManyTimes() {
        Peer peer = peer("zoo");
        for (int i = 0; i < 100; i++) {
            left.addNode("Animal", "l" + i, Row.of());
            right.addNode("Animal", "r" + i, Row.of());
            assertThat(left.sync(peer).equal()).isTrue();
        }
        assertThat(left.stateHash()).isEqualTo(right.stateHash());
    }

    @Test
    void severalThreadsMayAskAtATime() throws Exception {
        Peer peer = peer("echo");
        // fewer than connections may wait to be accepted, where each thread has one of its own
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                byte[] question = {(byte) i, (byte) (i >> 1)};
                answers.add(threads.submit(() -> peer.answer(question)));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(answer(answers.get(i))).containsExactly((byte) i, (byte) (i >> 1));
            }
        }
    }

    private static byte[] answer(Future<byte[]> future)
            throws InterruptedException, ExecutionException {
        return future.get();
    }
}
