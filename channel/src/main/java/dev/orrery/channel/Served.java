package dev.orrery.channel;

import dev.orrery.core.Feed;

/** What a channel name stands for: the feed behind it and what the policy is asked about. */
record Served(Feed<?> feed, Resource resource) {}
