package dev.orrery.gateway;

import dev.orrery.channel.Connection;
import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client speaking the Centrifuge client protocol, whatever carries its frames.
 *
 * <p>Frames come in one at a time and their commands take effect in the order sent: here it is
 * decided who does. What the client follows is {@link Subscriptions}, each with a thread that moves
 * entries from its feed into the outbox, waiting there while the client is slow; what it asks of
 * channels is {@link ChannelCommands}, of methods {@link Calls}; one thread, the {@link
 * SessionWriter}, sends.
 */
final class ClientSession implements SessionWriter.Session {
    /*
     * Threads. The reader (whoever calls receive) owns `connection` and is the only one to add subscriptions. A follow's
     * pump ends its own follow. The writer owns the wire, and ends what expired.
     *
     * Ending. `over` is set once, by whoever ends the session first; the connection, the outbox and thereby every
     * thread end with it.
     */
    private static final System.Logger LOG = System.getLogger(ClientSession.class.getName());
    private static final int REASON_BYTES = 120;

    private final Services services;
    private final Form form;
    private final Consumer<ClientSession> onEnd;
    private final SessionWriter writer;
    private final Subscriptions subscriptions;
    private final ChannelCommands channels;
    private final Calls calls;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Connection connection;
    private volatile Expiry expiry = Expiry.NEVER;

    /**
     * A session that has not begun.
     *
     * @param onEnd told once, when the session is over for whatever reason
     */
    ClientSession(Services services, Form form, Wire wire, Consumer<ClientSession> onEnd) {
        this.services = services;
        this.form = form;
        this.onEnd = onEnd;
        this.writer = new SessionWriter(services, form, wire, this);
        this.subscriptions = new Subscriptions(services, writer, over::get);
        this.channels = new ChannelCommands(services);
        this.calls = new Calls(services, subscriptions);
    }

    /** Starts the writer. */
    void begin() {
        services.threads().newThread(writer).start();
    }

    /** Whether the session has ended. */
    boolean over() {
        return over.get();
    }

    /** Handles one frame; called for one frame at a time, may wait for the client to read. */
    void receive(byte[] frame) {
        writer.heartbeat().handling(true);
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
            writer.heartbeat().handling(false);
        }
    }

    private void handle(Command command) throws BadFrame {
        switch (command) {
            case Command.Pong() -> writer.heartbeat().ponged();
            case Command.Connect(long id, String token) -> connect(numbered(id), token);
            case Command.Refresh(long id, String token) -> refresh(opened(id), id, token);
            case Command.Subscribe subscribe ->
                    subscriptions.subscribe(opened(subscribe.id()), subscribe);
            case Command.SubRefresh refresh ->
                    writer.send(subscriptions.refresh(opened(refresh.id()), refresh));
            case Command.Unsubscribe unsubscribe -> {
                opened(unsubscribe.id());
                subscriptions.unsubscribe(unsubscribe);
            }
            case Command.Publish publish ->
                    writer.send(channels.publish(opened(publish.id()), publish));
            case Command.Presence presence ->
                    writer.send(channels.presence(opened(presence.id()), presence));
            case Command.PresenceStats stats ->
                    writer.send(channels.presenceStats(opened(stats.id()), stats));
            case Command.History history ->
                    writer.send(channels.history(opened(history.id()), history));
            case Command.Call call -> writer.send(calls.call(opened(call.id()), call));
            case Command.Ping(long id) -> answer(id, new Reply.Pong(id));
            case Command.Unserved(long id, String request) ->
                    answer(
                            id,
                            ErrorCode.NOT_AVAILABLE.reply(
                                    id, request + " is not served here; use rpc"));
            case Command.Unknown(long id) -> answer(id, ErrorCode.METHOD_NOT_FOUND.reply(id));
            case Command.Unreadable(long id, String reason) ->
                    answer(id, ErrorCode.BAD_REQUEST.reply(id, reason));
        }
    }

    private void answer(long id, Reply reply) throws BadFrame {
        opened(id);
        writer.send(reply);
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
        switch (services.authenticator().check(token)) {
            case Credentials.Bad(String why) ->
                    disconnect(DisconnectCode.INVALID_TOKEN, why + "; sign in again");
            case Credentials.Expired() -> writer.send(ErrorCode.TOKEN_EXPIRED.reply(id));
            case Credentials.Good(Principal principal, Optional<Instant> until) ->
                    open(id, principal, Expiry.at(until, services));
        }
    }

    private void open(long id, Principal principal, Expiry until) {
        Connection opened = services.channels().connect(principal, services.ids().get());
        opened.whenEnded(() -> disconnect(DisconnectCode.FORCED, "the server ended this session"));
        connection = opened;
        expiry = until;
        if (over.get()) {
            opened.close();
            return;
        }
        long seconds = Math.max(1, services.limits().pingEvery().toSeconds());
        writer.send(
                new Reply.Connected(
                        id, opened.id(), Gateway.NAME, Math.toIntExact(seconds), until.ttl()));
        writer.heartbeat().connected();
    }

    /** The same principal goes on; what it may no longer follow ends. // law G14 */
    private void refresh(Connection opened, long id, String token) {
        switch (services.authenticator().check(token)) {
            case Credentials.Bad(String why) ->
                    disconnect(DisconnectCode.INVALID_TOKEN, why + "; sign in again");
            case Credentials.Expired() -> writer.send(ErrorCode.TOKEN_EXPIRED.reply(id));
            case Credentials.Good(Principal principal, Optional<Instant> until) -> {
                if (!principal.name().equals(opened.principal().name())) {
                    disconnect(DisconnectCode.INVALID_TOKEN, "it is another's; sign in again");
                    return;
                }
                opened.renew(principal);
                expiry = Expiry.at(until, services);
                writer.send(new Reply.Refreshed(id, opened.id(), Gateway.NAME, expiry.ttl()));
            }
        }
    }

    @Override
    public long untilExpiry(long now) {
        return Math.min(expiry.left(now), subscriptions.untilExpiry(now));
    }

    @Override
    public void expire(long now) {
        if (expiry.left(now) == 0) {
            disconnect(DisconnectCode.EXPIRED, "bring a newer token");
        } else {
            subscriptions.expire(now);
        }
    }

    /** Ends the session and tells the client why. */
    @Override
    public void disconnect(DisconnectCode code, String detail) {
        if (end()) {
            writer.close(code.number(), shortened(code.reason() + ": " + detail));
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
    @Override
    public boolean end() {
        if (!over.compareAndSet(false, true)) {
            return false;
        }
        writer.close();
        Connection opened = connection;
        if (opened != null) {
            opened.close();
        }
        onEnd.accept(this);
        return true;
    }

    static void log(String what, Throwable failure) {
        LOG.log(System.Logger.Level.WARNING, "{0}: {1}", what, failure);
        LOG.log(System.Logger.Level.DEBUG, what, failure);
    }
}
