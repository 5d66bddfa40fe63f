package dev.orrery.core;

import dev.orrery.core.Cursor.Numbered;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A feed of one state that a store keeps together with its differences: the newest differences are
 * in memory for all subscribers, older ones are read from the store by whoever needs them.
 *
 * <p>A reader gets the whole first, or goes on from its place, and then every difference with no
 * hole and nothing twice, however far it falls behind, as long as the store keeps what it needs;
 * otherwise it gets the whole again. // laws C55, C56 — Offering never waits for a subscriber.
 * Thread-safe.
 */
public final class StoredFeed<S, D> implements Feed<Update<S, D>> {
    /*
     * Overview. The store is the truth; the ring only spares it. A reader whose place the ring spans reads the ring, any
     * other asks the store, and goes on from what that said.
     *
     * The race of joining. A difference is committed to the store first and offered to the ring second. A reader looks
     * at the ring's count of changes first and reads the store second. A difference that the store did not show yet was
     * committed after the read, so it is offered after the count was taken, and the reader sees it in the ring or sees
     * the count moved; one that the store did show and the ring shows again has a number the reader is past, and is
     * passed over. The other order loses a difference that is committed and offered in between.
     *
     * Numbers, not luck. The ring hands out only the difference whose number follows the place. When an offer leaves a
     * hole, or another epoch begins, the ring begins anew there, and readers before it ask the store.
     */

    private static final int READ_AT_ONCE = 256;
    private static final long NEVER_ASKED = -1;

    private final Store<S, D> store;
    private final DeltaRing<S, D> ring;
    private final AtomicLong life = new AtomicLong();

    /**
     * A state and its differences, as they are kept. What is committed here is so, whatever anybody
     * holds in memory. Called on subscribers' threads, possibly many at once, without a lock held.
     */
    public interface Store<S, D> {
        /** The place after the newest difference. */
        Numbered head();

        /** The newest state, with its place. */
        Update.Whole<S, D> whole();

        /**
         * The differences that follow a place, oldest first, without a hole, each numbered one more
         * than the one before.
         *
         * @param place exclusive: the last one the reader has
         * @param most how many at most, at least one; fewer only when there are no more
         * @return empty when the store cannot tell: the place is of another epoch, was not reached
         *     yet, or what follows it is no longer kept
         */
        Optional<List<Update.Delta<S, D>>> after(Numbered place, int most);
    }

    /**
     * A feed in front of a store.
     *
     * @param capacity how many differences are held in memory, at least one
     */
    public StoredFeed(Store<S, D> store, int capacity) {
        this.store = store;
        this.ring = new DeltaRing<>(capacity);
    }

    /**
     * Tells the subscribers of a difference that the store has committed; called in the order of
     * the commits. One that is offered again does no harm, one that is never offered is found with
     * the next that is.
     */
    public void offer(Update.Delta<S, D> delta) {
        ring.offer(delta);
    }

    /**
     * Has every subscriber look into the store: something changed there that was not offered, such
     * as the epoch. Called in the order of the commits, too.
     */
    public void reread() {
        ring.forget();
    }

    /** Ends every subscription there is with {@code Closed}; who comes later may follow. */
    public void endAll() {
        life.incrementAndGet();
        ring.wake();
    }

    @Override
    public Subscription<Update<S, D>> subscribe() {
        return new Reader(null);
    }

    @Override
    public Subscription<Update<S, D>> subscribe(Cursor after) {
        if (!(after instanceof Numbered numbered)) {
            throw new OrreryException.Invalid("cursor", "was given out by this feed", after.text());
        }
        return new Reader(numbered);
    }

    @Override
    public Numbered head() {
        return store.head();
    }

    @Override
    public Cursor cursor(String text) {
        return Numbered.parse(text);
    }

    private final class Reader implements Subscription<Update<S, D>> {
        private final Deque<Update.Delta<S, D>> read = new ArrayDeque<>();
        private final long born = life.get();
        private long asked = NEVER_ASKED;
        private volatile @Nullable Numbered place;
        private volatile boolean closed;

        private Reader(@Nullable Numbered place) {
            this.place = place;
        }

        @Override
        public Update<S, D> next() {
            return await(null).orElseThrow();
        }

        @Override
        public Optional<Update<S, D>> next(Duration timeout) {
            return await(timeout);
        }

        private Optional<Update<S, D>> await(@Nullable Duration timeout) {
            if (over()) {
                throw new OrreryException.Closed("the subscription");
            }
            Numbered from = place;
            if (from == null) {
                return Optional.of(readWhole(ring.changes()));
            }
            @Nullable Update<S, D> next = read.poll();
            long began = System.nanoTime();
            while (next == null) {
                Optional<DeltaRing.Look<S, D>> look =
                        ring.look(from, asked, left(timeout, began), this::over);
                if (look.isEmpty()) {
                    return Optional.empty();
                }
                next =
                        switch (look.get()) {
                            case DeltaRing.Look.Next<S, D>(Update.Delta<S, D> delta) -> delta;
                            case DeltaRing.Look.AskStore<S, D>(long changes) ->
                                    askStore(from, changes);
                        };
            }
            return Optional.of(handOut(next));
        }

        private boolean over() {
            return closed || born != life.get();
        }

        private static @Nullable Duration left(@Nullable Duration timeout, long began) {
            return timeout == null ? null : timeout.minusNanos(System.nanoTime() - began);
        }

        /** The first difference after a place as the store has it, the whole, or nothing new. */
        private @Nullable Update<S, D> askStore(Numbered from, long changes) {
            Optional<List<Update.Delta<S, D>>> missed = store.after(from, READ_AT_ONCE);
            if (missed.isEmpty()) {
                return readWhole(changes);
            }
            asked = missed.get().size() < READ_AT_ONCE ? changes : NEVER_ASKED;
            read.addAll(missed.get());
            return read.poll();
        }

        /** Reads the state; what the ring held before is in it. // law C55 */
        private Update<S, D> readWhole(long changes) {
            asked = changes;
            return handOut(store.whole());
        }

        private Update<S, D> handOut(Update<S, D> update) {
            place = (Numbered) update.cursor();
            return update;
        }

        @Override
        public Cursor cursor() {
            Numbered from = place;
            return from == null ? head() : from;
        }

        @Override
        public void close() {
            closed = true;
            ring.wake();
        }
    }
}
