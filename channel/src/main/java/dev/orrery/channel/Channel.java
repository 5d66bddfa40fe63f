package dev.orrery.channel;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.Subscription;

/**
 * A named stream of numbered messages that this process publishes, with bounded history.
 *
 * <p>Publishing never waits for a subscriber. // law H1 — Whoever comes back with a cursor gets
 * what it missed as long as history holds it, and {@link Delivery.Lagged} otherwise. Thread-safe.
 *
 * @param <T> the type of the messages; a sealed family of records says what can be said
 */
public final class Channel<T> implements Feed<Delivery<T>> {
    private final String name;
    private final Class<T> type;
    private final Broadcast<T> messages;

    Channel(String name, Class<T> type, Broadcast<T> messages) {
        this.name = name;
        this.type = type;
        this.messages = messages;
    }

    /** The name clients subscribe to. */
    public String name() {
        return name;
    }

    /** The type of the messages. */
    public Class<T> type() {
        return type;
    }

    /** Appends a message and returns its place. */
    public Cursor publish(T message) {
        return messages.publish(message);
    }

    @Override
    public Subscription<Delivery<T>> subscribe() {
        return messages.subscribe();
    }

    @Override
    public Subscription<Delivery<T>> subscribe(Cursor after) {
        return messages.subscribe(after);
    }

    @Override
    public Cursor head() {
        return messages.head();
    }

    @Override
    public Cursor cursor(String text) {
        return messages.cursor(text);
    }
}
