package dev.orrery.graph;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * Follows the entries of a replica in the order in which they came, from a place on. What it costs
 * is reading them: each position is read once, however the log is forked.
 */
final class EntrySubscription implements Subscription<Entry> {
    private static final int READ_AT_ONCE = 256;
    private static final Duration FOR_EVER = Duration.ofDays(365_000);

    private final Replica replica;
    private final EntryCodec codec = new EntryCodec();
    private final Subscription<Long> arrivals;
    private final ArrayDeque<StoredEntry> ahead = new ArrayDeque<>();
    private final Place place;

    /** Up to where the store has been read. */
    private long read;

    private volatile boolean closed;

    /** Where a reader is, in the terms in which it began. */
    sealed interface Place {
        /** Whether this is where an entry is told that has several numbers. */
        boolean tells(EntryIndex index, StoredEntry stored);

        /** Takes the next entry; false when the reader knows it already. */
        boolean take(StoredEntry stored);

        /** Whether something was compacted that the reader does not know. */
        boolean isStale(Replica replica, long read);

        Cursor cursor();
    }

    /** A place in this replica's order. */
    static final class Arrived implements Place {
        private ArrivalCursor cursor;

        Arrived(ArrivalCursor from) {
            cursor = from;
        }

        @Override
        public boolean tells(EntryIndex index, StoredEntry stored) {
            return !index.loose().isAgain((int) stored.arrival());
        }

        @Override
        public boolean take(StoredEntry stored) {
            cursor = new ArrivalCursor(stored.arrival(), stored.hash().first());
            return true;
        }

        @Override
        public boolean isStale(Replica replica, long read) {
            return read < replica.bases().compacted();
        }

        @Override
        public Cursor cursor() {
            return cursor;
        }
    }

    /** What a reader knows of each author, who may be ahead of this replica. */
    static final class Portable implements Place {
        private VersionVector vector;

        Portable(VersionVector from) {
            vector = from;
        }

        @Override
        public boolean tells(EntryIndex index, StoredEntry stored) {
            return !stored.isLoose(); // of whose author what comes before is not here
        }

        @Override
        public boolean take(StoredEntry stored) {
            Entry entry = stored.entry();
            if (vector.covers(entry.author(), entry.sequence())) {
                return false;
            }
            vector = vector.and(entry);
            return true;
        }

        @Override
        public boolean isStale(Replica replica, long read) {
            return replica.bases().compacted() > 0
                    && !replica.locked(() -> replica.index().compacted().areKnownTo(vector));
        }

        @Override
        public Cursor cursor() {
            return vector;
        }
    }

    /** Follows what came after arrival number {@code after} and {@code place} does not know. */
    EntrySubscription(Replica replica, Place place, long after) {
        this.replica = replica;
        this.place = place;
        this.read = after;
        this.arrivals = replica.arrivals().watch();
    }

    @Override
    public Entry next() {
        return next(FOR_EVER).orElseThrow();
    }

    @Override
    public Optional<Entry> next(Duration timeout) {
        long began = System.nanoTime();
        while (true) {
            if (closed) {
                throw new Closed("the subscription");
            }
            StoredEntry stored = ahead.poll();
            if (stored != null) {
                if (place.take(stored)) {
                    return Optional.of(stored.entry());
                }
            } else if (!readAhead()) {
                Duration left = timeout.minusNanos(System.nanoTime() - began);
                Duration wait = left.isNegative() ? Duration.ZERO : left;
                if (arrivals.next(wait).isEmpty()) { // law G32
                    return Optional.empty();
                }
            }
        }
    }

    /** Reads what has come; false when nothing has. */
    private boolean readAhead() {
        long end = replica.arrived();
        if (read >= end) {
            replica.requireOpen();
            return false;
        }
        List<StoredEntry> more =
                replica.read(codec, read, (int) Math.min(READ_AT_ONCE, end - read));
        if (place.isStale(replica, read)) { // asked when they were read: they may not be all
            throw new StaleCursor(place.cursor(), oldest());
        }
        read = more.isEmpty() ? end : more.getLast().arrival(); // what is lost is passed over
        replica.locked(() -> {
            more.stream()
                    .filter(stored -> place.tells(replica.index(), stored)) // law G30
                    .forEach(ahead::add);
            return ahead;
        });
        return true;
    }

    private Cursor oldest() {
        return replica.locked(() -> {
            long number = replica.bases().compacted();
            EntryIndex index = replica.index();
            long check = index.isKnown((int) number) ? index.hash((int) number).first() : 0;
            return new ArrivalCursor(number, check);
        });
    }

    @Override
    public Cursor cursor() {
        return place.cursor();
    }

    @Override
    public void close() {
        closed = true;
        arrivals.close();
    }
}
