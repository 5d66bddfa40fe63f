package dev.orrery.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The JSON form through the JDK's own WebSocket client: every line received, then the code and
 * reason of the end.
 */
final class JsonClient implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;

    JsonClient(URI address) {
        socket = http.newWebSocketBuilder().buildAsync(address, this).join();
    }

    /** A client whose session is open. */
    static JsonClient connected(Served served) throws InterruptedException {
        JsonClient client = new JsonClient(served.webSocket());
        client.send("{\"id\":1,\"connect\":{}}");
        String reply = client.next();
        if (!reply.startsWith("{\"id\":1,\"connect\":{\"client\":")) {
            throw new AssertionError("connect was answered by " + reply);
        }
        return client;
    }

    void send(String frame) {
        socket.sendText(frame, true).join();
    }

    void sendBinary(byte[] frame) {
        socket.sendBinary(java.nio.ByteBuffer.wrap(frame), true).join();
    }

    /** The next line, or what ended the connection. */
    String next() throws InterruptedException {
        String line = lines.poll(20, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("nothing came");
        }
        return line;
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            partial.toString().lines().forEach(lines::add);
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        lines.add("closed " + statusCode + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        lines.add("failed " + error);
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
