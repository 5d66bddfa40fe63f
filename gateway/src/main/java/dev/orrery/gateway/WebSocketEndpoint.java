package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that carries one client's session. Public only because the server library calls it by
 * reflection.
 *
 * <p>The next frame is asked for when the last one was handled, so a client's frames wait in its
 * own network buffers and nowhere else. Frames are handled on a virtual thread, never on the
 * server's selecting threads.
 */
public final class WebSocketEndpoint implements Session.Listener {
    private final Services services;
    private final Form form;
    private final Consumer<ClientSession> onBegin;
    private final Consumer<ClientSession> onEnd;
    private volatile @Nullable ClientSession client;
    private volatile @Nullable Session socket;

    WebSocketEndpoint(
            Services services,
            Form form,
            Consumer<ClientSession> onBegin,
            Consumer<ClientSession> onEnd) {
        this.services = services;
        this.form = form;
        this.onBegin = onBegin;
        this.onEnd = onEnd;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        socket = opened;
        ClientSession began =
                new ClientSession(
                        services,
                        form,
                        new WebSocketWire(opened, form, services.limits().writeWithin()),
                        onEnd);
        client = began;
        onBegin.accept(began);
        began.begin();
        opened.demand();
    }

    @Override
    public void onWebSocketText(String message) {
        receive(message.getBytes(UTF_8), form.text());
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        byte[] frame = new byte[payload.remaining()];
        payload.get(frame);
        callback.succeed();
        receive(frame, !form.text());
    }

    private void receive(byte[] frame, boolean rightKind) {
        ClientSession current = client;
        Session open = socket;
        if (current == null || open == null) {
            return;
        }
        if (!rightKind) {
            current.disconnect(
                    DisconnectCode.BAD_REQUEST,
                    form.text() ? "frames are text here" : "frames are binary here");
            open.demand();
            return;
        }
        services.threads()
                .newThread(() -> {
                    current.receive(frame);
                    open.demand();
                })
                .start();
    }

    @Override
    public void onWebSocketClose(int statusCode, @Nullable String reason, Callback callback) {
        end();
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        end();
    }

    private void end() {
        ClientSession current = client;
        if (current != null) {
            current.end();
        }
    }
}
