package dev.orrery.channel;

import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A principal's subscription to one channel: how it begins, then the messages, in the channel's
 * numbering.
 *
 * <p>Feeds of messages and feeds of states become one shape here, so that every transport speaks of
 * channels alike. For one reading thread; {@link #close} may come from any thread and ends a wait
 * with {@code Closed}.
 */
public final class Attachment implements Subscription<Message> {
    private final String channel;
    private final Individual.Part part;
    private final Subscription<?> entries;
    private final Beginning beginning;
    private final Consumer<Attachment> onClose;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private Optional<Message> ahead = Optional.empty();
    private Cursor place;

    /**
     * Attaches to the feed of a part, which ends with the attachment.
     *
     * @param after the reader's place, or empty when it has none
     * @param onClose told once, when the attachment is closed
     */
    Attachment(
            String channel,
            Individual.Part part,
            Optional<Cursor> after,
            Consumer<Attachment> onClose) {
        Feed<?> feed = part.feed();
        this.part = part;
        this.channel = channel;
        this.onClose = onClose;
        Optional<Cursor> known = after.filter(cursor -> mayContinue(feed, cursor));
        this.entries = known.isPresent() ? feed.subscribe(known.get()) : feed.subscribe();
        this.place = entries.cursor();
        this.beginning = begin(feed, after.isPresent(), known.isPresent());
        this.place = beginning.cursor();
    }

    /**
     * A place ahead of the newest entry was not given out by this feed; waiting for it would skip
     * what comes now.
     */
    private static boolean mayContinue(Feed<?> feed, Cursor place) {
        return !(place instanceof Cursor.Numbered reader
                && feed.head() instanceof Cursor.Numbered newest
                && reader.epoch().equals(newest.epoch())
                && reader.offset() > newest.offset());
    }

    /*
     * The newest place is read after the subscription exists, so whatever lies up to it is held for this reader or
     * answered by a gap; and a first look without waiting tells which, because a feed reports a gap first of all.
     */
    private Beginning begin(Feed<?> feed, boolean hadPlace, boolean continues) {
        Cursor newest = feed.head();
        Optional<?> first = entries.next(Duration.ZERO);
        if (first.isPresent()
                && first.get() instanceof Update.Whole<?, ?>(Cursor cursor, Object state)) {
            return started(hadPlace, cursor, Optional.of(state));
        }
        if (first.isPresent() && first.get() instanceof Delivery.Lagged<?>(Cursor _, Cursor to)) {
            return started(hadPlace, to, Optional.empty());
        }
        ahead = first.map(Attachment::message);
        return continues
                ? new Beginning.Continued(place, newest)
                : started(hadPlace, place, Optional.empty());
    }

    private static Beginning started(boolean hadPlace, Cursor cursor, Optional<Object> whole) {
        return hadPlace ? new Beginning.Reset(cursor, whole) : new Beginning.Fresh(cursor, whole);
    }

    /** The channel's name. */
    public String channel() {
        return channel;
    }

    /**
     * Goes on with another part of an {@link Individual} channel.
     *
     * @throws OrreryException.Invalid when there can be no such part; then nothing changes
     * @throws OrreryException.Unsupported when the channel is followed whole
     */
    public void change(@Nullable Object asked) {
        part.change(asked);
    }

    /** How it began. */
    public Beginning beginning() {
        return beginning;
    }

    @Override
    public Message next() {
        return handOut(takeAhead().orElseGet(() -> message(entries.next())));
    }

    @Override
    public Optional<Message> next(Duration timeout) {
        return takeAhead()
                .or(() -> entries.next(timeout).map(Attachment::message))
                .map(this::handOut);
    }

    private Optional<Message> takeAhead() {
        Optional<Message> taken = ahead;
        ahead = Optional.empty();
        return taken;
    }

    /** A gap is no place to continue from: only what came before it is. */
    private Message handOut(Message message) {
        if (message instanceof Message.Entry) {
            place = message.cursor();
        }
        return message;
    }

    private static Message message(Object entry) {
        return switch (entry) {
            case Delivery.Item<?>(Cursor cursor, Object value) -> new Message.Entry(cursor, value);
            case Update.Delta<?, ?>(Cursor cursor, Object change) ->
                    new Message.Entry(cursor, change);
            case Delivery.Lagged<?> lagged -> new Message.Gap(lagged.to());
            case Update.Whole<?, ?> whole -> new Message.Gap(whole.cursor());
            default ->
                    throw new OrreryException.Unsupported(
                            "carry an entry of " + entry.getClass(), "a channel");
        };
    }

    @Override
    public Cursor cursor() {
        return place;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            entries.close();
            part.close();
            onClose.accept(this);
        }
    }
}
