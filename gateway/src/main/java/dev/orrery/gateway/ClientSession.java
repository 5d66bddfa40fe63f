package dev.orrery.gateway;

import dev.orrery.channel.Action;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Message;
import dev.orrery.channel.Outgoing;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client speaking the Centrifuge client protocol, whatever carries its frames.
 *
 * <p>Frames come in one at a time and their commands take effect in the order sent. One writer
 * thread sends; one thread for each subscription moves entries from its feed into the outbox,
 * waiting there while the client is slow.
 */
final class ClientSession {
    /*
     * Threads. The reader (whoever calls receive) owns `connection` and is the only one to add to `follows`. A follow's
     * pump ends its own follow. The writer owns the wire.
     *
     * The race of two ends. A pump meets a gap and says so with a push while the client, which has not seen it, leaves
     * and joins again. The push must not reach the client after the reply to its new subscription, which it would end.
     * Hence a follow the client left, or replaced, marks itself as left, and what it queued is not written any more; and
     * a follow that is ending no longer counts as subscribed, or the client that comes back at once would be refused.
     *
     * Ending. `over` is set once, by whoever ends the session first; the connection, the outbox and thereby every
     * thread end with it.
     */
    private static final System.Logger LOG = System.getLogger(ClientSession.class.getName());
    private static final int FRAME_BYTES = 64 << 10;
    private static final int REASON_BYTES = 120;
    private static final Outbox.Owner SESSION = () -> false;

    /** The method by which a follower of part of a channel changes the part. */
    private static final String CHANGE = "channel.change";

    private final Services services;
    private final Form form;
    private final Wire wire;
    private final Consumer<ClientSession> onEnd;
    private final Outbox outbox;
    private final Heartbeat heartbeat;
    private final Map<String, Follow> follows = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Connection connection;

    /**
     * A session that has not begun.
     *
     * @param onEnd told once, when the session is over for whatever reason
     */
    ClientSession(Services services, Form form, Wire wire, Consumer<ClientSession> onEnd) {
        this.services = services;
        this.form = form;
        this.wire = wire;
        this.onEnd = onEnd;
        this.outbox = new Outbox(services.limits().windowBytes());
        this.heartbeat = new Heartbeat(services.limits(), services.nanos().getAsLong());
    }

    /** Starts the writer. */
    void begin() {
        services.threads().newThread(this::write).start();
    }

    /** Whether the session has ended. */
    boolean over() {
        return over.get();
    }

    /** Handles one frame; called for one frame at a time, may wait for the client to read. */
    void receive(byte[] frame) {
        heartbeat.handling(true);
        try {
            for (Command command : form.decode(frame)) {
                if (over.get()) {
                    return;
                }
                handle(command);
            }
        } catch (BadFrame bad) {
            disconnect(DisconnectCode.BAD_REQUEST, bad.reason());
        } catch (OrreryException.Closed | OrreryException.Cancelled ended) {
            disconnect(DisconnectCode.SHUTDOWN, ended.getMessage());
        } catch (RuntimeException failure) {
            log("a command failed", failure);
            disconnect(DisconnectCode.INTERNAL, "see the server's log");
        } finally {
            heartbeat.handling(false);
        }
    }

    private void handle(Command command) throws BadFrame {
        switch (command) {
            case Command.Pong() -> heartbeat.ponged();
            case Command.Connect connect -> connect(numbered(connect.id()), connect.token());
            case Command.Subscribe subscribe -> subscribe(opened(subscribe.id()), subscribe);
            case Command.Unsubscribe unsubscribe -> {
                opened(unsubscribe.id());
                unsubscribe(unsubscribe);
            }
            case Command.Call call -> send(call(opened(call.id()), call));
            case Command.Ping(long id) -> {
                opened(id);
                send(new Reply.Pong(id));
            }
            case Command.Unserved(long id, String request) -> {
                opened(id);
                send(ErrorCode.NOT_AVAILABLE.reply(id, request + " is not served here; use rpc"));
            }
            case Command.Unknown(long id) -> {
                opened(id);
                send(ErrorCode.METHOD_NOT_FOUND.reply(id));
            }
            case Command.Unreadable(long id, String reason) -> {
                opened(id);
                send(ErrorCode.BAD_REQUEST.reply(id, reason));
            }
        }
    }

    private static long numbered(long id) throws BadFrame {
        if (id == 0) {
            throw new BadFrame("a command has an id above 0");
        }
        return id;
    }

    private Connection opened(long id) throws BadFrame {
        numbered(id);
        Connection opened = connection;
        if (opened == null) {
            throw new BadFrame("the first command is connect");
        }
        return opened;
    }

    private void connect(long id, String token) throws BadFrame {
        if (connection != null) {
            throw new BadFrame("connect comes once");
        }
        Optional<Principal> principal = services.authenticator().authenticate(token);
        if (principal.isEmpty()) {
            disconnect(DisconnectCode.INVALID_TOKEN, "sign in again");
            return;
        }
        Connection opened = services.channels().connect(principal.get());
        connection = opened;
        if (over.get()) {
            opened.close();
            return;
        }
        long seconds = Math.max(1, services.limits().pingEvery().toSeconds());
        send(new Reply.Connected(id, services.ids().get(), Gateway.NAME, Math.toIntExact(seconds)));
        heartbeat.connected();
    }

    private void subscribe(Connection opened, Command.Subscribe command) {
        @Nullable Follow old = follows.get(command.channel());
        if (old != null && !old.ending) {
            send(ErrorCode.ALREADY_SUBSCRIBED.reply(command.id()));
            return;
        }
        if (old != null) {
            old.leave();
        }
        Optional<String> after =
                command.recover()
                        ? Optional.of(command.epoch() + ":" + command.offset())
                        : Optional.empty();
        try {
            follow(
                    command.id(),
                    new Follow(opened.attach(command.channel(), after, command.data())));
        } catch (OrreryException.Closed | OrreryException.Cancelled ended) {
            throw ended;
        } catch (OrreryException refused) {
            send(refusal(command.id(), refused));
        } catch (RuntimeException failure) {
            log("subscribing failed", failure);
            send(ErrorCode.INTERNAL.reply(command.id(), "see the server's log"));
        }
    }

    private void follow(long id, Follow follow) {
        try {
            Reply reply = follow.begin(id);
            follows.put(follow.attachment.channel(), follow);
            send(reply);
            services.threads().newThread(follow).start();
        } catch (RuntimeException failure) {
            follow.leave();
            follows.remove(follow.attachment.channel(), follow);
            throw failure;
        }
    }

    private static Reply refusal(long id, OrreryException refused) {
        return switch (refused) {
            case OrreryException.Missing _ -> ErrorCode.UNKNOWN_CHANNEL.reply(id);
            case OrreryException.Denied _ -> ErrorCode.PERMISSION_DENIED.reply(id);
            case OrreryException.LimitExceeded limit ->
                    ErrorCode.LIMIT_EXCEEDED.reply(id, limit.getMessage());
            default -> Failure.of(refused).reply(id);
        };
    }

    /**
     * Leaving a channel that one is not in is no error: the server may have ended it a moment ago.
     */
    private void unsubscribe(Command.Unsubscribe command) {
        @Nullable Follow follow = follows.remove(command.channel());
        if (follow != null) {
            follow.leave();
        }
        send(new Reply.Unsubscribed(command.id()));
    }

    private Reply call(Connection caller, Command.Call call) {
        try {
            caller.require(Action.CALL, new Resource.OfMethod(call.method()));
            if (call.method().equals(CHANGE)) {
                return new Reply.Returned(call.id(), services.json().write(change(call.data())));
            }
            Optional<Rpc.Method> method = services.rpc().find(call.method());
            if (method.isEmpty()) {
                return ErrorCode.METHOD_NOT_FOUND.reply(call.id());
            }
            @Nullable Object result = method.get().call(caller.principal(), call.data());
            return new Reply.Returned(call.id(), services.json().write(result));
        } catch (OrreryException.Denied denied) {
            return ErrorCode.PERMISSION_DENIED.reply(call.id(), denied.getMessage());
        } catch (OrreryException.UserFailure failure) {
            log("a method failed", failure);
            return Failure.of(failure).reply(call.id());
        } catch (OrreryException failure) {
            return Failure.of(failure).reply(call.id());
        } catch (RuntimeException | StackOverflowError failure) {
            log("a method failed", failure);
            return ErrorCode.INTERNAL.reply(call.id(), "the method failed; see the server's log");
        }
    }

    /** Lets a follower of part of a channel go on with another part. // law G13 */
    private Map<String, Object> change(@Nullable Object data) {
        if (!(data instanceof Map<?, ?> asked && asked.get("channel") instanceof String channel)) {
            throw new OrreryException.Invalid("data", "is an object with channel and part", data);
        }
        @Nullable Follow follow = follows.get(channel);
        if (follow == null || follow.ending) {
            throw new OrreryException.Missing("the channels this client follows", channel);
        }
        follow.attachment.change(asked.get("part"));
        return Map.of();
    }

    private void send(Reply reply) {
        outbox.put(form.encode(reply), SESSION);
    }

    /** The writer's life: what waits goes out in one frame, and a ping when it is time. */
    private void write() {
        try {
            while (true) {
                byte[] frame =
                        outbox.take(FRAME_BYTES, heartbeat.untilDue(services.nanos().getAsLong()));
                if (frame.length > 0) {
                    wire.send(frame);
                    outbox.sent();
                }
                Optional<Heartbeat.Step> due = heartbeat.step(services.nanos().getAsLong());
                if (due.isPresent()) {
                    keepAlive(due.get());
                }
            }
        } catch (OrreryException.Closed ended) {
            end();
        } catch (IOException gone) {
            end();
            wire.cut();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            end();
            wire.cut();
        } catch (RuntimeException failure) {
            log("the writer failed", failure);
            disconnect(DisconnectCode.INTERNAL, "see the server's log");
        }
    }

    /** The ping goes straight to the wire: the writer must not wait for room that only it makes. */
    private void keepAlive(Heartbeat.Step step) throws IOException, InterruptedException {
        switch (step) {
            case PING -> wire.send(form.encode(new Reply.Ping()));
            case GIVE_UP_STALE -> disconnect(DisconnectCode.STALE, "connect did not come in time");
            case GIVE_UP_SILENT -> disconnect(DisconnectCode.NO_PONG, "no answer to a ping");
        }
    }

    /** Ends the session and tells the client why. */
    void disconnect(DisconnectCode code, String detail) {
        if (end()) {
            wire.close(code.number(), shortened(code.reason() + ": " + detail));
        }
    }

    /** A close frame has room for 123 bytes. */
    private static String shortened(String reason) {
        String printable = reason.replaceAll("[^ -~]", "?");
        return printable.length() <= REASON_BYTES
                ? printable
                : printable.substring(0, REASON_BYTES);
    }

    /** Ends the session; false when it had ended. */
    boolean end() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        outbox.close();
        Connection opened = connection;
        if (opened != null) {
            opened.close();
        }
        onEnd.accept(this);
        return true;
    }

    private static void log(String what, Throwable failure) {
        LOG.log(System.Logger.Level.WARNING, "{0}: {1}", what, failure);
        LOG.log(System.Logger.Level.DEBUG, what, failure);
    }

    /** One subscription of this client; as a thread, the pump from its feed into the outbox. */
    private final class Follow implements Runnable, Outbox.Owner {
        private final Attachment attachment;
        private volatile boolean ending;
        private volatile boolean left;
        private boolean gap;

        Follow(Attachment attachment) {
            this.attachment = attachment;
        }

        /**
         * The reply that opens the subscription, with what the client needs to stand where the
         * attachment stands.
         */
        Reply begin(long id) {
            return switch (attachment.beginning()) {
                case Beginning.Fresh(Cursor at, Optional<Object> whole) ->
                        opened(id, at, false, false, List.of(), whole);
                case Beginning.Reset(Cursor at, Optional<Object> whole) ->
                        opened(id, at, true, false, List.of(), whole);
                case Beginning.Continued(Cursor _, Cursor newest) -> {
                    List<Publication> missed = missed(place(newest).offset());
                    yield opened(id, attachment.cursor(), true, true, missed, Optional.empty());
                }
            };
        }

        private Reply opened(
                long id,
                Cursor at,
                boolean recovering,
                boolean recovered,
                List<Publication> missed,
                Optional<Object> whole) {
            Cursor.Numbered from = place(at);
            @Nullable String data = whole.map(services.json()::write).orElse(null);
            return new Reply.Subscribed(
                    id, from.epoch(), from.offset(), recovering, recovered, missed, data);
        }

        /**
         * What lies up to the newest place, as far as a reply holds it; the rest follows as pushes.
         */
        private List<Publication> missed(long newest) {
            List<Publication> missed = new ArrayList<>();
            int bytes = 0;
            while (!gap
                    && place(attachment.cursor()).offset() < newest
                    && bytes < services.limits().recoveryBytes()) {
                Optional<Message> next = attachment.next(Duration.ZERO);
                if (next.isEmpty()) {
                    return missed;
                }
                switch (next.get()) {
                    case Message.Entry entry -> {
                        Publication publication = publication(entry);
                        missed.add(publication);
                        bytes += publication.data().length();
                    }
                    case Message.Gap _ -> gap = true;
                }
            }
            return missed;
        }

        private Publication publication(Message.Entry entry) {
            return new Publication(
                    place(entry.cursor()).offset(), services.json().write(entry.value()));
        }

        private static Cursor.Numbered place(Cursor cursor) {
            if (cursor instanceof Cursor.Numbered numbered) {
                return numbered;
            }
            throw new OrreryException.Unsupported(
                    "number the entries of a feed with " + cursor, "a channel");
        }

        @Override
        public void run() {
            try {
                while (!gap) {
                    switch (attachment.next()) {
                        case Message.Entry entry -> send(entry);
                        case Message.Gap _ -> gap = true;
                    }
                }
                drop(UnsubscribeCode.INSUFFICIENT_STATE, "missed more than is kept");
            } catch (OrreryException.Closed | OrreryException.Cancelled ended) {
                drop(UnsubscribeCode.SERVER, "the channel is closed");
            } catch (RuntimeException failure) {
                log("channel " + attachment.channel() + " cannot go on", failure);
                drop(UnsubscribeCode.SERVER, "the channel failed; see the server's log");
            }
        }

        private void send(Message.Entry entry) {
            byte[] encoded =
                    form.encode(new Reply.Published(attachment.channel(), publication(entry)));
            outbox.put(
                    encoded,
                    services.outgoing().equals(Outgoing.NONE)
                            ? this
                            : new Sending(this, entry.cursor(), encoded.length));
        }

        private void sent(Cursor place, int bytes) {
            services.outgoing().sent(attachment.channel(), place, bytes);
        }

        /**
         * Tells the client that this subscription is over, unless it is the client that left. //
         * law G3
         */
        private void drop(UnsubscribeCode code, String detail) {
            ending = true;
            attachment.close();
            if (left || over.get()) {
                return;
            }
            String reason = code.reason() + ": " + detail;
            try {
                outbox.put(
                        form.encode(new Reply.Dropped(attachment.channel(), code.number(), reason)),
                        () -> left);
            } catch (OrreryException.Closed | OrreryException.Cancelled sessionEnded) {
                return;
            }
            follows.remove(attachment.channel(), this);
        }

        /** The client left: nothing of this subscription is written any more. */
        void leave() {
            left = true;
            ending = true;
            attachment.close();
        }

        @Override
        public boolean ended() {
            return ending;
        }
    }

    /** One entry on its way to the socket, of which somebody wants to know. */
    private record Sending(Follow follow, Cursor place, int bytes) implements Outbox.Owner {
        @Override
        public boolean ended() {
            return follow.ended();
        }

        @Override
        public void sent() {
            follow.sent(place, bytes);
        }
    }
}
