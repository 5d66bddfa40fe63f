package dev.orrery.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows one channel of a gateway through the JDK's WebSocket client, in the protocol's JSON form.
 * The receiver runs on the client's thread.
 */
final class ChannelClient implements WebSocket.Listener, AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long LIMIT_SECONDS = 10;

    private final HttpClient http = HttpClient.newHttpClient();
    private final CompletableFuture<Boolean> subscribed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final Receiver receiver;

    /** Is told each publication. */
    @FunctionalInterface
    interface Receiver {
        /**
         * A publication came.
         *
         * @param nanoTime when its frame was complete, by {@link System#nanoTime}
         */
        void received(long offset, long nanoTime);
    }

    private ChannelClient(Receiver receiver) {
        this.receiver = receiver;
    }

    /** Connects and subscribes; returns when the channel's whole has come. */
    static ChannelClient follow(URI gateway, String channel, Receiver receiver) throws Exception {
        ChannelClient client = new ChannelClient(receiver);
        boolean following = false;
        try {
            client.subscribe(gateway, channel);
            following = true;
            return client;
        } finally {
            if (!following) {
                client.close();
            }
        }
    }

    private void subscribe(URI gateway, String channel) throws Exception {
        URI address = URI.create("ws://" + gateway.getAuthority() + "/connection/websocket");
        WebSocket socket =
                http.newWebSocketBuilder()
                        .buildAsync(address, this)
                        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        String commands =
                "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":"
                        + JSON.writeValueAsString(channel)
                        + "}}";
        socket.sendText(commands, true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        subscribed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        long nanoTime = System.nanoTime();
        partial.append(data);
        if (last) {
            String frame = partial.toString();
            partial.setLength(0);
            frame.lines().forEach(line -> take(socket, line, nanoTime));
        }
        socket.request(1);
        return null;
    }

    private void take(WebSocket socket, String line, long nanoTime) {
        JsonNode reply = JSON.readTree(line);
        if (reply.isEmpty()) {
            var _ = socket.sendText("{}", true); // the answer to a ping
        } else if (reply.has("error")) {
            subscribed.completeExceptionally(new IllegalStateException(line));
        } else if (reply.has("subscribe")) {
            subscribed.complete(true);
        } else if (reply.has("push")) {
            receiver.received(reply.at("/push/pub/offset").asLong(), nanoTime);
        }
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        subscribed.completeExceptionally(error);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
