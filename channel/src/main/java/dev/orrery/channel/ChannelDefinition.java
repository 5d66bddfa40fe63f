package dev.orrery.channel;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a channel of this process is meant to be: what it keeps, who may be seen in it, what clients
 * may do. Mutable, for one thread, until it is created.
 *
 * @param <T> the type of the messages
 */
public final class ChannelDefinition<T> {
    /** What a limit on the rate of client messages is called in {@code LimitExceeded}. */
    public static final String CLIENT_RATE = "client messages a second";

    private final Channels channels;
    private final String name;
    private final Class<T> type;
    private History history = History.DEFAULT;
    private boolean presence;
    private int followers = Integer.MAX_VALUE;
    private Optional<ClientLimits> clients = Optional.empty();
    private Function<? super T, ? extends @Nullable Object> key = _ -> null;

    /** What clients may send: bytes of JSON each, and how many a second. */
    record ClientLimits(int bytes, int perSecond) {}

    ChannelDefinition(Channels channels, String name, Class<T> type) {
        this.channels = channels;
        this.name = name;
        this.type = type;
    }

    /** Keeps so many messages, however old, for those who come back; a thousand by default. */
    public ChannelDefinition<T> history(int messages) {
        history = new History(messages, Optional.empty());
        return this;
    }

    /** Keeps so many messages, none older than this, for those who come back. */
    public ChannelDefinition<T> history(int messages, Duration age) {
        history = new History(messages, Optional.of(age));
        return this;
    }

    /** Says who follows it, to this process and to clients that may know; not by default. */
    public ChannelDefinition<T> presence() {
        presence = true;
        return this;
    }

    /**
     * Lets clients that follow it send messages to the others, each of at most so many bytes of
     * JSON, and each connection at most so many a second; not by default.
     */
    public ChannelDefinition<T> clientMessages(int bytes, int perSecond) {
        if (bytes < 1 || perSecond < 1) {
            throw new OrreryException.BadDefinition(
                    "channel " + name,
                    "client messages are limited to less than one",
                    "allow more, or none at all by leaving this out");
        }
        clients = Optional.of(new ClientLimits(bytes, perSecond));
        return this;
    }

    /** Lets at most so many connections follow it at once; any number by default. */
    public ChannelDefinition<T> followers(int most) {
        followers = most;
        return this;
    }

    /**
     * Lets a message take the place of the older one with the same key: who has not read that one
     * yet never will. The others stay numbered as they are.
     *
     * @param of the key of a message, or null when it replaces nothing; called on the publisher's
     *     thread
     */
    public ChannelDefinition<T> conflate(Function<? super T, ? extends @Nullable Object> of) {
        key = of;
        return this;
    }

    /**
     * Makes the channel.
     *
     * @throws OrreryException.BadDefinition when the name is taken
     */
    public Channel<T> create() {
        return channels.create(this);
    }

    String name() {
        return name;
    }

    Class<T> type() {
        return type;
    }

    History history() {
        return history;
    }

    boolean hasPresence() {
        return presence;
    }

    int mostFollowers() {
        return followers;
    }

    Optional<ClientLimits> clients() {
        return clients;
    }

    @Nullable Object key(T message) {
        return key.apply(message);
    }
}
