package dev.orrery.channel;

import dev.orrery.core.Condition;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import java.util.List;
import java.util.Map;
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
    private final String id;
    private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
    private final AtomicInteger attached = new AtomicInteger();
    private final Map<String, RateLimit> rates = new ConcurrentHashMap<>();
    private volatile Principal principal;
    private volatile boolean open = true;
    private volatile Runnable whenEnded = () -> {};

    Connection(Channels channels, Principal principal, String id) {
        this.channels = channels;
        this.principal = principal;
        this.id = id;
    }

    /** Whose session this is. */
    public Principal principal() {
        return principal;
    }

    /** Tells this session from every other. */
    public String id() {
        return id;
    }

    long now() {
        return channels.now();
    }

    /**
     * Asks the policy about the whole of something.
     *
     * @throws OrreryException.Denied when it says no, allows a part only, or throws
     */
    public void require(Action action, Resource what) {
        require(principal, action, what);
    }

    /** Whether the policy allows the whole of something. */
    public boolean may(Action action, Resource what) {
        return allows(principal, action, what);
    }

    private void require(Principal who, Action action, Resource what) {
        if (rows(who, action, what).isPresent()) {
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
        return rows(principal, action, what);
    }

    private Optional<Condition> rows(Principal who, Action action, Resource what) {
        return switch (decide(who, action, what)) {
            case Access.Allowed(Optional<Condition> rows) -> rows;
            case Access.Refused() -> throw denied(action, what);
        };
    }

    private static OrreryException.Denied denied(Action action, Resource what) {
        return new OrreryException.Denied(action.verb(), what.toString());
    }

    private Access decide(Principal who, Action action, Resource what) {
        try {
            return channels.policy().decide(who, action, what);
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
        return attach(Join.of(channel));
    }

    /** Follows a channel from a place the reader holds, and all of it. */
    public Attachment attach(String channel, Optional<String> after) {
        return attach(channel, after, null);
    }

    /** Follows a channel, or a part of it, from a place the reader holds. */
    public Attachment attach(String channel, Optional<String> after, @Nullable Object asked) {
        return attach(new Join(channel, after, asked, false, Optional.empty()));
    }

    /**
     * Follows a channel. A place that it cannot continue, also text that it never wrote, is
     * answered by {@link Beginning.Reset}.
     *
     * @throws OrreryException.Missing when there is no such channel and the policy would have
     *     allowed it
     * @throws OrreryException.Denied when the policy says no
     * @throws OrreryException.Invalid when there can be no such part
     * @throws OrreryException.LimitExceeded when the name is too long, too many are open, or too
     *     many follow the channel
     */
    public Attachment attach(Join join) {
        Resource what = resource(join.channel());
        Principal who = join.who().orElse(principal);
        requireSame(who, what);
        require(who, Action.SUBSCRIBE, what);
        boolean presence = join.presence() && allows(who, Action.PRESENCE, what);
        reserve();
        Attachment attachment = attachReserved(join, what, who, presence);
        attachments.add(attachment);
        channels.began(attachment);
        if (!open) {
            attachment.close();
            throw new OrreryException.Closed("the connection");
        }
        return attachment;
    }

    /** What the policy is asked about; the same for a name that nothing has. // law H4 */
    private Resource resource(String channel) {
        if (channel.length() > Channels.NAME_LIMIT) {
            throw new OrreryException.LimitExceeded(
                    "the length of a channel name", Channels.NAME_LIMIT, channel.length());
        }
        return channels.resource(channel).orElseGet(() -> new Resource.OfChannel(channel));
    }

    /** A token for one channel says more of the same principal, never that it is another. */
    private void requireSame(Principal who, Resource what) {
        if (!who.name().equals(principal.name())) {
            throw denied(Action.SUBSCRIBE, what);
        }
    }

    private boolean allows(Principal who, Action action, Resource what) {
        return decide(who, action, what) instanceof Access.Allowed(Optional<Condition> rows)
                && rows.isEmpty();
    }

    private Attachment attachReserved(Join join, Resource what, Principal who, boolean presence) {
        boolean following = false;
        try {
            Served.Following begun = served(join.channel()).follow(join, this, who, presence);
            following = true;
            return new Attachment(
                    join.channel(), what, begun, join.who(), this::release, channels::countGap);
        } finally {
            if (!following) {
                attached.decrementAndGet();
            }
        }
    }

    private Served served(String channel) {
        return channels.find(channel)
                .orElseThrow(() -> new OrreryException.Missing("the channels", channel));
    }

    /**
     * Who follows a channel, each with its connections.
     *
     * @throws OrreryException.Denied when the policy says no
     * @throws OrreryException.Missing when there is no such channel
     * @throws OrreryException.Unsupported when it keeps no presence
     */
    public List<Presence.Member> members(String channel) {
        Resource what = resource(channel);
        require(Action.PRESENCE, what);
        return served(channel)
                .published()
                .orElseThrow(() ->
                        new OrreryException.Unsupported("say who follows it", what.toString()))
                .channel()
                .presence()
                .members();
    }

    /**
     * Reads a channel's history.
     *
     * @throws OrreryException.Denied when the policy says no to reading it
     * @throws OrreryException.Missing when there is no such channel
     * @throws OrreryException.StaleCursor when the place cannot be continued
     * @throws OrreryException.Unsupported when it is not a channel this process publishes
     */
    public History.Page history(String channel, History.Range range) {
        require(Action.READ, resource(channel));
        return served(channel).history(range);
    }

    /**
     * Sends a message to the others who follow a channel. // law H10
     *
     * @param data a value tree
     * @param bytes how many it has as JSON
     * @return its place
     * @throws OrreryException.Denied when the policy says no, or this session does not follow it
     * @throws OrreryException.Missing when there is no such channel
     * @throws OrreryException.Unsupported when the channel takes no messages of clients; one that
     *     serves what the engine or another module feeds never does
     * @throws OrreryException.LimitExceeded when it is too large, or too many come in a second
     */
    public Cursor publish(String channel, @Nullable Object data, int bytes) {
        Resource what = resource(channel);
        require(Action.PUBLISH, what);
        PublishedChannel published =
                served(channel)
                        .published()
                        .orElseThrow(() ->
                                new OrreryException.Unsupported(
                                        "take messages of clients", what.toString()));
        int perSecond = published.requireClients().perSecond();
        RateLimit rate = rates.computeIfAbsent(channel, _ -> new RateLimit(perSecond, now()));
        return published.send(this, principal, data, bytes, rate);
    }

    /**
     * Goes on as the same principal, of whom other things are known now, and asks the policy again
     * about all that it follows. // law H9
     *
     * @throws OrreryException.Denied when it is another principal; then nothing changes
     */
    public void renew(Principal renewed) {
        if (!renewed.name().equals(principal.name())) {
            throw new OrreryException.Denied("go on as another", "principal " + principal.name());
        }
        principal = renewed;
        review();
    }

    /**
     * Goes on with one channel as a token for it says, and asks the policy again. // law H9
     *
     * @throws OrreryException.Denied when that is another principal, or the policy says no; the
     *     attachment has ended then
     */
    public void renew(Attachment attachment, Principal renewed) {
        requireSame(renewed, attachment.resource());
        attachment.who(renewed);
        review(attachment)
                .ifPresent(denied -> {
                    throw denied;
                });
    }

    /** Asks the policy again about all that is followed, and ends what it refuses now. // law H9 */
    public void review() {
        attachments.forEach(this::review);
    }

    private Optional<OrreryException.Denied> review(Attachment attachment) {
        Principal who = attachment.who().orElse(principal);
        Resource what = attachment.resource();
        boolean knows = attachment.roster().isPresent();
        try {
            require(who, Action.SUBSCRIBE, what);
            if (knows) {
                require(who, Action.PRESENCE, what);
            }
            return Optional.empty();
        } catch (OrreryException.Denied denied) {
            attachment.refuse(denied);
            return Optional.of(denied);
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
        channels.ended(attachment);
        attached.decrementAndGet();
    }

    /** How many channels this session follows. */
    public int attachments() {
        return attached.get();
    }

    /** Has something run when {@link Channels#end} ends the session. */
    public void whenEnded(Runnable action) {
        whenEnded = action;
    }

    /** Ends the session against the will of whoever opened it. */
    void end() {
        close();
        whenEnded.run();
    }

    /** Ends the session and everything it follows. Idempotent. */
    @Override
    public void close() {
        open = false;
        attachments.forEach(Attachment::close);
        channels.forget(this);
    }
}
