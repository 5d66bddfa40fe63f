package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.OrreryException.Unsupported;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The bases of a replica: those that are made here are stored, those that come are taken in, one at
 * a time; and what is to be erased is, by a base of everything. A base is stored before anything of
 * what it holds is dropped, and readers know what is dropped before it is. Thread-safe.
 */
final class Bases { // law G60
    private static final System.Logger LOG = System.getLogger(Bases.class.getName());

    private final Replica replica;

    /** The lock of the replica, to be taken after the one of bases. */
    private final ReentrantLock lock;

    private final Joining joining;
    private final Showing showing;
    private final Committing committing;
    private final ReentrantLock one = new ReentrantLock();
    private final IncomingBases incoming = new IncomingBases(PackedBase.MOST_BYTES);

    /** Whether something is to be erased of which the bytes may still be here. */
    private volatile boolean erasing;

    /** The greatest arrival number of what was compacted, 0 for none. */
    private volatile long compacted;

    Bases(
            Replica replica,
            ReentrantLock lock,
            Joining joining,
            Showing showing,
            Committing committing,
            boolean erasing) {
        this.replica = replica;
        this.lock = lock;
        this.joining = joining;
        this.showing = showing;
        this.committing = committing;
        this.erasing = erasing;
        this.compacted = unreadable(joining.index());
    }

    /** Runs something while nobody makes or takes in a base. */
    <T> T alone(Supplier<T> work) {
        replica.refuseWithin("compact");
        one.lock();
        try {
            committing.requireOpen();
            return work.get();
        } finally {
            one.unlock();
        }
    }

    /** Keeps entries in a base alone from now on; only inside {@link #alone}. */
    void keep(PackedBase base, BitSet arrivals) {
        Base.Rows rows = base.open().rows();
        EntryStore store = replica.store();
        lock.lock();
        try {
            committing.awaitQuiet();
            committing.requireOpen();
            EntryIndex index = joining.index();
            CompactedEntries inBases = index.compacted();
            int[] numbers = inBases.arrivals(rows);
            store.seal();
            List<byte[]> records = new ArrayList<>(List.of(EntryRecord.replica(replica.author())));
            replica.leases().heldAt(0).forEach(lease -> records.add(EntryRecord.lease(lease)));
            replica.acknowledged()
                    .all()
                    .forEach(known -> records.add(EntryRecord.acknowledged(known)));
            replica.topics().all().forEach(topic -> records.add(EntryRecord.topic(topic)));
            LooseMove move =
                    LooseMove.of(replica, Math.max(inBases.last(), last(arrivals)), erasing);
            records.addAll(move.records());
            store.append(base, numbers, true, records);
            inBases.add(arrivals);
            move.done(index);
            compacted = unreadable(index); // before anything is dropped
            store.dropBefore(inBases.firstKept());
            committing.arrive();
            erasing &= arrivals.cardinality() < index.fingerprint().count(); // unless all is in it
            replica.writeCheckpoint();
        } finally {
            lock.unlock();
        }
    }

    private static int last(BitSet arrivals) {
        return arrivals.length() - 1;
    }

    /** Notes that other entries than before are lacking, or in bases alone. */
    void look() {
        compacted = unreadable(joining.index());
        replica.topics().forget(); // so that what came loose comes again
    }

    /** The greatest arrival number that whoever follows is not told any more. */
    private static int unreadable(EntryIndex index) {
        return Math.max(index.compacted().last(), index.loose().floor());
    }

    /**
     * Takes in what a peer compacted, as one commit, and returns how many entries of it are new.
     *
     * @throws Invalid when it is damaged, or of another graph, or of the future
     * @throws Unsupported when whoever made it is not trusted with that
     */
    long merge(PackedBase packed) {
        return alone(() -> {
            long added = replica.store().has(packed.hash()) ? 0L : take(packed, packed.open());
            finishErasing();
            return added;
        });
    }

    private long take(PackedBase packed, Base base) {
        if (!base.graph().equals(replica.name())) {
            throw new Invalid("base", "is of " + replica.name(), base.graph());
        }
        lock.lock();
        try {
            committing.requireOpen();
            replica.trust().requireTrusted(packed);
            if (joining.clock().isOfTheFuture(base.rows().greatestTime())) {
                throw new Invalid("base", "is not of the future", base.rows().greatestTime());
            }
            committing.awaitQuiet();
            EntryIndex index = joining.index();
            long before = index.fingerprint().count();
            erasing |=
                    bringsBack(base.state())
                            || !joining.state().erased().containsAll(base.state().erased());
            int[] arrivals = index.compacted().arrivals(base.rows());
            replica.store().append(packed, arrivals, false, List.of());
            Batch batch = joining.batch();
            joining.take(batch, base, arrivals);
            int restored = replica.unreadable().leaveToBases();
            compacted = unreadable(index);
            showing.show(List.of(batch));
            showing.index(replica.schema());
            committing.arrive();
            return index.fingerprint().count() - before + restored;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a state says something of an id that was to be erased here. */
    private boolean bringsBack(State other) {
        return joining.state().erased().stream()
                .map(other::slot)
                .anyMatch(slot -> slot != null && !slot.entity().isEmpty());
    }

    // ---- reading

    /**
     * A base that is kept.
     *
     * @throws Conflict when it cannot be read; then what was in it counts as lacking
     */
    Base whole(StoredBase base) {
        return ofBase(base, () -> replica.store().whole(base).base().open());
    }

    /** What of a base, packed, is in the part that a byte is in, from there on. */
    Bytes part(StoredBase base, int from) {
        if (from < 0 || from >= base.length()) {
            throw new Invalid("place", "is within the base", from);
        }
        return ofBase(base, () -> replica.store().part(base, from));
    }

    private <T> T ofBase(StoredBase base, Supplier<T> read) { // law G73
        try {
            return read.get();
        } catch (Invalid unreadable) {
            if (replica.store().has(base.hash())) {
                lose(base);
            }
            Conflict lost =
                    new Conflict(
                            replica.name(),
                            "base " + base.hash(),
                            "it cannot be read; sync with a peer who has what was in it");
            lost.addSuppressed(unreadable);
            throw lost;
        }
    }

    /** Has what was in a base that cannot be read count as lacking. */
    void lose(StoredBase base) {
        lock.lock();
        try {
            replica.store().forget(base);
            replica.unreadable().lose(base, readable());
            look();
        } finally {
            lock.unlock();
        }
    }

    /** All bases that can be read; any other is left alone. */
    private List<Base> readable() {
        List<Base> readable = new ArrayList<>();
        for (StoredBase base : replica.store().bases()) {
            try {
                readable.add(replica.store().whole(base).base().open());
            } catch (Invalid unreadable) {
                LOG.log(System.Logger.Level.ERROR, base + " cannot be read", unreadable);
                replica.store().forget(base);
            }
        }
        return readable;
    }

    /** Bases of which a part has come. */
    IncomingBases incoming() {
        return incoming;
    }

    /** The greatest arrival number of what was compacted, or moved with that; 0 for none. */
    long compacted() {
        return compacted;
    }

    // ---- erasing

    /** Notes that something is to be erased. */
    void beginErasing() {
        erasing = true;
    }

    /** Whether something is to be erased of which the bytes may still be here. */
    boolean isErasing() {
        return erasing;
    }

    /** Drops the bytes of what is to be erased, as soon as that can be done. */
    void finishErasing() { // law G62
        if (!erasing) {
            return;
        }
        try {
            replica.compacting().run(Compaction.everything());
        } catch (StorageFailure | Conflict notYet) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    replica.name() + " still holds what is to be erased",
                    notYet);
        }
    }
}
