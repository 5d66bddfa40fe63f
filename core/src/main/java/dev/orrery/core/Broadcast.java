package dev.orrery.core;

import java.time.Duration;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A feed whose owner publishes: a bounded ring of numbered entries, followed by any number of
 * subscribers.
 *
 * <p>Publishing appends and wakes; it never waits and its cost does not grow with what subscribers
 * have left to read. A subscriber that falls behind the ring is told so once, with {@link
 * Delivery.Lagged}, and goes on from the oldest entry kept. Offsets start at one and have no holes.
 * Thread-safe. // laws C6, C7
 */
public final class Broadcast<T> implements Feed<Delivery<T>> {
    private static final int FIRST_SLOTS = 16;

    private final Gate gate = new Gate();
    private final String epoch;
    private final int capacity;
    private final ToIntFunction<? super T> weigher;
    private final long mostWeight;
    private long weight;

    /** By the last bits of offsets; its length is a power of two. */
    private @Nullable Object[] ring;

    /** What each entry weighs, in the same order: an old one is not looked at to be dropped. */
    private int[] weights;

    private long head;
    private long oldest = 1;

    /**
     * An empty feed.
     *
     * @param epoch names this life of the numbering, in cursors
     * @param capacity the greatest number of entries kept, at least one; memory grows with use
     */
    public Broadcast(String epoch, int capacity) {
        this(epoch, capacity, 0);
    }

    /** A feed that continues a numbering: its next entry has the offset {@code head + 1}. */
    public Broadcast(String epoch, int capacity, long head) {
        this(epoch, capacity, head, Long.MAX_VALUE, _ -> 0);
    }

    /**
     * A feed that continues a numbering and keeps its newest entry, and as many before it as do not
     * weigh more than so much together.
     */
    Broadcast(
            String epoch,
            int capacity,
            long head,
            long mostWeight,
            ToIntFunction<? super T> weigher) {
        if (capacity < 1) {
            throw new OrreryException.Invalid("capacity", "is at least 1", capacity);
        }
        this.mostWeight = mostWeight;
        this.weigher = weigher;
        this.epoch = new Cursor.Numbered(epoch, head).epoch();
        this.capacity = capacity;
        this.head = head;
        this.oldest = head + 1;
        this.ring = new Object[FIRST_SLOTS];
        this.weights = new int[FIRST_SLOTS];
    }

    /** Appends an entry and returns its cursor. */
    public Cursor.Numbered publish(T value) {
        return new Cursor.Numbered(epoch, append(value));
    }

    /** Appends an entry and returns its offset. */
    long append(T value) {
        gate.enter();
        try {
            makeRoom();
            head++;
            int own = weigher.applyAsInt(value);
            ring[slot(head)] = value;
            weights[slot(head)] = own;
            weight += own;
            while (weight > mostWeight && oldest < head) {
                dropOldest();
            }
            gate.signalAll();
            return head;
        } finally {
            gate.leave();
        }
    }

    private void makeRoom() {
        long count = head - oldest + 1;
        if (count == capacity) {
            dropOldest();
        } else if (count == ring.length) {
            @Nullable Object[] larger = new Object[ring.length * 2];
            int[] theirs = new int[larger.length];
            for (long offset = oldest; offset <= head; offset++) {
                int slot = (int) offset & (larger.length - 1);
                larger[slot] = ring[slot(offset)];
                theirs[slot] = weights[slot(offset)];
            }
            ring = larger;
            weights = theirs;
        }
    }

    private void dropOldest() {
        weight -= weights[slot(oldest)];
        ring[slot(oldest)] = null;
        oldest++;
    }

    private int slot(long offset) {
        return (int) offset & (ring.length - 1);
    }

    @Override
    public Subscription<Delivery<T>> subscribe() {
        return reader(head());
    }

    @Override
    public Subscription<Delivery<T>> subscribe(Cursor after) {
        return reader(after);
    }

    Reader reader(Cursor after) {
        if (!(after instanceof Cursor.Numbered numbered)) {
            throw new OrreryException.Invalid("cursor", "was given out by this feed", after.text());
        }
        return new Reader(numbered);
    }

    @Override
    public Cursor.Numbered head() {
        gate.enter();
        try {
            return new Cursor.Numbered(epoch, head);
        } finally {
            gate.leave();
        }
    }

    @Override
    public Cursor cursor(String text) {
        return Cursor.Numbered.parse(text);
    }

    /** Whether every entry after a place is still kept. */
    public boolean holds(Cursor after) {
        gate.enter();
        try {
            return after instanceof Cursor.Numbered numbered && continues(numbered);
        } finally {
            gate.leave();
        }
    }

    private boolean continues(Cursor.Numbered after) {
        return after.epoch().equals(epoch)
                && after.offset() >= oldest - 1
                && after.offset() <= head;
    }

    /** A subscriber's place in the ring; its fields are guarded by the gate. */
    final class Reader implements Subscription<Delivery<T>> {
        private Cursor.Numbered place;
        private boolean closed;

        private Reader(Cursor.Numbered place) {
            this.place = place;
        }

        /**
         * Goes on after another place of this feed's numbering; it may lie ahead of the newest
         * entry.
         */
        void seek(Cursor.Numbered to) {
            gate.enter();
            try {
                place = to;
            } finally {
                gate.leave();
            }
        }

        @Override
        public Delivery<T> next() {
            return await(null).orElseThrow();
        }

        @Override
        public Optional<Delivery<T>> next(Duration timeout) {
            return await(timeout);
        }

        private Optional<Delivery<T>> await(@Nullable Duration timeout) {
            gate.enter();
            try {
                if (!gate.await(
                        () -> closed || foreign() || place.offset() < head,
                        timeout,
                        "a feed's next entry")) {
                    return Optional.empty();
                }
                if (closed) {
                    throw new OrreryException.Closed("the subscription");
                }
                return Optional.of(advance());
            } finally {
                gate.leave();
            }
        }

        private boolean foreign() {
            return !place.epoch().equals(epoch);
        }

        private Delivery<T> advance() {
            Cursor.Numbered from = place;
            if (foreign()) {
                place = new Cursor.Numbered(epoch, head);
                return new Delivery.Lagged<>(from, place);
            }
            if (from.offset() < oldest - 1) {
                place = new Cursor.Numbered(epoch, oldest - 1);
                return new Delivery.Lagged<>(from, place);
            }
            place = new Cursor.Numbered(epoch, from.offset() + 1);
            return new Delivery.Item<>(place, entry(place.offset()));
        }

        @Override
        public Cursor cursor() {
            gate.enter();
            try {
                return place;
            } finally {
                gate.leave();
            }
        }

        @Override
        public void close() {
            gate.enter();
            try {
                closed = true;
                gate.signalAll();
            } finally {
                gate.leave();
            }
        }
    }

    @SuppressWarnings({
        "unchecked",
        "NullAway"
    }) // the ring holds what publish put there, for oldest..head
    private T entry(long offset) {
        return (T) ring[slot(offset)];
    }
}
