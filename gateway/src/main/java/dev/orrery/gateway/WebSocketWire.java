package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** Frames out over a WebSocket, each within the write deadline. */
record WebSocketWire(Session socket, Form form, Duration writeWithin) implements Wire {
    @Override
    public void send(byte[] frame) throws IOException, InterruptedException {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        Callback callback = Callback.from(() -> sent.complete(null), sent::completeExceptionally);
        if (form.text()) {
            socket.sendText(new String(frame, UTF_8), callback);
        } else {
            socket.sendBinary(ByteBuffer.wrap(frame), callback);
        }
        try {
            sent.get(writeWithin.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException gone) {
            throw new IOException("the peer is gone", gone.getCause());
        } catch (TimeoutException slow) {
            throw new IOException("the peer does not read", slow);
        }
    }

    @Override
    public void close(int code, String reason) {
        socket.close(code, reason, Callback.NOOP);
    }

    @Override
    public void cut() {
        socket.disconnect();
    }
}
