package dev.orrery.graph;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.Optional;

/** The entries of a replica, to be followed from any place. Thread-safe. */
final class EntryFeed implements Feed<Entry> {
    private final Replica replica;

    EntryFeed(Replica replica) {
        this.replica = replica;
    }

    @Override
    public Subscription<Entry> subscribe() {
        ArrivalCursor now = head();
        return from(now);
    }

    @Override
    public Subscription<Entry> subscribe(Cursor after) {
        return switch (after) {
            case ArrivalCursor arrival -> {
                requireOurs(arrival);
                yield from(arrival);
            }
            case VersionVector vector ->
                    new EntrySubscription(
                            replica, new EntrySubscription.Portable(vector), firstUnknown(vector));
            default -> throw new Invalid("cursor", "is a graph's", after.text());
        };
    }

    /** A place in this replica's order, checked. */
    ArrivalCursor arrival(Cursor cursor) {
        if (!(cursor instanceof ArrivalCursor arrival)) {
            throw new Invalid("cursor", "is a place that this replica gave out", cursor.text());
        }
        requireOurs(arrival);
        return arrival;
    }

    private EntrySubscription from(ArrivalCursor place) {
        return new EntrySubscription(replica, new EntrySubscription.Arrived(place), place.number());
    }

    private void requireOurs(ArrivalCursor cursor) { // law G31
        boolean ours =
                replica.locked(() -> {
                    if (cursor.number() > replica.arrived()) {
                        return false;
                    }
                    return cursor.number() >= replica.bases().compacted()
                            && checkOf(cursor.number()) == cursor.check();
                });
        if (!ours) {
            throw new StaleCursor(cursor, oldest());
        }
    }

    /** The place before the first entry that can still be followed. */
    private ArrivalCursor oldest() {
        return replica.locked(() -> {
            long compacted = replica.bases().compacted();
            return new ArrivalCursor(compacted, checkOf(compacted));
        });
    }

    /** The check of an arrival number; 0 for the beginning and for what was lost. */
    private long checkOf(long arrival) {
        EntryIndex index = replica.index();
        return arrival == 0 || !index.isKnown((int) arrival)
                ? 0
                : index.hash((int) arrival).first();
    }

    /** The arrival number before the first entry that a vector does not know. */
    private long firstUnknown(VersionVector vector) {
        return replica.locked(() -> {
            EntryIndex index = replica.index();
            if (!index.compacted().areKnownTo(vector)) {
                throw new StaleCursor(vector, oldest());
            }
            long first = replica.arrived() + 1;
            for (String author : index.authors()) {
                requireOneHistory(index, author, vector);
                VersionVector.Known known = vector.newest().get(author);
                long next = known == null ? Math.min(1, author.length()) : known.sequence() + 1;
                int arrival = index.find(author, next);
                first = arrival == 0 ? first : Math.min(first, arrival);
            }
            return first - 1;
        });
    }

    private static void requireOneHistory(EntryIndex index, String author, VersionVector vector) {
        VersionVector.Known known = vector.newest().get(author);
        if (known == null || author.isEmpty()) {
            return;
        }
        int arrival = index.find(author, known.sequence());
        if (arrival != 0 && index.hash(arrival).first() != known.check()) {
            throw new StaleCursor(vector, ArrivalCursor.BEGINNING);
        }
    }

    @Override
    public ArrivalCursor head() {
        return replica.locked(
                () -> new ArrivalCursor(replica.arrived(), checkOf(replica.arrived())));
    }

    @Override
    public Cursor cursor(String text) {
        return VersionVector.isText(text) ? VersionVector.parse(text) : ArrivalCursor.parse(text);
    }

    /** The entries for a named consumer. */
    Tail tail(String consumer, Duration lease) {
        Limits.consumer(consumer);
        if (lease.isNegative() || lease.isZero()) {
            throw new Invalid("lease", "is longer than nothing", lease);
        }
        ArrivalCursor from =
                replica.lease(consumer).map(Leases.Lease::acknowledged).orElseGet(this::oldest);
        requireOurs(from);
        LeasedTail tail = new LeasedTail(replica, consumer, lease, from(from));
        tail.acknowledge(); // the lease begins
        return tail;
    }

    /** A subscription whose place is kept. */
    private record LeasedTail(
            Replica replica, String consumer, Duration lease, EntrySubscription entries)
            implements Tail {
        @Override
        public Entry next() {
            return entries.next();
        }

        @Override
        public Optional<Entry> next(Duration timeout) {
            return entries.next(timeout);
        }

        @Override
        public Cursor cursor() {
            return entries.cursor();
        }

        @Override
        public void acknowledge() {
            replica.keep(consumer, (ArrivalCursor) cursor(), lease);
        }

        @Override
        public void release() {
            replica.keep(consumer, (ArrivalCursor) cursor(), Duration.ZERO);
        }

        @Override
        public void close() {
            entries.close();
        }
    }
}
