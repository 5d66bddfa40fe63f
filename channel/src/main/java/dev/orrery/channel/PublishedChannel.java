package dev.orrery.channel;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A channel that this process publishes, as those outside follow it: with presence, messages of
 * clients and a limit on followers, as far as it was defined so. Thread-safe: its followers are
 * guarded by the lock of its ring.
 */
final class PublishedChannel implements Served {
    private final Channel<?> channel;
    private final Resource resource;
    private final Map<Connection, Integer> followers = new HashMap<>();

    PublishedChannel(Channel<?> channel) {
        this.channel = channel;
        this.resource = new Resource.OfChannel(channel.name());
    }

    Channel<?> channel() {
        return channel;
    }

    @Override
    public Resource resource() {
        return resource;
    }

    @Override
    public Optional<PublishedChannel> published() {
        return Optional.of(this);
    }

    @Override
    public History.Page history(History.Range range) {
        return channel.history(range);
    }

    /**
     * Joining is one step: whoever is in the roster that it gets was told to others before, and
     * whoever comes afterwards is told to it. // law H8
     */
    @Override
    public Following follow(Join join, Connection by, Principal who, boolean presence) {
        Optional<Numbered> after = join.after().map(PublishedChannel::read);
        boolean counted = channel.definition().hasPresence();
        PresenceSeat seat = PresenceSeat.of(who, by.id());
        return channel.ring()
                .together(() -> {
                    add(by);
                    if (counted) {
                        channel.ring().enter(seat);
                    }
                    Joining joining = channel.ring().join(after, by, counted && presence);
                    return new Following(joining, new Seat(by, seat, counted));
                });
    }

    private static Numbered read(String text) {
        try {
            return Numbered.parse(text);
        } catch (OrreryException.Invalid notOne) {
            return new Numbered("none", 0);
        }
    }

    /** A connection that follows already may do so again, however many there are. */
    private void add(Connection by) {
        int most = channel.definition().mostFollowers();
        if (!followers.containsKey(by) && followers.size() >= most) {
            throw new OrreryException.LimitExceeded(
                    "followers of " + resource, most, followers.size() + 1L);
        }
        followers.merge(by, 1, Integer::sum);
    }

    /** Sends a client's message to the others. // law H10 */
    Numbered send(Connection by, Principal who, @Nullable Object data, int bytes, RateLimit rate) {
        ChannelDefinition.ClientLimits limits = requireClients();
        if (bytes > limits.bytes()) {
            throw new OrreryException.LimitExceeded(
                    "bytes of a client message", limits.bytes(), bytes);
        }
        if (!channel.ring().together(() -> followers.containsKey(by))) {
            throw new OrreryException.Denied("publish, without following it,", resource.toString());
        }
        if (!rate.tryTake(by.now())) {
            throw new OrreryException.LimitExceeded(
                    ChannelDefinition.CLIENT_RATE, limits.perSecond(), limits.perSecond() + 1L);
        }
        ClientMessage message = new ClientMessage(who.name(), by.id(), who.info(), data);
        return channel.ring().publish(new MessageRing.Content.Theirs(message), null, by);
    }

    /** What clients may send, or {@code Unsupported}. */
    ChannelDefinition.ClientLimits requireClients() {
        return channel.definition()
                .clients()
                .orElseThrow(() ->
                        new OrreryException.Unsupported(
                                "take messages of clients", resource.toString()));
    }

    /** One follower, counted until it leaves. */
    private final class Seat implements Individual.Part {
        private final Connection by;
        private final PresenceSeat seat;
        private final boolean counted;

        Seat(Connection by, PresenceSeat seat, boolean counted) {
            this.by = by;
            this.seat = seat;
            this.counted = counted;
        }

        @Override
        public Feed<?> feed() {
            return channel;
        }

        @Override
        public void change(@Nullable Object asked) {
            throw new OrreryException.Unsupported("be followed in part", "this channel");
        }

        @Override
        public void close() {
            channel.ring()
                    .together(() -> {
                        followers.computeIfPresent(by, (_, n) -> n == 1 ? null : n - 1);
                        if (counted) {
                            channel.ring().leave(seat);
                        }
                        return true;
                    });
        }
    }
}
