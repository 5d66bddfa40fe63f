package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.channel.Attachment;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.ClientMessage;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Join;
import dev.orrery.channel.Message;
import dev.orrery.channel.Presence;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Channels as server-sent events: one channel for each request, for {@code curl -N} and {@code
 * EventSource}.
 *
 * <p>The {@code id} of an event is its cursor's text, given back as {@code Last-Event-ID} or {@code
 * ?after=}. Events are {@code whole}, {@code delta} and, before a whole that a gap made necessary,
 * {@code reset}. Thread-safe.
 */
final class EventStreams implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventStreams.class.getName());
    private static final int WRITE_BYTES = 64 << 10;
    private static final String BEAT = ": beat\n\n";

    private final Services services;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    EventStreams(Services services) {
        this.services = services;
    }

    /** How many streams are open. */
    int size() {
        return open.size();
    }

    /** Answers a request with a stream, or with one line that says why not. */
    void open(String channel, Request request, Response response, Callback callback) {
        services.threads().newThread(() -> serve(channel, request, response, callback)).start();
    }

    private void serve(String channel, Request request, Response response, Callback callback) {
        if (open.size() >= services.limits().connections()) {
            HttpHandler.answer(response, callback, 503, "too many clients; try again later");
            return;
        }
        switch (services.authenticator().check(token(request))) {
            case Credentials.Bad(String why) ->
                    HttpHandler.answer(
                            response, callback, 401, "the token: " + why + "; sign in again");
            case Credentials.Expired() ->
                    HttpHandler.answer(
                            response, callback, 401, "the token has expired; bring a newer one");
            case Credentials.Good good -> serve(good, channel, request, response, callback);
        }
    }

    private void serve(
            Credentials.Good good,
            String channel,
            Request request,
            Response response,
            Callback callback) {
        Expiry expiry = Expiry.at(good.until(), services);
        String id = services.ids().get();
        try (Connection connection = services.channels().connect(good.principal(), id)) {
            serve(channel, connection, expiry, request, response, callback);
        } catch (OrreryException refused) {
            Failure failure = Failure.of(refused);
            HttpHandler.answer(response, callback, failure.status(), failure.message());
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "an event stream failed: {0}", failure);
            HttpHandler.answer(response, callback, 500, "the stream failed; see the server's log");
        }
    }

    private void serve(
            String channel,
            Connection connection,
            Expiry expiry,
            Request request,
            Response response,
            Callback callback) {
        open.add(connection);
        try {
            if (closed) {
                connection.close();
            }
            new Stream(channel, connection, expiry, response)
                    .serve(join(channel, request), callback);
        } finally {
            open.remove(connection);
        }
    }

    /** The token of a request, empty when it has none. */
    static String token(Request request) {
        @Nullable String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return authorization != null && authorization.startsWith("Bearer ")
                ? authorization.substring(7)
                : "";
    }

    /**
     * A browser that comes back says where it was in a header, and repeats the address it first
     * used.
     */
    private static Join join(String channel, Request request) {
        Fields query = Request.extractQueryParameters(request);
        @Nullable String lastSeen = request.getHeaders().get("Last-Event-ID");
        Optional<String> after =
                Optional.ofNullable(lastSeen)
                        .filter(text -> !text.isEmpty())
                        .or(() -> Optional.ofNullable(query.getValue("after")))
                        .filter(text -> !text.isEmpty());
        boolean presence = query.getValue("presence") != null;
        return new Join(channel, after, null, presence, Optional.empty());
    }

    /** Ends every stream. */
    @Override
    public void close() {
        closed = true;
        open.forEach(Connection::close);
    }

    /** One response that goes on. Confined to its thread. */
    private final class Stream {
        private final String channel;
        private final Connection connection;
        private final Expiry expiry;
        private final Response response;
        private final StringBuilder pending = new StringBuilder();
        private final Map<Cursor, Integer> unsent = new LinkedHashMap<>();

        Stream(String channel, Connection connection, Expiry expiry, Response response) {
            this.channel = channel;
            this.connection = connection;
            this.expiry = expiry;
            this.response = response;
        }

        void serve(Join join, Callback callback) {
            Attachment attachment = connection.attach(join);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            try {
                pending.append("retry: 1000\n\n");
                while (true) {
                    begin(attachment);
                    follow(attachment);
                    attachment.close();
                    attachment = connection.attach(join.after(attachment.cursor().text()));
                }
            } catch (OrreryException.Closed | OrreryException.Denied ended) {
                response.write(true, null, callback);
            } catch (IOException | RuntimeException gone) {
                callback.failed(gone);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                callback.failed(stopped);
            } finally {
                attachment.close();
            }
        }

        private void begin(Attachment attachment) {
            switch (attachment.beginning()) {
                case Beginning.Fresh(Cursor at, Optional<Object> whole) -> whole(at, whole);
                case Beginning.Continued _ -> pending.append(": continued\n\n");
                case Beginning.Reset(Cursor at, Optional<Object> whole) -> {
                    pending.append("event: reset\ndata: ")
                            .append(
                                    services.json()
                                            .write(
                                                    Map.of(
                                                            "reason",
                                                            "what was missed is no longer held")))
                            .append("\n\n");
                    whole(at, whole);
                }
            }
            attachment
                    .roster()
                    .map(members -> members.stream().map(Contents::member).toList())
                    .ifPresent(members -> event("present", members));
        }

        /**
         * Where there is no whole the place alone is told, which is no event but sets what is given
         * back.
         */
        private void whole(Cursor at, Optional<Object> whole) {
            if (whole.isPresent()) {
                event(at, "whole", whole.get());
            } else {
                pending.append("id: ").append(at.text()).append("\n\n");
            }
        }

        private void event(Cursor at, String name, Object value) {
            pending.append("id: ").append(at.text()).append('\n');
            event(name, value);
        }

        /** An event without a number leaves what is given back as it was. */
        private void event(String name, Object value) {
            pending.append("event: ")
                    .append(name)
                    .append("\ndata: ")
                    .append(services.json().write(value))
                    .append("\n\n");
        }

        /** Sends what comes until there is a gap. */
        private void follow(Attachment attachment) throws IOException, InterruptedException {
            while (true) {
                Optional<Message> next =
                        attachment.next(pending.isEmpty() ? patience() : Duration.ZERO);
                if (next.isPresent() && next.get() instanceof Message.Gap) {
                    return;
                }
                next.ifPresent(this::add);
                if (next.isEmpty() && pending.isEmpty()) {
                    pending.append(BEAT);
                }
                if (next.isEmpty() || pending.length() >= WRITE_BYTES) {
                    flush();
                }
            }
        }

        /** How long nothing need be sent; ends the stream when its token has expired. // law G14 */
        private Duration patience() {
            long left = expiry.left(services.nanos().getAsLong());
            if (left == 0) {
                throw new OrreryException.Closed("the stream, whose token has expired");
            }
            return Duration.ofNanos(Math.min(left, services.limits().pingEvery().toNanos()));
        }

        private void add(Message message) {
            int before = pending.length();
            switch (message) {
                case Message.Entry(Cursor at, Object value) -> event(at, "delta", value);
                case Message.FromClient(Cursor at, ClientMessage sent) -> event(at, "client", sent);
                case Message.Came(Cursor _, Presence.Change change) ->
                        event(
                                change instanceof Presence.Joined ? "joined" : "left",
                                Contents.member(change.member()));
                case Message.Gap _ -> throw new IllegalStateException("law H5: a gap is no event");
            }
            if (!(message instanceof Message.Came)) {
                unsent.put(message.cursor(), pending.length() - before);
            }
        }

        private void flush() throws IOException, InterruptedException {
            ByteBuffer bytes = ByteBuffer.wrap(pending.toString().getBytes(UTF_8));
            pending.setLength(0);
            CompletableFuture<Void> written = new CompletableFuture<>();
            response.write(
                    false,
                    bytes,
                    Callback.from(() -> written.complete(null), written::completeExceptionally));
            try {
                written.get(services.limits().writeWithin().toMillis(), TimeUnit.MILLISECONDS);
                unsent.forEach((at, size) -> services.outgoing().sent(channel, at, size));
                unsent.clear();
            } catch (ExecutionException gone) {
                throw new IOException("the peer is gone", gone.getCause());
            } catch (TimeoutException slow) {
                response.getRequest().getConnectionMetaData().getConnection().getEndPoint().close();
                throw new IOException("the peer does not read", slow);
            }
        }
    }
}
