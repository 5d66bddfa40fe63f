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
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
     * is visible, Writing what the user's calls and commits write, Extending how the schema grows, Bases what was
     * compacted.
     *
     * Locks. That of bases, this lock, then the timeline's. Nothing is waited for under this one but the disk: by a
     * user's commit, and while a base is stored.
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
    private final Topics topics;

    private final ReentrantLock lock = new ReentrantLock();
    private final Joining joining;
    private final Showing showing;
    private final Committing committing;
    private final Writing writing;
    private final Extending extending;
    private final Bases bases;
    private final Compacting compacting = new Compacting(this);
    private final UnreadableEntries unreadable;
    private Trust trust;

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
            Topics topics,
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
            Topics topics,
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
        this.topics = found.topics();
        this.checkpointed = found.checkpointed();
        this.trust = trusting(Trust.open());
        this.joining = new Joining(name, found);
        this.unreadable = new UnreadableEntries(name, found.index());
        this.showing = new Showing(timeline, name);
        this.committing = new Committing(name, lock, store, joining, showing);
        this.writing = new Writing(name, lock, store, joining, showing, committing);
        this.extending = new Extending(this);
        this.bases = new Bases(this, lock, joining, showing, committing, found.erasing());
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

    void refuseWithin(String what) {
        if (Tracking.scope() instanceof Tracking.Frame || Tracking.scope() instanceof Transaction) {
            throw new Unsupported(what + " " + name, "a query, a snapshot or a commit");
        }
    }

    // ---- taking in what others wrote

    /** Takes in what can be taken in of these entries, as one commit. */
    Merged merge(List<Entry> entries) { // law G9
        refuseWithin("merge into");
        int restored = restore(entries);
        Merged merged = admit(admission -> admission.run(entries)).with(restored);
        bases.finishErasing();
        return merged;
    }

    /**
     * Takes in what came with a topic: what follows something that is not here as loose entries.
     *
     * @param vouching entries that lead from those to their authors' seals
     */
    Merged mergeLoose(List<Entry> entries, List<Entry> vouching) { // law G65
        refuseWithin("merge into");
        int restored = restore(entries);
        Merged merged = admit(admission -> admission.runLoose(entries, vouching)).with(restored);
        bases.finishErasing();
        return merged;
    }

    /** Stores entries again that cannot be read any more; their number. */
    private int restore(List<Entry> entries) { // law G73
        lock.lock();
        try {
            if (unreadable.isEmpty()) {
                return 0;
            }
            committing.awaitQuiet();
            committing.requireOpen();
            SortedMap<Integer, Entry> again = new TreeMap<>();
            for (Entry entry : entries) {
                int arrival = index().locate(entry.hash());
                if (unreadable.has(arrival)) {
                    again.put(arrival, entry);
                }
            }
            List<byte[]> records = new ArrayList<>();
            again.forEach((arrival, entry) ->
                    records.add(
                            EntryRecord.restored(arrival, entry, index().loose().has(arrival))));
            store.append(records);
            again.keySet().forEach(unreadable::restore);
            return again.size();
        } finally {
            lock.unlock();
        }
    }

    private Merged admit(Consumer<Admission> run) {
        Admission admission;
        Committing.Turn turn;
        lock.lock();
        try {
            committing.enter();
            admission =
                    new Admission(name, index(), clock(), joining.codec(), trust, state().keys());
            run.accept(admission);
            List<Batch> batches = new ArrayList<>();
            take(joining::batch, admission.admitted(), batches);
            take(joining::looseBatch, admission.loose(), batches);
            if (batches.isEmpty()) {
                return admission.result();
            }
            turn = committing.queue(batches);
        } finally {
            lock.unlock();
        }
        committing.await(turn);
        return admission.result();
    }

    private void take(Supplier<Batch> begin, List<Entry> entries, List<Batch> batches) {
        if (entries.isEmpty()) {
            return;
        }
        Batch batch = begin.get();
        joining.take(batch, entries);
        batches.add(batch);
        if (entries.stream().anyMatch(this::erases)) {
            bases.beginErasing();
        }
    }

    /** Whether the bytes of an entry, or of others because of it, may not stay. */
    private boolean erases(Entry entry) { // law G62
        return entry.operation() instanceof Operation.Erase || state().isErased(entry);
    }

    /** How far topics are here; only inside {@link #locked}. */
    Topics topics() {
        return topics;
    }

    /** Notes how far a topic is here. */
    void keep(Topic topic, Cut cut) { // law G68
        lock.lock();
        try {
            Topics.Progress progress = topics.with(topic, cut);
            if (progress.cuts().equals(topics.of(topic))) {
                return;
            }
            committing.awaitQuiet();
            committing.requireOpen();
            store.append(List.of(EntryRecord.topic(progress)));
            topics.put(progress);
        } finally {
            lock.unlock();
        }
    }

    Compacting compacting() {
        return compacting;
    }

    /**
     * Up to so many entries behind an arrival number, in order, as they are in the store. One that
     * cannot be read, or is not the one that is known under its number, is passed over.
     */
    List<StoredEntry> read(EntryCodec codec, long after, int max) { // law G59
        long arrived = arrived();
        List<StoredEntry> read = store.read(after, max, stored -> known(codec, stored));
        long upTo = read.size() < max ? arrived : read.getLast().arrival();
        if (upTo - after > read.size()) {
            locked(() -> look(after, upTo, read));
        }
        return read;
    }

    private boolean look(long after, long upTo, List<StoredEntry> read) { // law G73
        boolean isMore = unreadable.look(after, upTo, read);
        if (isMore) {
            bases.look();
        }
        return isMore;
    }

    /** Looks whether entries behind an arrival number can be read. */
    void lookBehind(long arrival) {
        read(new EntryCodec(), arrival, 1);
    }

    /** Which entries cannot be read; only inside {@link #locked}. */
    UnreadableEntries unreadable() {
        return unreadable;
    }

    private List<StoredEntry> known(EntryCodec codec, List<StoredBytes> stored) {
        List<StoredEntry> entries = new ArrayList<>(stored.size());
        for (StoredBytes each : stored) {
            codec.tryDecode(each.bytes())
                    .map(entry -> new StoredEntry(each.arrival(), entry, each.isLoose()))
                    .ifPresent(entries::add);
        }
        return locked(() -> {
            entries.removeIf(each -> !index().isKnownAs(each.arrival(), each.hash()));
            return entries;
        });
    }

    /** The entry of an author with a number, when it is here; only inside {@link #locked}. */
    Optional<Entry> written(String of, long sequence) {
        int arrival = index().find(of, sequence);
        return arrival == 0
                ? Optional.empty()
                : read(joining.codec(), arrival - 1L, 1).stream()
                        .filter(stored -> stored.arrival() == arrival)
                        .map(StoredEntry::entry)
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

    /** Whose entries are taken in; only inside {@link #locked}. */
    Trust trust() {
        return trust.under(state().keys());
    }

    /** Writes a statement about an author's keys. */
    void writeAboutKeys(String of, Operation statement) {
        if (identity == null) {
            throw new Unsupported(
                    statement.name() + " a key in " + name,
                    "a graph without an identity; open it with Graphs.identity");
        }
        writeAll(() -> {
            if (trust.isStrict() && !trust().mayAdminister(author, of)) {
                throw new Unsupported(
                        statement.name() + " a key of " + of + " in " + name,
                        author + "; an administrator of its keys may");
            }
            return List.of(statement);
        });
    }

    private Trust trusting(Trust others) {
        return identity == null ? others : others.allow(author, identity.publicKey());
    }

    /** What was compacted, here or elsewhere, and what is to be erased. */
    Bases bases() {
        return bases;
    }

    /** Whether what an entry said is in a base alone. */
    boolean isCompacted(Hash entry) {
        return bases.compacted() > 0 && locked(() -> index().compacted().has(index().find(entry)));
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
                store.append(List.of(EntryRecord.acknowledged(known)));
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
            store.append(List.of(EntryRecord.lease(lease)));
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

    /** The same; only inside {@link #locked}, when nothing is under way. */
    void writeCheckpoint() { // law G17
        boolean wouldNotKnow = bases.isErasing() || index().isLacking() || unreadable.isBaseLost();
        if (checkpoint.isEmpty() || wouldNotKnow) {
            return;
        }
        try {
            Checkpoint.write(
                    checkpoint.get(),
                    name,
                    author,
                    new Inside(store, leases, acknowledged, topics, index(), state()));
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
