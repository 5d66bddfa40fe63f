package dev.orrery.channel;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a channel name stands for, and what the policy is asked about. */
sealed interface Served permits Served.Common, Served.Individually, PublishedChannel {
    Resource resource();

    /**
     * Begins to follow, after access was allowed.
     *
     * @param by whose session it is
     * @param who as whom
     * @param presence whether it may know, and wants to, who is here
     */
    Following follow(Join join, Connection by, Principal who, boolean presence);

    /** How a follower began, and what it follows: closed when the follower leaves. */
    record Following(Joining joining, Individual.Part part) {}

    /** One feed for everybody. */
    record Common(Feed<?> feed, Resource resource) implements Served {
        @Override
        public Following follow(Join join, Connection by, Principal who, boolean presence) {
            return Served.following(feed, new WholeFeed(feed), join);
        }

        @Override
        public History.Page history(History.Range range) {
            return FeedHistory.read(feed, range, resource);
        }
    }

    /** A part for each follower. */
    record Individually(Individual parts, Resource resource) implements Served {
        @Override
        public Following follow(Join join, Connection by, Principal who, boolean presence) {
            Individual.Part part = parts.open(join.part());
            boolean followed = false;
            try {
                Following following = Served.following(part.feed(), part, join);
                followed = true;
                return following;
            } finally {
                if (!followed) {
                    part.close();
                }
            }
        }
    }

    private static Following following(Feed<?> feed, Individual.Part part, Join join) {
        return new Following(Joining.of(feed, join.after().map(text -> read(feed, text))), part);
    }

    /** Text that no cursor has is a place that nothing continues. */
    private static Cursor read(Feed<?> feed, String text) {
        try {
            return feed.cursor(text);
        } catch (OrreryException.Invalid notOne) {
            return new Cursor.Numbered("none", 0);
        }
    }

    /** What is kept of it. */
    default History.Page history(History.Range range) {
        throw new OrreryException.Unsupported("be read as history", resource().toString());
    }

    /** The channel itself, when this process publishes it. */
    default Optional<PublishedChannel> published() {
        return Optional.empty();
    }

    /** All of a feed that everybody follows. */
    record WholeFeed(Feed<?> feed) implements Individual.Part {
        @Override
        public void change(@Nullable Object asked) {
            throw new OrreryException.Unsupported("be followed in part", "this channel");
        }

        @Override
        public void close() {
            // the feed is not the follower's
        }
    }
}
