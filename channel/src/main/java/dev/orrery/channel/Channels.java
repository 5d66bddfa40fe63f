package dev.orrery.channel;

import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All channels of a process by name: those it publishes and those that serve somebody's feed.
 *
 * <p>A name is looked up whole first, then by the longest family prefix. Nothing here opens a
 * thread; memory grows with the channels that the application declares and with the connections
 * that are open, never with what clients ask for. Thread-safe.
 */
public final class Channels implements AutoCloseable {
    /** The longest channel name, in characters; a longer one is refused before it is looked up. */
    public static final int NAME_LIMIT = 255;

    private final AccessPolicy policy;
    private final Supplier<String> epochs;
    private final LongSupplier nanos;
    private final AtomicLong lastConnection = new AtomicLong();
    private final LongAdder resets = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final Map<String, Served> named = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<String, Kin> families = new ConcurrentSkipListMap<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> followers = new ConcurrentHashMap<>();
    private volatile boolean open = true;

    /** A family with what the policy is asked about for one of its keys. */
    private record Kin(Function<String, Resource> resource, Family family) {}

    /** One key of a family. */
    private record Member(Kin kin, String key) {
        Resource resource() {
            return kin.resource().apply(key);
        }

        Optional<Served> served() {
            return kin.family().find(key).map(feed -> new Served.Common(feed, resource()));
        }
    }

    /**
     * No channels yet.
     *
     * @param policy asked before anybody outside reads anything
     * @param epochs a new name for each life of a published channel's numbering, never the same
     *     twice, also not in another process
     * @param nanos a clock for intervals: the age of messages, the rate of those of clients
     */
    public Channels(AccessPolicy policy, Supplier<String> epochs, LongSupplier nanos) {
        this.policy = policy;
        this.epochs = epochs;
        this.nanos = nanos;
    }

    /**
     * The published channel of this name, made now, as {@link #define} makes it by default, if
     * there is none.
     *
     * @throws OrreryException.BadDefinition when the name serves something else
     */
    public <T> Channel<T> channel(String name, Class<T> type) {
        return channel(define(name, type));
    }

    /** The same, made with a history of so many messages if there is none. */
    public <T> Channel<T> channel(String name, Class<T> type, int history) {
        return channel(define(name, type).history(history));
    }

    private <T> Channel<T> channel(ChannelDefinition<T> definition) {
        Served served = named.computeIfAbsent(definition.name(), _ -> published(definition));
        if (served.published().isPresent()
                && served.published().get().channel().type() == definition.type()) {
            @SuppressWarnings("unchecked") // the type was just compared
            Channel<T> same = (Channel<T>) served.published().get().channel();
            return same;
        }
        throw taken(definition.name());
    }

    private PublishedChannel published(ChannelDefinition<?> definition) {
        return new PublishedChannel(new Channel<>(definition, epochs.get(), nanos));
    }

    /** A channel that this process publishes, to be created as the definition says. */
    public <T> ChannelDefinition<T> define(String name, Class<T> type) {
        requireUsable(name);
        return new ChannelDefinition<>(this, name, type);
    }

    <T> Channel<T> create(ChannelDefinition<T> definition) {
        Channel<T> channel = new Channel<>(definition, epochs.get(), nanos);
        if (named.putIfAbsent(definition.name(), new PublishedChannel(channel)) != null) {
            throw taken(definition.name());
        }
        return channel;
    }

    /** Serves a feed under a name; the policy is asked about the channel of that name. */
    public void serve(String name, Feed<?> feed) {
        serve(name, new Resource.OfChannel(name), feed);
    }

    /**
     * Serves a feed under a name.
     *
     * @param what the policy is asked about this
     * @param feed of {@code Delivery} or of {@code Update}, its cursors numbered
     * @throws OrreryException.BadDefinition when the name is taken
     */
    public void serve(String name, Resource what, Feed<?> feed) {
        requireUsable(name);
        if (named.putIfAbsent(name, new Served.Common(feed, what)) != null) {
            throw taken(name);
        }
    }

    /**
     * Serves a channel of which every follower sees a part of its own.
     *
     * @param what the policy is asked about this
     * @throws OrreryException.BadDefinition when the name is taken
     */
    public void serveIndividually(String name, Resource what, Individual parts) {
        requireUsable(name);
        if (named.putIfAbsent(name, new Served.Individually(parts, what)) != null) {
            throw taken(name);
        }
    }

    /**
     * Serves every channel whose name is a prefix and a key.
     *
     * @param prefix up to and with its last separator, such as {@code projection:delays:}
     * @param resource what the policy is asked about for a key, before the family is
     * @throws OrreryException.BadDefinition when the prefix is taken
     */
    public void serveFamily(String prefix, Function<String, Resource> resource, Family family) {
        requireUsable(prefix);
        if (families.putIfAbsent(prefix, new Kin(resource, family)) != null) {
            throw taken(prefix);
        }
    }

    private void requireUsable(String name) {
        requireOpen();
        if (name.isEmpty() || name.length() > NAME_LIMIT) {
            throw new OrreryException.BadDefinition(
                    "channel " + name,
                    "a name has 1 to " + NAME_LIMIT + " characters",
                    "choose another name");
        }
    }

    private static OrreryException.BadDefinition taken(String name) {
        return new OrreryException.BadDefinition(
                "channel " + name,
                "the name serves something else",
                "choose another name, or serve it once");
    }

    /** Begins the session of somebody outside. */
    public Connection connect(Principal principal) {
        return connect(principal, "c" + lastConnection.incrementAndGet());
    }

    /**
     * Begins the session of somebody outside.
     *
     * @param id tells it from every other; shown to others where there is presence
     */
    public Connection connect(Principal principal, String id) {
        requireOpen();
        Connection connection = new Connection(this, principal, id);
        connections.add(connection);
        if (!open) {
            connection.close();
            requireOpen();
        }
        return connection;
    }

    /**
     * Asks the policy again about all that everybody follows, and ends what it refuses now: after a
     * user was revoked, say. Those who keep what they follow notice nothing. // law H9
     */
    public void review() {
        connections.forEach(Connection::review);
    }

    /** Ends every session of a principal; whoever carries it tells the client so. */
    public void end(String principal) {
        connections.stream()
                .filter(connection -> connection.principal().name().equals(principal))
                .forEach(Connection::end);
    }

    long now() {
        return nanos.getAsLong();
    }

    private void requireOpen() {
        if (!open) {
            throw new OrreryException.Closed("the channel registry");
        }
    }

    AccessPolicy policy() {
        return policy;
    }

    /** How many sessions follow a channel. */
    public int followers(String channel) {
        return followers.getOrDefault(channel, 0);
    }

    /** One more follows a channel. */
    void began(Attachment attachment) {
        followers.merge(attachment.channel(), 1, Integer::sum);
        if (attachment.beginning() instanceof Beginning.Reset) {
            resets.increment();
        }
    }

    /** One who follows a channel is told that it missed some. */
    void countGap() {
        gaps.increment();
    }

    /** One less follows a channel. */
    void ended(Attachment attachment) {
        followers.computeIfPresent(attachment.channel(), (_, n) -> n == 1 ? null : n - 1);
    }

    void forget(Connection connection) {
        connections.remove(connection);
    }

    /** What the policy must be asked about for a name, or empty when no channel has it. */
    Optional<Resource> resource(String name) {
        Served served = named.get(name);
        return served != null ? Optional.of(served.resource()) : member(name).map(Member::resource);
    }

    /** The channels with presence that this process publishes. */
    List<Channel<?>> withPresence() {
        return named.values().stream()
                .flatMap(served -> served.published().stream())
                .<Channel<?>>map(PublishedChannel::channel)
                .filter(channel -> channel.definition().hasPresence())
                .toList();
    }

    /** What a name stands for; empty when no channel has it. */
    Optional<Served> find(String name) {
        @Nullable Served served = named.get(name);
        return served != null ? Optional.of(served) : member(name).flatMap(Member::served);
    }

    private Optional<Member> member(String name) {
        for (var family : families.headMap(name, true).descendingMap().entrySet()) {
            if (name.startsWith(family.getKey())) {
                return Optional.of(
                        new Member(family.getValue(), name.substring(family.getKey().length())));
            }
        }
        return Optional.empty();
    }

    /**
     * What sessions follow, and what could not be handed to them without a break. Immutable.
     *
     * @param connections how many sessions are open
     * @param followers how many channels they follow, each session's counted
     * @param resets how often since the start somebody came back to a place that could not be
     *     continued
     * @param gaps how often since the start somebody who followed was told that it missed some
     */
    public record Totals(int connections, int followers, long resets, long gaps) {}

    /** What is going on in all channels. */
    public Totals totals() {
        int following = connections.stream().mapToInt(Connection::attachments).sum();
        return new Totals(connections.size(), following, resets.sum(), gaps.sum());
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    /**
     * Ends every connection and refuses new ones; the feeds themselves stay as they are.
     * Idempotent.
     */
    @Override
    public void close() {
        open = false;
        connections.forEach(Connection::close);
    }
}
