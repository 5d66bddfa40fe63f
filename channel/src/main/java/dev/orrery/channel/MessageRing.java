package dev.orrery.channel;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is published in one channel and who comes and goes, numbered, bounded and awaited: the
 * newest of it, in memory, for all readers.
 *
 * <p>Publishing appends and wakes; it never waits. // law H1 — Thread-safe. Under the lock are
 * field accesses only: no user's function is called.
 */
final class MessageRing {
    /*
     * Two numberings. Messages have the channel's offsets, which clients hold. Comings and goings have a count of their
     * own, since nobody continues from one: who joins gets the roster as of its count, and those after it. One sequence
     * over both keeps their order for each reader.
     *
     * Two bounds. The history is what may be read again and continued from: the newest `history.messages()` that are not
     * older than `history.age()`. Behind it lie, up to WINDOW, messages for readers that are following already, so that a
     * short history does not tear holes into a burst. `floor` is the last offset outside of the history, `lost` the last
     * one that is gone altogether.
     */
    private static final int WINDOW = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final String epoch;
    private final History history;
    private final LongSupplier nanos;
    private final NavigableMap<Long, Slot> messages = new TreeMap<>();
    private final Map<Object, Long> newestOfKey = new HashMap<>();
    private final NavigableMap<Long, Coming> comings = new TreeMap<>();
    private final Roster roster = new Roster();
    private final List<PresenceSeat> here = new ArrayList<>();
    private long hereChanges;
    private final Broadcast<Presence.Change> changes;
    private long head;
    private long floor;
    private long lost;
    private int inHistory;
    private long lastComing;
    private long sequence;

    /** One message: its place, what it is, when it came, and who is not to have it. */
    private record Slot(
            long sequence,
            long nanos,
            Content content,
            @Nullable Object key,
            @Nullable Connection except) {}

    /** Somebody came or went. */
    private record Coming(long sequence, Presence.Change change) {}

    /** Who follows by a connection of this process. */
    record Here(long changes, List<PresenceSeat> seats) {}

    /** What a message says. */
    sealed interface Content {
        /** Published by this process. */
        record Ours(Object value) implements Content {}

        /** Sent by a client. */
        record Theirs(ClientMessage message) implements Content {}

        /** The message as readers get it. */
        default Message at(Numbered place) {
            return switch (this) {
                case Ours(Object value) -> new Message.Entry(place, value);
                case Theirs(ClientMessage message) -> new Message.FromClient(place, message);
            };
        }
    }

    MessageRing(String epoch, History history, LongSupplier nanos) {
        this.epoch = new Numbered(epoch, 0).epoch();
        this.history = history;
        this.nanos = nanos;
        this.changes = new Broadcast<>(epoch, WINDOW);
    }

    /**
     * Appends a message.
     *
     * @param key takes the place of the older message of this key, for those who have not read it
     * @param except does not get it
     */
    Numbered publish(Content content, @Nullable Object key, @Nullable Connection except) {
        lock.lock();
        try {
            expire();
            if (key != null) {
                conflate(key, head + 1);
            }
            head++;
            messages.put(head, new Slot(++sequence, nanos.getAsLong(), content, key, except));
            inHistory++;
            narrow();
            changed.signalAll();
            return place(head);
        } finally {
            lock.unlock();
        }
    }

    private void conflate(Object key, long replacedBy) {
        @Nullable Long older = newestOfKey.put(key, replacedBy);
        if (older != null && messages.remove(older) != null && older > floor) {
            inHistory--;
        }
    }

    /** Holds the bounds by number. */
    private void narrow() {
        while (inHistory > history.messages()) {
            floor = messages.higherKey(floor);
            inHistory--;
        }
        while (messages.size() > Math.max(WINDOW, history.messages())) {
            drop(messages.firstEntry());
        }
    }

    /** Holds the bound by age. */
    private void expire() {
        if (history.age().isEmpty()) {
            return;
        }
        long youngest = nanos.getAsLong() - history.age().get().toNanos();
        for (var first = messages.firstEntry();
                first != null && first.getValue().nanos() - youngest < 0;
                first = messages.firstEntry()) {
            if (first.getKey() > floor) {
                floor = first.getKey();
                inHistory--;
            }
            drop(first);
        }
    }

    private void drop(Map.Entry<Long, Slot> oldest) {
        messages.remove(oldest.getKey());
        lost = oldest.getKey();
        @Nullable Object key = oldest.getValue().key();
        if (key != null) {
            newestOfKey.remove(key, oldest.getKey());
        }
    }

    private Numbered place(long offset) {
        return new Numbered(epoch, offset);
    }

    /** The place after the newest message. */
    Numbered head() {
        lock.lock();
        try {
            return place(head);
        } finally {
            lock.unlock();
        }
    }

    /** Whoever is here, the first to come first. */
    List<Presence.Member> members() {
        lock.lock();
        try {
            return roster.members();
        } finally {
            lock.unlock();
        }
    }

    /** Counts a connection of this process in. // law H8 */
    void enter(PresenceSeat seat) {
        lock.lock();
        try {
            here.add(seat);
            hereChanges++;
            enterRoster(seat);
        } finally {
            lock.unlock();
        }
    }

    /** Counts a connection of this process out. // law H8 */
    void leave(PresenceSeat seat) {
        lock.lock();
        try {
            here.remove(seat);
            hereChanges++;
            leaveRoster(seat);
        } finally {
            lock.unlock();
        }
    }

    /** The connections of this process, as of so many changes. */
    Here here() {
        lock.lock();
        try {
            return new Here(hereChanges, List.copyOf(here));
        } finally {
            lock.unlock();
        }
    }

    /** Another process says who is there: some came, some left. // law H13 */
    void elsewhere(List<PresenceSeat> came, List<PresenceSeat> left) {
        lock.lock();
        try {
            came.forEach(this::enterRoster);
            left.forEach(this::leaveRoster);
        } finally {
            lock.unlock();
        }
    }

    /** The first connection of a user is told to all the others. */
    private void enterRoster(PresenceSeat seat) {
        roster.enter(seat).ifPresent(first -> tell(new Presence.Joined(first)));
    }

    /** The last one of a user is told. */
    private void leaveRoster(PresenceSeat seat) {
        roster.leave(seat).ifPresent(last -> tell(new Presence.Left(last)));
    }

    private void tell(Presence.Change change) {
        changes.publish(change);
        comings.put(++lastComing, new Coming(++sequence, change));
        if (comings.size() > WINDOW) {
            comings.pollFirstEntry();
        }
        changed.signalAll();
    }

    /** Who comes and goes, for this process. */
    Broadcast<Presence.Change> changes() {
        return changes;
    }

    /**
     * How somebody who holds a place, or none, begins.
     *
     * @param reader does not get what is published except to it; null for a reader in this process
     * @param presence whether it is told who is here and who comes and goes
     */
    Joining join(Optional<Numbered> after, @Nullable Connection reader, boolean presence) {
        lock.lock();
        try {
            expire();
            Numbered from = after.map(this::begin).orElse(place(head));
            return new Joining(
                    beginning(after, from),
                    new Reader(from, reader, presence),
                    presence ? Optional.of(roster.members()) : Optional.empty());
        } finally {
            lock.unlock();
        }
    }

    /** Reads on from a place; one that cannot be continued is answered by a gap first. */
    Subscription<Message> reader(Numbered place) {
        lock.lock();
        try {
            expire();
            Numbered from = begin(place);
            Reader reader = new Reader(from, null, false);
            if (!from.equals(place)) {
                reader.owed = new Message.Gap(place, from);
            }
            return reader;
        } finally {
            lock.unlock();
        }
    }

    private Beginning beginning(Optional<Numbered> after, Numbered from) {
        if (after.isEmpty()) {
            return new Beginning.Fresh(from, Optional.empty());
        }
        return from.equals(after.get())
                ? new Beginning.Continued(from, place(head))
                : new Beginning.Reset(from, Optional.empty());
    }

    /** Runs several calls as one, so that nothing is published or told between them. */
    <R> R together(Supplier<R> calls) {
        lock.lock();
        try {
            return calls.get();
        } finally {
            lock.unlock();
        }
    }

    /** The place itself when it can be continued, or the one to begin at instead. // law H3 */
    private Numbered begin(Numbered place) {
        if (!place.epoch().equals(epoch) || place.offset() > head) {
            return place(head);
        }
        return place(Math.max(floor, place.offset()));
    }

    /** Reads the history; see {@link Channel#history}. */
    History.Page read(History.Range range) {
        lock.lock();
        try {
            expire();
            List<Message> found = new ArrayList<>();
            var kept = messages.tailMap(floor, false);
            var wanted =
                    range.newestFirst()
                            ? kept.headMap(before(range), false).descendingMap()
                            : kept.tailMap(after(range), false);
            for (var slot : wanted.entrySet()) {
                if (found.size() == range.most()) {
                    break;
                }
                found.add(slot.getValue().content().at(place(slot.getKey())));
            }
            return new History.Page(place(head), found);
        } finally {
            lock.unlock();
        }
    }

    private long after(History.Range range) {
        return range.place().map(this::continued).orElse(floor);
    }

    private long before(History.Range range) {
        return range.place().map(this::continued).orElse(head + 1);
    }

    private long continued(Numbered place) {
        if (!begin(place).equals(place)) {
            throw new OrreryException.StaleCursor(place, place(floor));
        }
        return place.offset();
    }

    /** Waits, holding the lock, until something is ready; false when the time passed first. */
    private boolean await(BooleanSupplier ready, @Nullable Duration timeout) {
        try {
            if (timeout == null) {
                while (!ready.getAsBoolean()) {
                    changed.await();
                }
                return true;
            }
            long left = TimeUnit.NANOSECONDS.convert(timeout);
            while (!ready.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("a channel's next message", interrupted);
        }
    }

    /** One reader's places; its fields are guarded by the lock. */
    private final class Reader implements Subscription<Message> {
        private final @Nullable Connection reader;
        private final boolean presence;
        private long offset;
        private long coming = lastComing;
        private Message.@Nullable Gap owed;
        private boolean closed;

        Reader(Numbered from, @Nullable Connection reader, boolean presence) {
            this.offset = from.offset();
            this.reader = reader;
            this.presence = presence;
        }

        @Override
        public Message next() {
            return take(null).orElseThrow();
        }

        @Override
        public Optional<Message> next(Duration timeout) {
            return take(timeout);
        }

        private Optional<Message> take(@Nullable Duration timeout) {
            lock.lock();
            try {
                if (!await(() -> closed || ready(), timeout)) {
                    return Optional.empty();
                }
                if (closed) {
                    throw new OrreryException.Closed("the subscription");
                }
                return Optional.of(advance());
            } finally {
                lock.unlock();
            }
        }

        private boolean ready() {
            expire();
            pass();
            return owed != null
                    || offset < lost
                    || messages.higherKey(offset) != null
                    || nextComing() != null;
        }

        /** Passes over what is not for this reader, but over no gap. */
        private void pass() {
            if (offset < lost) {
                return;
            }
            for (var next = messages.higherEntry(offset);
                    reader != null && next != null && next.getValue().except() == reader;
                    next = messages.higherEntry(offset)) {
                offset = next.getKey();
            }
        }

        private Map.@Nullable Entry<Long, Coming> nextComing() {
            return presence ? comings.higherEntry(coming) : null;
        }

        private Message advance() {
            Message.@Nullable Gap first = owed;
            if (first != null) {
                owed = null;
                return first;
            }
            var somebody = nextComing();
            if (offset < lost || (somebody != null && somebody.getKey() != coming + 1)) {
                Numbered from = place(offset);
                offset = Math.max(offset, lost);
                coming = lastComing;
                return new Message.Gap(from, place(offset));
            }
            var next = messages.higherEntry(offset);
            if (somebody != null
                    && (next == null
                            || somebody.getValue().sequence() < next.getValue().sequence())) {
                coming = somebody.getKey();
                return new Message.Came(place(offset), somebody.getValue().change());
            }
            if (next == null) {
                throw new IllegalStateException("law H2: ready without a message after " + offset);
            }
            offset = next.getKey();
            return next.getValue().content().at(place(offset));
        }

        @Override
        public Numbered cursor() {
            lock.lock();
            try {
                return place(offset);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
