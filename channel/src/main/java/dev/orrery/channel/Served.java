package dev.orrery.channel;

import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import org.jspecify.annotations.Nullable;

/** What a channel name stands for, and what the policy is asked about. */
sealed interface Served {
    Resource resource();

    /** What somebody follows who asks for this. */
    Individual.Part part(@Nullable Object asked);

    /** One feed for everybody. */
    record Common(Feed<?> feed, Resource resource) implements Served {
        @Override
        public Individual.Part part(@Nullable Object asked) {
            return new WholeFeed(feed);
        }
    }

    /** A part for each follower. */
    record Individually(Individual parts, Resource resource) implements Served {
        @Override
        public Individual.Part part(@Nullable Object asked) {
            return parts.open(asked);
        }
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
