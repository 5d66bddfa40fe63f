package dev.orrery.channel;

import dev.orrery.core.Condition;
import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The session of one principal: what it may do is asked here, and what it follows ends with it.
 * Thread-safe.
 *
 * <p>Access is asked before a name is resolved, so the refused learn nothing, and work is done for
 * nobody who may not see its result. // law H4
 */
public final class Connection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    private static final int ATTACHMENT_LIMIT = 512;

    private final Channels channels;
    private final Principal principal;
    private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
    private final AtomicInteger attached = new AtomicInteger();
    private volatile boolean open = true;

    Connection(Channels channels, Principal principal) {
        this.channels = channels;
        this.principal = principal;
    }

    /** Whose session this is. */
    public Principal principal() {
        return principal;
    }

    /**
     * Asks the policy about the whole of something.
     *
     * @throws OrreryException.Denied when it says no, allows a part only, or throws
     */
    public void require(Action action, Resource what) {
        if (rows(action, what).isPresent()) {
            throw denied(action, what);
        }
    }

    /**
     * Asks the policy about rows: a condition that whatever is done must be narrowed by, or empty
     * for all of them.
     *
     * @throws OrreryException.Denied when it says no, or throws
     */
    public Optional<Condition> rows(Action action, Resource what) {
        return switch (decide(action, what)) {
            case Access.Allowed(Optional<Condition> rows) -> rows;
            case Access.Refused() -> throw denied(action, what);
        };
    }

    private static OrreryException.Denied denied(Action action, Resource what) {
        return new OrreryException.Denied(action.verb(), what.toString());
    }

    private Access decide(Action action, Resource what) {
        try {
            return channels.policy().decide(principal, action, what);
        } catch (RuntimeException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the access policy failed on {0} {1}: {2}",
                    action,
                    what,
                    failure);
            return Access.refused();
        }
    }

    /** Follows a channel from now: a state begins with the whole. */
    public Attachment attach(String channel) {
        return attach(channel, Optional.empty());
    }

    /** Follows a channel from a place the reader holds, and all of it. */
    public Attachment attach(String channel, Optional<String> after) {
        return attach(channel, after, null);
    }

    /**
     * Follows a channel, or a part of it, from a place the reader holds.
     *
     * @param after the text of a cursor this channel gave out; what it cannot continue, also text
     *     it never wrote, is answered by {@link Beginning.Reset}
     * @param asked which part of an {@link Individual} channel; other channels do not look at it
     * @throws OrreryException.Missing when there is no such channel and the policy would have
     *     allowed it
     * @throws OrreryException.Denied when the policy says no
     * @throws OrreryException.Invalid when there can be no such part
     * @throws OrreryException.LimitExceeded when the name is too long or too many are open
     */
    public Attachment attach(String channel, Optional<String> after, @Nullable Object asked) {
        if (channel.length() > Channels.NAME_LIMIT) {
            throw new OrreryException.LimitExceeded(
                    "the length of a channel name", Channels.NAME_LIMIT, channel.length());
        }
        require(
                Action.SUBSCRIBE,
                channels.resource(channel).orElseGet(() -> new Resource.OfChannel(channel)));
        reserve();
        Attachment attachment = attachReserved(channel, after, asked);
        attachments.add(attachment);
        channels.count(channel, 1);
        if (!open) {
            attachment.close();
            throw new OrreryException.Closed("the connection");
        }
        return attachment;
    }

    private Attachment attachReserved(
            String channel, Optional<String> after, @Nullable Object asked) {
        Individual.@Nullable Part part = null;
        try {
            Individual.Part opened =
                    channels.part(channel, asked)
                            .orElseThrow(
                                    () -> new OrreryException.Missing("the channels", channel));
            part = opened;
            Feed<?> feed = opened.feed();
            return new Attachment(
                    channel, opened, after.map(text -> read(feed, text)), this::release);
        } catch (RuntimeException failure) {
            attached.decrementAndGet();
            if (part != null) {
                part.close();
            }
            throw failure;
        }
    }

    private void reserve() {
        if (attached.incrementAndGet() > ATTACHMENT_LIMIT) {
            attached.decrementAndGet();
            throw new OrreryException.LimitExceeded(
                    "channels of one connection", ATTACHMENT_LIMIT, ATTACHMENT_LIMIT + 1L);
        }
    }

    private void release(Attachment attachment) {
        attachments.remove(attachment);
        channels.count(attachment.channel(), -1);
        attached.decrementAndGet();
    }

    /** Text that no cursor has is a place that nothing continues. */
    private static Cursor read(Feed<?> feed, String text) {
        try {
            return feed.cursor(text);
        } catch (OrreryException.Invalid notOne) {
            return new Cursor.Numbered("none", 0);
        }
    }

    /** How many channels this session follows. */
    public int attachments() {
        return attached.get();
    }

    /** Ends the session and everything it follows. Idempotent. */
    @Override
    public void close() {
        open = false;
        attachments.forEach(Attachment::close);
        channels.forget(this);
    }
}
