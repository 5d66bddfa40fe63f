package dev.orrery.channel;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a feed that somebody else keeps can tell of what was: what follows a place, in order. */
final class FeedHistory {
    private FeedHistory() {}

    /**
     * Reads on from a place as far as there is anything now.
     *
     * @throws OrreryException.StaleCursor when the feed cannot continue the place
     * @throws OrreryException.Unsupported when it is to be read without a place, or backwards
     */
    static History.Page read(Feed<?> feed, History.Range range, Resource what) {
        if (!(feed.head() instanceof Numbered head)) {
            throw new OrreryException.Unsupported("number its entries", what.toString());
        }
        if (range.most() == 0) {
            return new History.Page(head, List.of());
        }
        if (range.place().isEmpty() || range.newestFirst()) {
            throw new OrreryException.Unsupported(
                    "be read but on from a place the reader holds", what.toString());
        }
        return read(feed, head, range.place().get(), range.most());
    }

    private static History.Page read(Feed<?> feed, Numbered head, Numbered place, int most) {
        Joining joining = Joining.of(feed, Optional.of(place));
        try (Subscription<Message> messages = joining.messages()) {
            if (!(joining.beginning() instanceof Beginning.Continued)) {
                throw new OrreryException.StaleCursor(place, joining.beginning().cursor());
            }
            List<Message> found = messages.nextBatch(most, Duration.ZERO);
            if (found.stream().anyMatch(Message.Gap.class::isInstance)) {
                throw new OrreryException.StaleCursor(place, head);
            }
            return new History.Page(head, found);
        }
    }
}
