package dev.orrery.channel;

import dev.orrery.core.Cursor;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A named stream of numbered messages that this process publishes, with bounded history.
 *
 * <p>Publishing never waits for a subscriber. // law H1 — Whoever comes back with a cursor gets
 * what it missed as long as history holds it, and {@link Delivery.Lagged} otherwise. Messages of
 * clients, where they are allowed, are numbered among the others and told apart: {@link #subscribe}
 * gives the application's, {@link #clientMessages} theirs. Thread-safe.
 *
 * @param <T> the type of the messages; a sealed family of records says what can be said
 */
public final class Channel<T> implements Feed<Delivery<T>> {
    private final ChannelDefinition<T> definition;
    private final MessageRing ring;

    Channel(ChannelDefinition<T> definition, String epoch, LongSupplier nanos) {
        this.definition = definition;
        this.ring = new MessageRing(epoch, definition.history(), nanos);
    }

    /** The name clients subscribe to. */
    public String name() {
        return definition.name();
    }

    /** The type of the messages. */
    public Class<T> type() {
        return definition.type();
    }

    ChannelDefinition<T> definition() {
        return definition;
    }

    MessageRing ring() {
        return ring;
    }

    /** Appends a message and returns its place. */
    public Cursor publish(T message) {
        return publish(message, null);
    }

    /** Appends a message that everybody gets but one connection, which knows it already. */
    public Cursor publishExcept(Connection sender, T message) {
        return publish(message, sender);
    }

    private Numbered publish(T message, @Nullable Connection except) {
        return ring.publish(new MessageRing.Content.Ours(message), definition.key(message), except);
    }

    /** What clients send, when {@link ChannelDefinition#clientMessages} allows them to. */
    public Feed<Delivery<ClientMessage>> clientMessages() {
        return new Kind<>(message ->
                message instanceof Message.FromClient sent
                        ? Optional.of(new Delivery.Item<>(sent.cursor(), sent.message()))
                        : Optional.empty());
    }

    /**
     * Who follows it.
     *
     * @throws OrreryException.Unsupported when the channel was defined without presence
     */
    public Presence presence() {
        if (!definition.hasPresence()) {
            throw new OrreryException.Unsupported("say who follows it", "channel " + name());
        }
        return new Presence() {
            @Override
            public List<Member> members() {
                return ring.members();
            }

            @Override
            public Feed<Delivery<Change>> changes() {
                return ring.changes();
            }
        };
    }

    /**
     * Reads what is kept, messages of clients too.
     *
     * @throws OrreryException.StaleCursor when the place cannot be continued, since it is too old
     *     or another life's
     */
    public History.Page history(History.Range range) {
        return ring.read(range);
    }

    @Override
    public Subscription<Delivery<T>> subscribe() {
        return ours().subscribe();
    }

    @Override
    public Subscription<Delivery<T>> subscribe(Cursor after) {
        return ours().subscribe(after);
    }

    private Kind<T> ours() {
        return new Kind<>(message ->
                message instanceof Message.Entry(Cursor cursor, Object value)
                        ? Optional.of(new Delivery.Item<>(cursor, type().cast(value)))
                        : Optional.empty());
    }

    @Override
    public Cursor head() {
        return ring.head();
    }

    @Override
    public Cursor cursor(String text) {
        return Numbered.parse(text);
    }

    /** The messages of one kind, as a feed for this process. */
    private final class Kind<M> implements Feed<Delivery<M>> {
        private final Function<Message, Optional<Delivery<M>>> choice;

        Kind(Function<Message, Optional<Delivery<M>>> choice) {
            this.choice = choice;
        }

        @Override
        public Subscription<Delivery<M>> subscribe() {
            return ring.join(Optional.empty(), null, false).messages().map(this::delivery);
        }

        @Override
        public Subscription<Delivery<M>> subscribe(Cursor after) {
            if (!(after instanceof Numbered place)) {
                throw new OrreryException.Invalid(
                        "cursor", "was given out by this feed", after.text());
            }
            return ring.reader(place).map(this::delivery);
        }

        private Optional<Delivery<M>> delivery(Message message) {
            return message instanceof Message.Gap(Cursor from, Cursor to)
                    ? Optional.of(new Delivery.Lagged<>(from, to))
                    : choice.apply(message);
        }

        @Override
        public Cursor head() {
            return ring.head();
        }

        @Override
        public Cursor cursor(String text) {
            return Numbered.parse(text);
        }
    }
}
