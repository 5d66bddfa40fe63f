package dev.orrery.channel;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A principal's subscription to one channel: how it begins, then the messages, in the channel's
 * numbering.
 *
 * <p>Feeds of messages and feeds of states become one shape here, so that every transport speaks of
 * channels alike. For one reading thread; {@link #close} may come from any thread and ends a wait
 * with {@code Closed}. When the policy no longer allows it, it ends with {@code Denied}. // law H9
 */
public final class Attachment implements Subscription<Message> {
    private final String channel;
    private final Resource resource;
    private final Individual.Part part;
    private final Subscription<Message> entries;
    private final Beginning beginning;
    private final Optional<List<Presence.Member>> roster;
    private final Consumer<Attachment> onClose;
    private final Runnable onGap;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile Optional<Principal> who;
    private volatile OrreryException.@Nullable Denied refused;
    private Cursor place;

    /**
     * Stands where a follower began; what it follows ends with the attachment.
     *
     * @param who as whom, when it is not the connection's principal
     * @param onClose told once, when the attachment is closed
     * @param onGap told each time the reader is, that it missed some
     */
    Attachment(
            String channel,
            Resource resource,
            Served.Following following,
            Optional<Principal> who,
            Consumer<Attachment> onClose,
            Runnable onGap) {
        this.channel = channel;
        this.resource = resource;
        this.part = following.part();
        this.entries = following.joining().messages();
        this.beginning = following.joining().beginning();
        this.roster = following.joining().roster();
        this.who = who;
        this.onClose = onClose;
        this.onGap = onGap;
        this.place = beginning.cursor();
    }

    /** The channel's name. */
    public String channel() {
        return channel;
    }

    Resource resource() {
        return resource;
    }

    /** As whom it follows, when that is not the connection's principal. */
    Optional<Principal> who() {
        return who;
    }

    void who(Principal renewed) {
        who = Optional.of(renewed);
    }

    /**
     * Goes on with another part of an {@link Individual} channel.
     *
     * @throws OrreryException.Invalid when there can be no such part; then nothing changes
     * @throws OrreryException.Unsupported when the channel is followed whole
     */
    public void change(@Nullable Object asked) {
        part.change(asked);
    }

    /** How it began. */
    public Beginning beginning() {
        return beginning;
    }

    /**
     * Who was here when it began, itself too; empty when that was not asked for, not allowed, or is
     * not kept. Whoever came or went since is told by {@link Message.Came}. // law H8
     */
    public Optional<List<Presence.Member>> roster() {
        return roster;
    }

    @Override
    public Message next() {
        return next(null).orElseThrow();
    }

    @Override
    public Optional<Message> next(@Nullable Duration timeout) {
        try {
            return (timeout == null ? Optional.of(entries.next()) : entries.next(timeout))
                    .map(this::handOut);
        } catch (OrreryException.Closed closed) {
            OrreryException.@Nullable Denied denied = refused;
            throw denied == null ? closed : denied;
        }
    }

    /** A gap is no place to continue from: only what came before it is. */
    private Message handOut(Message message) {
        if (message instanceof Message.Gap(Cursor _, Cursor to)) {
            onGap.run();
            return new Message.Gap(place, to);
        }
        place = message.cursor();
        return message;
    }

    @Override
    public Cursor cursor() {
        return place;
    }

    /** Ends it because it is not allowed any more. */
    void refuse(OrreryException.Denied denied) {
        refused = denied;
        close();
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            entries.close();
            part.close();
            onClose.accept(this);
        }
    }
}
