package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.graph.Peer;
import dev.orrery.graph.WebSocketPeer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Syncing over a WebSocket: the same, and what only a connection has. */
class WebSocketPeerTest extends GraphPeerContract {
    private static final String PROTOCOL = "orrery.calls.1";

    @Override
    Limits limits() {
        return Served.quick();
    }

    @Override
    Peer open(int port, String method, String token) {
        URI address = URI.create("ws://127.0.0.1:" + port + "/rpc/" + method);
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        return token.isEmpty()
                ? WebSocketPeer.at(address)
                : WebSocketPeer.at(builder.header("Authorization", "Bearer " + token), address);
    }

    /** A client that does only what it is told to. */
    private static final class Raw implements WebSocket.Listener {
        final CompletableFuture<String> closed = new CompletableFuture<>();
        final CountDownLatch pings = new CountDownLatch(3);

        @Override
        public CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
            pings.countDown();
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            closed.complete("error " + failure);
        }

        String end() throws Exception {
            return closed.get(20, TimeUnit.SECONDS);
        }
    }

    /** Never asks for anything that comes, so that it answers no ping. */
    private static final class Silent implements WebSocket.Listener {
        @Override
        public void onOpen(WebSocket opened) {}
    }

    private WebSocket raw(WebSocket.Listener listener, String... protocol) {
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (protocol.length > 0) {
            builder.subprotocols(protocol[0]);
        }
        URI address = URI.create("ws://127.0.0.1:" + served.gateway.port() + "/rpc/echo");
        return builder.buildAsync(address, listener).join();
    }

    @Test
    void oneConnectionCarriesManySyncs() { // law G71 of graph
        syncManyTimes();
        assertThat(connections()).isEqualTo(1);
        assertThat(served.gateway.connections()).isEqualTo(1);
    }

    @Test
    void aRefusalDoesNotEndTheConnection() throws IOException { // law G18
        takeARightAway();
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void aQuestionBeyondTheLimitEndsTheConnectionAndNoOther() throws Exception { // law G18
        Peer peer = peer("echo");
        peer.answer(new byte[1]);
        Raw client = new Raw();
        WebSocket socket = raw(client, PROTOCOL);
        var _ = socket.sendBinary(ByteBuffer.wrap(new byte[MOST_BYTES + 1]), true);
        assertThat(client.end()) // as far as it still reads while it writes
                .matches("1009 .*|1006 .*|error .*");
        assertThat(longest).hasValue(1);
        assertThat(peer.answer(new byte[] {5})).containsExactly(5);
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void questionsInTextAreNotTaken() throws Exception {
        Raw client = new Raw();
        raw(client, PROTOCOL).sendText("hello", true).join();
        assertThat(client.end()).isEqualTo("1003 questions are binary here");
    }

    @Test
    void anotherProtocolIsNotSpoken() {
        assertThatThrownBy(() -> raw(new Raw()))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void anAnswerBeyondTheLimitIsNotTaken() {
        assertThatThrownBy(() -> peer("long").answer(new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("answers more than");
    }

    @Test
    void whoIsThereStaysAndWhoIsSilentIsLetGo() throws Exception { // law G10
        Peer peer = peer("echo");
        peer.answer(new byte[1]);
        Raw client = new Raw();
        WebSocket lively = raw(client, PROTOCOL);
        raw(new Silent(), PROTOCOL);
        assertThat(client.pings.await(20, TimeUnit.SECONDS)).isTrue();
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (served.gateway.connections() > 2 && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        assertThat(served.gateway.connections()).isEqualTo(2);
        assertThat(client.closed).isNotDone();
        peer.answer(new byte[1]);
        assertThat(connections()).isEqualTo(1);
        lively.abort();
    }

    @Test
    void whoSendsALongQuestionSlowlyIsNotSilent() { // law G10
        WebSocket slow = raw(new Silent(), PROTOCOL);
        long end = System.nanoTime() + 5 * limits().pingEvery().toNanos();
        while (System.nanoTime() < end) { // with pings that nobody answers
            slow.sendBinary(ByteBuffer.wrap(new byte[1]), false).join();
        }
        slow.sendBinary(ByteBuffer.wrap(new byte[1]), true).join();
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (longest.get() == 0 && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        assertThat(longest).hasPositiveValue();
    }

    @Test
    void aClosedPeerAsksNobody() throws IOException {
        WebSocketPeer peer = (WebSocketPeer) peer("echo");
        peer.answer(new byte[1]);
        peer.close();
        assertThatThrownBy(() -> peer.answer(new byte[1]))
                .isInstanceOf(IOException.class)
                .hasMessage("this peer is closed");
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void aServerThatStopsSaysSo() throws Exception {
        Raw client = new Raw();
        raw(client, PROTOCOL);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (served.gateway.connections() == 0 && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        served.gateway.close();
        assertThat(client.end()).startsWith("1001 the server stops");
    }
}
