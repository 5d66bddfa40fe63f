package dev.orrery.gateway;

import dev.orrery.core.OrreryException;
import java.io.IOException;
import java.util.Optional;

/**
 * The one thread that sends to a client: what waits goes out in one frame, and a ping, or an end,
 * when it is time. What it sends is put in by any thread, which waits while the client is slow.
 */
final class SessionWriter implements Runnable {
    private static final int FRAME_BYTES = 64 << 10;
    private static final Outbox.Owner SESSION = () -> false;

    private final Services services;
    private final Form form;
    private final Wire wire;
    private final Session session;
    private final Outbox outbox;
    private final Heartbeat heartbeat;

    /** What the writer tells the session it writes for; on the writer's thread. */
    interface Session {
        /** How long until something of the session expires, in nanoseconds. */
        long untilExpiry(long now);

        /** Ends what has expired; must not wait for the writer. */
        void expire(long now);

        /** The client is gone, or the session ended elsewhere. */
        boolean end();

        /** Ends the session and tells the client why. */
        void disconnect(DisconnectCode code, String detail);
    }

    SessionWriter(Services services, Form form, Wire wire, Session session) {
        this.services = services;
        this.form = form;
        this.wire = wire;
        this.session = session;
        this.outbox = new Outbox(services.limits().windowBytes());
        this.heartbeat = new Heartbeat(services.limits(), services.nanos().getAsLong());
    }

    Heartbeat heartbeat() {
        return heartbeat;
    }

    /** Has a reply sent, waiting for room. */
    void send(Reply reply) {
        put(encode(reply), SESSION);
    }

    byte[] encode(Reply reply) {
        return form.encode(reply);
    }

    /** Has something sent unless its owner ends before, waiting for room. */
    void put(byte[] encoded, Outbox.Owner owner) {
        outbox.put(encoded, owner);
    }

    /** Says good-bye. */
    void close(int code, String reason) {
        wire.close(code, reason);
    }

    /** Drops what waits and ends every wait. */
    void close() {
        outbox.close();
    }

    @Override
    public void run() {
        try {
            while (true) {
                byte[] frame = outbox.take(FRAME_BYTES, untilDue());
                if (frame.length > 0) {
                    wire.send(frame);
                    outbox.sent();
                }
                long now = services.nanos().getAsLong();
                Optional<Heartbeat.Step> due = heartbeat.step(now);
                if (due.isPresent()) {
                    keepAlive(due.get());
                }
                session.expire(now);
            }
        } catch (OrreryException.Closed ended) {
            session.end();
        } catch (IOException gone) {
            session.end();
            wire.cut();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            session.end();
            wire.cut();
        } catch (RuntimeException failure) {
            ClientSession.log("the writer failed", failure);
            session.disconnect(DisconnectCode.INTERNAL, "see the server's log");
        }
    }

    private long untilDue() {
        long now = services.nanos().getAsLong();
        return Math.min(heartbeat.untilDue(now), session.untilExpiry(now));
    }

    /** The ping goes straight to the wire: the writer must not wait for room that only it makes. */
    private void keepAlive(Heartbeat.Step step) throws IOException, InterruptedException {
        switch (step) {
            case PING -> wire.send(form.encode(new Reply.Ping()));
            case GIVE_UP_STALE ->
                    session.disconnect(DisconnectCode.STALE, "connect did not come in time");
            case GIVE_UP_SILENT ->
                    session.disconnect(DisconnectCode.NO_PONG, "no answer to a ping");
        }
    }
}
