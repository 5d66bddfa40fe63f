package dev.orrery.graph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket and the answer that is awaited on it. Asked by one thread at a time, told by the
 * client's.
 */
final class WebSocketLine implements WebSocket.Listener { // law G71
    private static final int REFUSAL_CHARS = 4_096;

    private final URI address;
    private ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final StringBuilder refusal = new StringBuilder();
    private volatile @Nullable WebSocket socket;
    private volatile @Nullable IOException end;

    /** What the next message completes; guarded by this. */
    private @Nullable CompletableFuture<byte[]> awaited;

    /** The connection ended. */
    static final class Lost extends IOException {
        @Serial private static final long serialVersionUID = 1L;

        Lost(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The answer is a refusal; the connection goes on. */
    static final class Refused extends IOException {
        @Serial private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    WebSocketLine(URI address) {
        this.address = address;
    }

    void open(WebSocket opened) {
        socket = opened;
    }

    /** Whether nothing can be asked any more. */
    boolean isOver() {
        return end != null;
    }

    /** The answer to a question, once it comes. */
    CompletableFuture<byte[]> ask(byte[] question) {
        WebSocket open = socket;
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        IOException over;
        synchronized (this) {
            awaited = answer;
            over = end;
        }
        if (over != null || open == null) {
            answer.completeExceptionally(
                    over != null ? over : new Lost(address + " is not open", null));
            return answer;
        }
        CompletableFuture<WebSocket> _ =
                open.sendBinary(ByteBuffer.wrap(question), true)
                        .whenComplete((_, failure) -> {
                            if (failure != null) {
                                over(new Lost(address + " is gone", failure));
                            }
                        });
        return answer;
    }

    /** Ends it in order. */
    void end() {
        WebSocket open = socket;
        over(new Lost("this peer is closed", null));
        if (open != null) {
            CompletableFuture<WebSocket> _ =
                    open.sendClose(WebSocket.NORMAL_CLOSURE, "")
                            .whenComplete((_, _) -> open.abort());
        }
    }

    /** Ends it at once. */
    void drop() {
        WebSocket open = socket;
        over(new Lost(address + " was let go of", null));
        if (open != null) {
            open.abort();
        }
    }

    // ---- told

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        if (message.size() + (long) data.remaining() > SyncMessage.MOST_BYTES) {
            over(
                    new Lost(
                            address + " answers more than " + SyncMessage.MOST_BYTES + " bytes",
                            null));
            from.abort();
            return null;
        }
        byte[] part = new byte[data.remaining()];
        data.get(part);
        message.writeBytes(part);
        if (last) {
            CompletableFuture<byte[]> answer = takeAwaited();
            byte[] whole = message.toByteArray();
            message = new ByteArrayOutputStream(); // a long one is not held on to
            if (answer == null) {
                over(new Lost(address + " answers what was not asked", null));
                from.abort();
                return null;
            }
            answer.complete(whole);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        refusal.append(data, 0, Math.min(data.length(), REFUSAL_CHARS - refusal.length()));
        if (last) {
            CompletableFuture<byte[]> answer = takeAwaited();
            if (answer != null) {
                answer.completeExceptionally(new Refused(address + " answers " + refusal));
            }
            refusal.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        over(new Lost(address + " closes: " + code + " " + reason, null));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        over(new Lost(address + " is gone", failure));
    }

    private synchronized @Nullable CompletableFuture<byte[]> takeAwaited() {
        CompletableFuture<byte[]> answer = awaited;
        awaited = null;
        return answer;
    }

    private void over(Lost why) {
        CompletableFuture<byte[]> answer;
        synchronized (this) {
            if (end == null) {
                end = why;
            }
            answer = awaited;
            awaited = null;
        }
        if (answer != null) {
            answer.completeExceptionally(why);
        }
    }
}
