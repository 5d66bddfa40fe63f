package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on which one method is called again and again: each binary message is a question, and
 * the next message out is its answer, binary, or a refusal in one line of text that begins with an
 * HTTP status. Public only because the server library calls it by reflection.
 *
 * <p>Nothing is read before it is known that the caller may call, and no further question before
 * the last is answered; whether he still may is asked with each.
 */
public final class CallSocket implements Session.Listener { // law G16, law G18
    /** The subprotocol, with its version. */
    static final String PROTOCOL = "orrery.calls.1";

    private static final int REASON_BYTES = 120;
    private static final int GOING_AWAY = 1001;
    private static final int WRONG_KIND = 1003;
    private static final int MAY_NOT = 1008;
    private static final int TOO_LONG = 1009;

    private final Services services;
    private final Calling calling;
    private final String token;
    private final String method;
    private final Consumer<CallSocket> onBegin;
    private final Consumer<CallSocket> onEnd;
    private final Heartbeat heartbeat;
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What has come of a question so far; used by one event after the other. */
    private ByteArrayOutputStream question = new ByteArrayOutputStream();

    private volatile @Nullable Session socket;

    CallSocket(
            Services services,
            String token,
            String method,
            Consumer<CallSocket> onBegin,
            Consumer<CallSocket> onEnd) {
        this.services = services;
        this.calling = new Calling(services);
        this.token = token;
        this.method = method;
        this.onBegin = onBegin;
        this.onEnd = onEnd;
        this.heartbeat = new Heartbeat(services.limits(), services.nanos().getAsLong());
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        socket = opened;
        onBegin.accept(this);
        services.threads().newThread(() -> begin(opened)).start();
        services.threads().newThread(() -> keepAlive(opened)).start();
    }

    /** Lets the caller in, or says why not; his token may take long to check. */
    private void begin(Session opened) {
        switch (calling.admit(token, method)) {
            case Calling.Admitted _ -> {
                heartbeat.connected();
                opened.demand();
            }
            case Calling.Refused(int status, String line) ->
                    close(opened, MAY_NOT, status + " " + line);
        }
    }

    @Override
    public void onWebSocketPartialBinary(ByteBuffer part, boolean last, Callback callback) {
        Session open = socket;
        if (open == null || question.size() + part.remaining() > PostedCalls.BODY_BYTES) {
            callback.succeed();
            if (open != null) {
                close(
                        open,
                        TOO_LONG,
                        "a question has at most " + PostedCalls.BODY_BYTES + " bytes");
            }
            return;
        }
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        callback.succeed();
        heartbeat.ponged(); // a pong waits behind what is being sent
        question.writeBytes(bytes);
        if (last) {
            byte[] whole = question.toByteArray();
            question = new ByteArrayOutputStream(); // a long one is not held on to
            services.threads().newThread(() -> serve(open, whole)).start();
        } else {
            open.demand();
        }
    }

    private void serve(Session open, byte[] asked) {
        heartbeat.handling(true);
        try {
            answer(open, asked);
            heartbeat.handling(false);
            open.demand();
        } catch (IOException gone) {
            open.disconnect();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open.disconnect();
        }
    }

    private void answer(Session open, byte[] asked) throws IOException, InterruptedException {
        Calling.Outcome outcome =
                switch (calling.admit(token, method)) {
                    case Calling.Refused refused -> refused;
                    case Calling.Admitted admitted -> calling.call(admitted, Bytes.of(asked));
                };
        switch (outcome) {
            case Calling.Result(Bytes bytes) -> {
                byte[] answer = bytes.toArray();
                send(answer.length, sent -> open.sendBinary(ByteBuffer.wrap(answer), sent));
            }
            case Calling.Result(Object value) -> {
                byte[] answer = services.json().write(value).getBytes(UTF_8);
                send(answer.length, sent -> open.sendBinary(ByteBuffer.wrap(answer), sent));
            }
            case Calling.Refused(int status, String line) ->
                    send(0, sent -> open.sendText(status + " " + line, sent));
        }
    }

    /** Waits until something is sent: a frame's time for each frame's worth of it. */
    private void send(int bytes, Consumer<Callback> sending)
            throws IOException, InterruptedException {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        sending.accept(Callback.from(() -> sent.complete(null), sent::completeExceptionally));
        Limits limits = services.limits();
        Duration within = limits.writeWithin().multipliedBy(1 + bytes / limits.frameBytes());
        try {
            sent.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException gone) {
            throw new IOException("the peer is gone", gone.getCause());
        } catch (TimeoutException slow) {
            throw new IOException("the peer does not read", slow);
        }
    }

    @Override
    public void onWebSocketText(String message) {
        Session open = socket;
        if (open != null) {
            close(open, WRONG_KIND, "questions are binary here");
        }
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heartbeat.ponged();
        Session open = socket;
        if (open != null) {
            open.demand();
        }
    }

    /** Asks for signs of life until the end, or until there are none. */
    private void keepAlive(Session open) {
        try {
            while (!ended.await(untilDue(), TimeUnit.NANOSECONDS)) {
                Optional<Heartbeat.Step> due = heartbeat.step(services.nanos().getAsLong());
                if (due.isEmpty()) {
                    continue;
                }
                switch (due.get()) {
                    case PING -> open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
                    case GIVE_UP_STALE, GIVE_UP_SILENT -> {
                        open.disconnect();
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            open.disconnect();
        }
    }

    private long untilDue() {
        return heartbeat.untilDue(services.nanos().getAsLong());
    }

    /** Says that the server goes. */
    void shutdown() {
        Session open = socket;
        if (open != null) {
            close(open, GOING_AWAY, "the server stops; come back soon");
        }
    }

    private static void close(Session open, int code, String reason) {
        byte[] utf8 = reason.getBytes(UTF_8);
        String fits = utf8.length <= REASON_BYTES ? reason : reason.substring(0, REASON_BYTES / 3);
        open.close(code, fits, Callback.NOOP);
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
        ended.countDown();
        onEnd.accept(this);
    }
}
