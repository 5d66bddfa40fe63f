package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Signal;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a graph: the one place where entries are made, taken in and committed.
 * Thread-safe.
 */
final class Replica implements AutoCloseable {
    /*
     * Overview. Under the lock an operation becomes an entry, the entry joins the state, what it changes is judged, and
     * all of it is a batch: Joining. Batches become durable and visible in their order: Committing. Showing holds what
     * is visible, Writing what the user's calls and commits write, Extending how the schema grows.
     *
     * Locks. That of bases, this lock, then the timeline's. Nothing is waited for under this one but the disk: by a
     * user's commit, and while a base is stored. Bases are made and taken in under theirs, one at a time.
     */
    private static final System.Logger LOG = System.getLogger(Replica.class.getName());

    /** After so many new entries a checkpoint is written at the end. */
    private static final long WORTH_A_CHECKPOINT = 10_000;

    private final String name;
    private final EntryStore store;
    private final String author;
    private final @Nullable Identity identity;
    private final Optional<Path> checkpoint;
    private final Leases leases;
    private final Acknowledged acknowledged;

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock bases = new ReentrantLock();
    private final IncomingBases incoming = new IncomingBases();
    private final Joining joining;
    private final Showing showing;
    private final Committing committing;
    private final Writing writing;
    private final Extending extending;
    private final Compacting compacting = new Compacting(this);
    private Trust trust;

    /** Whether something is to be erased of which the bytes may still be here. */
    private volatile boolean erasing;

    /** The greatest arrival number of what was compacted, 0 for none. */
    private volatile long compacted;

    /** How many entries the newest checkpoint has. */
    private long checkpointed;

    /** What opening found. */
    record Found(
            EntryStore store,
            EntryCodec codec,
            State state,
            EntryIndex index,
            Leases leases,
            Acknowledged acknowledged,
            HybridClock clock,
            String author,
            @Nullable Identity identity,
            Optional<Path> checkpoint,
            int checkpointed,
            boolean erasing) {}

    /** What a checkpoint is made of. */
    record Inside(
            EntryStore store,
            Leases leases,
            Acknowledged acknowledged,
            EntryIndex index,
            State state) {}

    Replica(Timeline timeline, String name, Found found) {
        this.name = name;
        this.store = found.store();
        this.author = found.author();
        this.identity = found.identity();
        this.checkpoint = found.checkpoint();
        this.leases = found.leases();
        this.acknowledged = found.acknowledged();
        this.checkpointed = found.checkpointed();
        this.trust = trusting(Trust.open());
        this.joining = new Joining(name, found);
        this.showing = new Showing(timeline, name);
        this.committing = new Committing(name, lock, store, joining, showing);
        this.writing = new Writing(name, lock, store, joining, showing, committing);
        this.extending = new Extending(this);
        this.compacted = index().lastCompacted();
        this.erasing = found.erasing();
        Batch quarantined = joining.begin();
        showing.begin(joining.state(), quarantined, schema());
    }

    String name() {
        return name;
    }

    String author() {
        return author;
    }

    @Nullable Identity identity() {
        return identity;
    }

    Timeline timeline() {
        return showing.timeline();
    }

    NodeRelation nodes() {
        return showing.nodes();
    }

    EdgeRelation edges() {
        return showing.edges();
    }

    QuarantineRelation quarantine() {
        return showing.quarantine();
    }

    EntryStore store() {
        return store;
    }

    /** The arrival number of the newest entry that is durable and visible. */
    long arrived() {
        return committing.arrived();
    }

    /** {@link #arrived}, to be waited for. */
    Signal<Long> arrivals() {
        return committing.arrivals();
    }

    /** Runs something that looks at index and state while nobody writes. */
    <T> T locked(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** Which entries there are; only inside {@link #locked}. */
    EntryIndex index() {
        return joining.index();
    }

    /** What they say; only inside {@link #locked}. */
    State state() {
        return joining.state();
    }

    /** The clock; only inside {@link #locked}. */
    HybridClock clock() {
        return joining.clock();
    }

    /** The same row, sharing its shape with others here. */
    Row shared(Row row) {
        return joining.judge().shared(row);
    }

    /** Who judges; only inside {@link #locked}. */
    Judge judge() {
        return joining.judge();
    }

    /** The schema of the moment. */
    Schema schema() {
        return joining.judge().schema();
    }

    // ---- writing

    /** Writes an operation, alone or as part of the commit it is called in. */
    void write(Operation operation) {
        writing.writeAll(() -> List.of(operation));
    }

    /** Writes operations that are worked out when nobody else writes; all of them, or none. */
    void writeAll(Supplier<List<? extends Operation>> operations) {
        writing.writeAll(operations);
    }

    /** The removal of all that is known of a node or an edge; only inside {@link #writeAll}. */
    Operation removal(String id, boolean isEdge) {
        State.Slot slot = state().slot(id);
        if (slot == null) {
            return new Operation.Remove(id, new TreeMap<>());
        }
        Entity.Add add = slot.entity().shown();
        if (add != null && add.isEdge() != isEdge) {
            throw new Conflict(
                    id, isEdge ? "an edge" : "a node", add.isEdge() ? "an edge" : "a node");
        }
        return new Operation.Remove(id, slot.entity().seen());
    }

    /** What an extension of the schema would hide. */
    Ontology.Impact check(Ontology extension) {
        return extending.check(extension);
    }

    /**
     * Extends the schema.
     *
     * @throws BadDefinition when it says nothing new, or nothing that makes sense
     * @throws Invalid when it would hide what is visible
     */
    void extend(Ontology extension) {
        extending.extend(extension);
    }

    /** A part of it that is kept up. */
    GraphPart part(String part, Predicate<? super Node> belongs) {
        Optional<GraphPart> known = showing.part(part);
        if (known.isPresent()) {
            return known.get();
        }
        refuseWithin("begin part " + part + " of");
        lock.lock();
        try {
            committing.requireOpen();
            committing.awaitQuiet();
            return showing.part(part).orElseGet(() -> showing.keep(part, belongs));
        } finally {
            lock.unlock();
        }
    }

    private void refuseWithin(String what) {
        if (Tracking.scope() instanceof Tracking.Frame || Tracking.scope() instanceof Transaction) {
            throw new Unsupported(what + " " + name, "a query, a snapshot or a commit");
        }
    }

    // ---- taking in what others wrote

    /** Takes in what can be taken in of these entries, as one commit. */
    Merged merge(List<Entry> entries) { // law G9
        refuseWithin("merge into");
        Merged merged = admit(entries);
        finishErasing();
        return merged;
    }

    private Merged admit(List<Entry> entries) {
        lock.lock();
        try {
            committing.requireOpen();
            Admission admission = new Admission(name, index(), clock(), joining.codec(), trust);
            admission.run(entries);
            if (!admission.admitted().isEmpty()) {
                Batch batch = joining.batch();
                joining.take(batch, admission.admitted());
                erasing |= admission.admitted().stream().anyMatch(Replica::isErasure);
                committing.commit(batch);
            }
            return admission.result();
        } finally {
            lock.unlock();
        }
    }

    private static boolean isErasure(Entry entry) {
        return entry.operation() instanceof Operation.Erase;
    }

    /** Drops the bytes of what is to be erased, as soon as that can be done. */
    void finishErasing() { // law G62
        if (!erasing) {
            return;
        }
        try {
            compacting.run(Compaction.everything());
        } catch (StorageFailure | Conflict notYet) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    name + " still holds what is to be erased",
                    notYet);
        }
    }

    /** Notes that something is to be erased. */
    void beginErasing() {
        erasing = true;
    }

    /** Whether something is to be erased of which the bytes may still be here. */
    boolean isErasing() {
        return erasing;
    }

    Compacting compacting() {
        return compacting;
    }

    /** An entry of these bytes. */
    Entry decode(byte[] bytes) {
        return locked(() -> joining.codec().decode(bytes));
    }

    /** The entry of an author with a number, when it is here; only inside {@link #locked}. */
    Optional<Entry> written(String of, long sequence) {
        int arrival = index().find(of, sequence);
        return arrival == 0
                ? Optional.empty()
                : store.read(arrival - 1L, 1).stream()
                        .filter(stored -> stored.arrival() == arrival)
                        .map(stored -> joining.codec().decode(stored.bytes()))
                        .findFirst();
    }

    void trust(Trust others) {
        lock.lock();
        try {
            trust = trusting(others);
        } finally {
            lock.unlock();
        }
    }

    private Trust trusting(Trust others) {
        return identity == null ? others : others.allow(author, identity.publicKey());
    }

    // ---- bases

    /** Runs something while nobody makes or takes in a base. */
    <T> T withBases(Supplier<T> work) {
        refuseWithin("compact");
        bases.lock();
        try {
            committing.requireOpen();
            return work.get();
        } finally {
            bases.unlock();
        }
    }

    /** Keeps entries in a base alone from now on; only inside {@link #withBases}. */
    void compact(PackedBase base, BitSet arrivals) {
        Base.Rows rows = base.open().rows();
        lock.lock();
        try {
            committing.awaitQuiet();
            committing.requireOpen();
            int[] numbers = index().arrivals(rows);
            store.seal();
            List<byte[]> records = new ArrayList<>(List.of(EntryStore.replica(author)));
            leases.heldAt(0).forEach(lease -> records.add(EntryStore.lease(lease)));
            acknowledged.all().forEach(known -> records.add(EntryStore.acknowledged(known)));
            store.append(base, numbers, true, records);
            index().compact(arrivals);
            compacted = index().lastCompacted(); // before anything is dropped
            store.dropBefore(index().firstKept());
            erasing &= arrivals.cardinality() < index().size(); // unless all of it is in the base
            writeCheckpoint();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes in what a peer compacted, as one commit, and returns how many entries of it are new.
     *
     * @throws Invalid when it is damaged, or of another graph, or of the future
     * @throws Unsupported when whoever made it is not trusted with that
     */
    long merge(PackedBase packed) {
        return withBases(() -> {
            long added = store.has(packed.hash()) ? 0L : take(packed, packed.open());
            finishErasing();
            return added;
        });
    }

    private long take(PackedBase packed, Base base) {
        if (!base.graph().equals(name)) {
            throw new Invalid("base", "is of " + name, base.graph());
        }
        lock.lock();
        try {
            committing.requireOpen();
            trust.requireTrusted(packed);
            if (clock().isOfTheFuture(base.rows().greatestTime())) {
                throw new Invalid("base", "is not of the future", base.rows().greatestTime());
            }
            committing.awaitQuiet();
            long before = index().fingerprint().count();
            erasing |=
                    bringsBack(base.state())
                            || !state().erased().containsAll(base.state().erased());
            int[] arrivals = index().arrivals(base.rows());
            store.append(packed, arrivals, false, List.of());
            Batch batch = joining.batch();
            joining.take(batch, base, arrivals);
            compacted = index().lastCompacted();
            showing.show(List.of(batch));
            showing.index(schema());
            committing.arrive();
            return index().fingerprint().count() - before;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a state says something of an id that was to be erased here. */
    private boolean bringsBack(State other) {
        return state().erased().stream()
                .map(other::slot)
                .anyMatch(slot -> slot != null && !slot.entity().isEmpty());
    }

    /** Bases of which a part has come. */
    IncomingBases incoming() {
        return incoming;
    }

    /** The greatest arrival number of what was compacted, 0 for none. */
    long compacted() {
        return compacted;
    }

    /** Whether what an entry said is in a base alone. */
    boolean isCompacted(Hash entry) {
        return compacted > 0 && locked(() -> index().isCompacted(index().find(entry)));
    }

    /** Notes what another replica has at least. */
    void acknowledge(String replica, VersionVector vector) {
        lock.lock();
        try {
            Acknowledged.Known known =
                    new Acknowledged.Known(replica, vector, clock().wallMillis());
            if (!replica.equals(author) && acknowledged.put(known)) {
                committing.awaitQuiet();
                committing.requireOpen();
                store.append(List.of(EntryStore.acknowledged(known)));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What others were heard to have; only inside {@link #locked}. */
    Acknowledged acknowledged() {
        return acknowledged;
    }

    // ---- consumers

    /** Where named consumers are; only inside {@link #locked}. */
    Leases leases() {
        return leases;
    }

    /** How far a named consumer is. */
    Optional<Leases.Lease> lease(String consumer) {
        return locked(() -> leases.of(consumer));
    }

    /** Keeps how far a named consumer is, for so long from now; for no time ends its lease. */
    void keep(String consumer, ArrivalCursor acknowledged, Duration duration) {
        lock.lock();
        try {
            committing.awaitQuiet();
            committing.requireOpen();
            long expires = duration.isZero() ? 0 : clock().wallMillis() + duration.toMillis();
            Leases.Lease lease = new Leases.Lease(consumer, acknowledged, expires);
            store.append(List.of(EntryStore.lease(lease)));
            leases.put(lease);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses what comes after {@link #close}. */
    void requireOpen() {
        committing.requireOpen();
    }

    /** Writes what is in memory beside the store, so that opening need not read all of it. */
    void checkpoint() {
        lock.lock();
        try {
            committing.requireOpen();
            committing.awaitQuiet();
            writeCheckpoint();
        } finally {
            lock.unlock();
        }
    }

    private void writeCheckpoint() { // law G17
        if (checkpoint.isEmpty() || erasing) { // a checkpoint would not know that it is
            return;
        }
        try {
            Checkpoint.write(
                    checkpoint.get(),
                    name,
                    author,
                    new Inside(store, leases, acknowledged, index(), state()));
            checkpointed = index().size();
        } catch (IOException failed) {
            throw new StorageFailure(
                    StorageFailure.Kind.UNREADABLE, checkpoint.get().toString(), failed);
        }
    }

    /** Waits for writes under way, then lets go of the store. */
    @Override
    public void close() {
        lock.lock();
        try {
            committing.close();
            if (index().size() - checkpointed >= WORTH_A_CHECKPOINT) {
                writeCheckpoint();
            }
        } catch (StorageFailure failed) { // everything is in the store
            LOG.log(System.Logger.Level.WARNING, "no checkpoint of " + name, failed);
        } finally {
            lock.unlock();
        }
        store.close();
    }
}
