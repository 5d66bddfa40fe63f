package dev.orrery.channel;

import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How somebody begins to follow a channel, and what follows.
 *
 * @param roster who is there already, when that was asked for
 */
record Joining(
        Beginning beginning,
        Subscription<Message> messages,
        Optional<List<Presence.Member>> roster) {

    /** Joins a feed of messages or of states. */
    static Joining of(Feed<?> feed, Optional<Cursor> after) {
        Optional<Cursor> known = after.filter(cursor -> mayContinue(feed, cursor));
        FeedMessages messages =
                new FeedMessages(
                        known.isPresent() ? feed.subscribe(known.get()) : feed.subscribe());
        return new Joining(
                begin(feed, messages, after.isPresent(), known.isPresent()),
                messages,
                Optional.empty());
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
    private static Beginning begin(
            Feed<?> feed, FeedMessages messages, boolean hadPlace, boolean continues) {
        Cursor from = messages.entries.cursor();
        Cursor newest = feed.head();
        Optional<?> first = messages.entries.next(Duration.ZERO);
        if (first.isPresent()
                && first.get() instanceof Update.Whole<?, ?>(Cursor cursor, Object state)) {
            return started(hadPlace, cursor, Optional.of(state));
        }
        if (first.isPresent() && first.get() instanceof Delivery.Lagged<?>(Cursor _, Cursor to)) {
            return started(hadPlace, to, Optional.empty());
        }
        messages.ahead = first.map(FeedMessages::message);
        return continues
                ? new Beginning.Continued(from, newest)
                : started(hadPlace, from, Optional.empty());
    }

    private static Beginning started(boolean hadPlace, Cursor cursor, Optional<Object> whole) {
        return hadPlace ? new Beginning.Reset(cursor, whole) : new Beginning.Fresh(cursor, whole);
    }

    /** The entries of a feed as messages; the first may have been looked at already. */
    private static final class FeedMessages implements Subscription<Message> {
        private final Subscription<?> entries;
        private Optional<Message> ahead = Optional.empty();

        FeedMessages(Subscription<?> entries) {
            this.entries = entries;
        }

        @Override
        public Message next() {
            return takeAhead().orElseGet(() -> message(entries.next()));
        }

        @Override
        public Optional<Message> next(Duration timeout) {
            return takeAhead().or(() -> entries.next(timeout).map(FeedMessages::message));
        }

        private Optional<Message> takeAhead() {
            Optional<Message> taken = ahead;
            ahead = Optional.empty();
            return taken;
        }

        static Message message(Object entry) {
            return switch (entry) {
                case Delivery.Item<?>(Cursor cursor, Object value) ->
                        new Message.Entry(cursor, value);
                case Update.Delta<?, ?>(Cursor cursor, Object change) ->
                        new Message.Entry(cursor, change);
                case Delivery.Lagged<?>(Cursor from, Cursor to) -> new Message.Gap(from, to);
                case Update.Whole<?, ?> whole -> new Message.Gap(whole.cursor(), whole.cursor());
                default ->
                        throw new OrreryException.Unsupported(
                                "carry an entry of " + entry.getClass(), "a channel");
            };
        }

        @Override
        public Cursor cursor() {
            return entries.cursor();
        }

        @Override
        public void close() {
            entries.close();
        }
    }
}
