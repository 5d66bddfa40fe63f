package dev.orrery.gateway;

import dev.orrery.channel.Attachment;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Message;
import dev.orrery.channel.Outgoing;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One subscription of a client; as a thread, the pump from its channel into the outbox. */
final class Follow implements Runnable, Outbox.Owner {
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Services services;
    private final SessionWriter writer;
    private final Attachment attachment;
    private final Contents contents;
    private final Over over;

    /** Who came and went while the reply was put together: told right after it. */
    private final List<Message.Came> held = new ArrayList<>();

    private volatile Expiry expiry;
    private volatile @Nullable Ending ending;
    private volatile boolean left;
    private boolean gap;

    /** Why the server ends a subscription. */
    record Ending(UnsubscribeCode code, String detail) {}

    /** Told by the pump when it ended by itself. */
    interface Over {
        /** Whether the session is over, so that nobody need be told. */
        boolean sessionOver();

        /** This subscription is none any more. */
        void ended(Follow follow);
    }

    Follow(
            Services services,
            SessionWriter writer,
            Attachment attachment,
            Expiry expiry,
            Over over) {
        this.services = services;
        this.writer = writer;
        this.attachment = attachment;
        this.contents = new Contents(services.json());
        this.expiry = expiry;
        this.over = over;
    }

    Attachment attachment() {
        return attachment;
    }

    Expiry expiry() {
        return expiry;
    }

    void expiry(Expiry renewed) {
        expiry = renewed;
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
                List<Publication> missed = missed(Contents.place(newest).offset());
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
        Cursor.Numbered from = Contents.place(at);
        @Nullable String data =
                whole.map(services.json()::write)
                        .or(() -> attachment.roster().map(contents::roster))
                        .orElse(null);
        return new Reply.Subscribed(
                id, from.epoch(), from.offset(), recovering, recovered, missed, data, expiry.ttl());
    }

    /** What lies up to the newest place, as far as a reply holds it; the rest follows as pushes. */
    private List<Publication> missed(long newest) {
        List<Publication> missed = new ArrayList<>();
        int bytes = 0;
        while (!gap
                && Contents.place(attachment.cursor()).offset() < newest
                && bytes < services.limits().recoveryBytes()) {
            Optional<Message> next = attachment.next(Duration.ZERO);
            if (next.isEmpty()) {
                return missed;
            }
            switch (next.get()) {
                case Message.Entry entry -> missed.add(contents.of(entry));
                case Message.FromClient sent -> missed.add(contents.of(sent));
                case Message.Came came -> held.add(came);
                case Message.Gap _ -> gap = true;
            }
            bytes += missed.isEmpty() ? 0 : missed.getLast().data().length();
        }
        return missed;
    }

    @Override
    public void run() {
        try {
            held.forEach(this::send);
            while (!gap) {
                switch (attachment.next()) {
                    case Message.Entry entry -> send(entry.cursor(), contents.of(entry));
                    case Message.FromClient sent -> send(sent.cursor(), contents.of(sent));
                    case Message.Came came -> send(came);
                    case Message.Gap _ -> gap = true;
                }
            }
            drop(new Ending(UnsubscribeCode.INSUFFICIENT_STATE, "missed more than is kept"));
        } catch (OrreryException.Denied refused) {
            drop(new Ending(UnsubscribeCode.SERVER, refused.getMessage()));
        } catch (OrreryException.Closed
                | OrreryException.Unavailable
                | OrreryException.TimedOut interrupted) {
            pause();
            drop(new Ending(UnsubscribeCode.INTERRUPTED, "the channel ended for now"));
        } catch (OrreryException.Cancelled ended) {
            drop(new Ending(UnsubscribeCode.SERVER, "the channel is closed"));
        } catch (RuntimeException failure) {
            ClientSession.log("channel " + attachment.channel() + " cannot go on", failure);
            drop(new Ending(UnsubscribeCode.SERVER, "the channel failed; see the server's log"));
        }
    }

    /** Who is told that it was interrupted comes back at once: not again and again, if it is so. */
    private void pause() { // law G19
        if (ending == null && !over.sessionOver()) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void send(Message.Came came) {
        writer.put(writer.encode(contents.of(attachment.channel(), came.change())), this);
    }

    private void send(Cursor place, Publication publication) {
        byte[] encoded = writer.encode(new Reply.Published(attachment.channel(), publication));
        writer.put(
                encoded,
                services.outgoing().equals(Outgoing.NONE)
                        ? this
                        : new Sending(this, place, encoded.length));
    }

    private void sent(Cursor place, int bytes) {
        services.outgoing().sent(attachment.channel(), place, bytes);
    }

    /** Ends it for a reason of the server's; the pump tells the client. Waits for nobody. */
    void finish(UnsubscribeCode code, String detail) {
        ending = new Ending(code, detail);
        attachment.close();
    }

    /**
     * Tells the client that this subscription is over, unless it is the client that left. // law G3
     */
    private void drop(Ending found) {
        @Nullable Ending told = ending;
        Ending why = told == null ? found : told;
        ending = why;
        attachment.close();
        if (left || over.sessionOver()) {
            return;
        }
        String reason = why.code().reason() + ": " + why.detail();
        try {
            writer.put(
                    writer.encode(
                            new Reply.Dropped(attachment.channel(), why.code().number(), reason)),
                    () -> left);
        } catch (OrreryException.Closed | OrreryException.Cancelled sessionEnded) {
            return;
        }
        over.ended(this);
    }

    /** The client left: nothing of this subscription is written any more. */
    void leave() {
        left = true;
        finish(UnsubscribeCode.SERVER, "the client left");
    }

    @Override
    public boolean ended() {
        return ending != null;
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
