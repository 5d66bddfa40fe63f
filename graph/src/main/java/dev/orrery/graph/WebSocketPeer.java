package dev.orrery.graph;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A replica behind a WebSocket, which answers each binary message with one: {@code Gateway} serves
 * one so. The connection is opened with the first question and kept for those that follow; it takes
 * one question at a time, so who asks from several threads waits his turn. Thread-safe.
 *
 * <p>A connection that was lost between two questions, because the other side was quiet for long or
 * was started anew, is opened again without a word. One that is lost, or gives no answer in time,
 * while it is opened or asked, is an {@link IOException}, and the next question opens another.
 */
public final class WebSocketPeer implements Peer, AutoCloseable { // law G71
    /** The subprotocol, with its version. */
    static final String PROTOCOL = "orrery.calls.1";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final WebSocket.Builder builder;
    private final URI address;
    private final ReentrantLock turn = new ReentrantLock();

    /** Written by who has the turn. */
    private volatile @Nullable WebSocketLine line;

    private volatile boolean closed;

    private WebSocketPeer(WebSocket.Builder builder, URI address) {
        this.builder = builder;
        this.address = address;
    }

    /** The replica at an address: {@code wss://example.org/rpc/zoo}. */
    public static WebSocketPeer at(URI address) {
        return at(HttpClient.newHttpClient().newWebSocketBuilder(), address);
    }

    /**
     * A replica that is asked over connections made by a builder, with the headers that it has.
     *
     * @param builder nobody else's from now on
     */
    public static WebSocketPeer at(WebSocket.Builder builder, URI address) {
        return new WebSocketPeer(builder.subprotocols(PROTOCOL).connectTimeout(PATIENCE), address);
    }

    @Override
    public byte[] answer(byte[] message) throws IOException {
        if (message.length > SyncMessage.MOST_BYTES) {
            throw new IOException(
                    "a question has at most "
                            + SyncMessage.MOST_BYTES
                            + " bytes, not "
                            + message.length);
        }
        try {
            turn.lockInterruptibly();
            try {
                return ask(message);
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + address + " was asked", e);
        }
    }

    private byte[] ask(byte[] message) throws IOException, InterruptedException {
        requireOpen();
        WebSocketLine kept = line;
        if (kept != null && !kept.isOver()) {
            try {
                return ask(kept, message);
            } catch (WebSocketLine.Lost lost) {
                // it ended while nobody asked, and nobody knew; a question may be asked again
            }
        }
        WebSocketLine fresh = new WebSocketLine(address);
        fresh.open(within(builder.buildAsync(address, fresh), "opened"));
        line = fresh;
        if (closed) { // meanwhile, by somebody who did not find this line yet
            fresh.end();
        }
        return ask(fresh, message);
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("this peer is closed");
        }
    }

    private byte[] ask(WebSocketLine open, byte[] message)
            throws IOException, InterruptedException {
        boolean answered = false;
        try {
            byte[] answer = within(open.ask(message), "asked");
            answered = true;
            return answer;
        } catch (WebSocketLine.Refused refused) {
            answered = true; // the connection is as good as before
            throw refused;
        } finally {
            if (!answered) {
                open.drop();
            }
        }
    }

    private <T> T within(CompletableFuture<T> future, String what)
            throws IOException, InterruptedException {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case WebSocketLine.Refused refused -> throw refused;
                case WebSocketLine.Lost lost -> throw lost;
                case ConnectException nobody -> throw HttpPeer.unreached(address, nobody);
                case WebSocketHandshakeException other ->
                        throw HttpPeer.refused(address, other.getResponse().statusCode(), other);
                case null, default ->
                        throw new IOException(address + " cannot be " + what, failed.getCause());
            }
        } catch (TimeoutException slow) {
            future.cancel(true);
            throw new IOException(address + " was " + what + " and says nothing", slow);
        }
    }

    /** Lets go of the connection; who waits for an answer gets none. */
    @Override
    public void close() {
        closed = true;
        WebSocketLine open = line;
        if (open != null) {
            open.end();
        }
    }
}
