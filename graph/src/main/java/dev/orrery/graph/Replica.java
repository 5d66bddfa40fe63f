package dev.orrery.graph;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a graph: the one place where entries are made, taken in and committed.
 * Thread-safe.
 */
final class Replica implements AutoCloseable {
    /*
     * Overview. Under the lock an operation becomes an entry, the entry joins the state, what it changes is judged, and
     * all of it is a batch in the queue. Whoever finds nobody committing takes the whole queue, appends its records,
     * waits for the disk once, and shows all batches as one revision of the timeline; the others wait for that. So the
     * order of entries, of records, and of what becomes visible is one, and writers that come together share a force.
     *
     * A commit by the user holds the lock from its first write to its end, with an empty queue: its batches are
     * appended as one record by the timeline's persistence and shown by its transaction, or taken back.
     *
     * Failure. When a group cannot be stored, it and everything queued behind it, which follows it, is taken back,
     * newest first, and each of its writers is told.
     *
     * Locks. This lock, then the timeline's. Nothing is waited for under it but the disk, by a user's commit.
     */
    private static final System.Logger LOG = System.getLogger(Replica.class.getName());

    /** After so many new entries a checkpoint is written at the end. */
    private static final long WORTH_A_CHECKPOINT = 10_000;

    private final Timeline timeline;
    private final String name;
    private final NodeRelation nodes;
    private final EdgeRelation edges;
    private final QuarantineRelation quarantine;
    private final EntryStore store;
    private final HybridClock clock;
    private final String author;
    private final @Nullable Identity identity;
    private final Optional<Path> checkpoint;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();
    private final EntryCodec codec;
    private final State state;
    private final EntryIndex index;
    private final Leases leases;
    private volatile Judge judge;
    private final ArrayDeque<Batch> queue = new ArrayDeque<>();
    private Trust trust;

    /** Whether something was written here since the last seal, when there is one to seal with. */
    private boolean unsealed;

    /** How many entries the newest checkpoint has. */
    private long checkpointed;

    private boolean committing;
    private volatile boolean closed;
    private @Nullable Draft draft;

    /** The arrival number of the newest entry that is durable and visible. */
    private volatile long arrived;

    /** The same, to be waited for. */
    private final Latest<Long> arrivals = new Latest<>("arrivals", 0L);

    /** The writes of a user's commit so far. */
    private record Draft(Transaction transaction, List<Batch> batches) {}

    /** What opening found. */
    record Found(
            EntryStore store,
            EntryCodec codec,
            State state,
            EntryIndex index,
            Leases leases,
            HybridClock clock,
            String author,
            @Nullable Identity identity,
            Optional<Path> checkpoint,
            int checkpointed) {}

    /** What a checkpoint is made of. */
    record Inside(EntryStore store, Leases leases, EntryIndex index, State state) {}

    Replica(Timeline timeline, String name, Found found) {
        this.timeline = timeline;
        this.name = name;
        this.nodes = new NodeRelation(timeline, name);
        this.edges = new EdgeRelation(timeline, name);
        this.quarantine = new QuarantineRelation(timeline, name);
        this.store = found.store();
        this.codec = found.codec();
        this.state = found.state();
        this.index = found.index();
        this.leases = found.leases();
        this.clock = found.clock();
        this.author = found.author();
        this.identity = found.identity();
        this.checkpoint = found.checkpoint();
        this.checkpointed = found.checkpointed();
        this.trust = trusting(Trust.open());
        this.unsealed = index.newest(author) > 0;
        this.judge = new Judge(new Schema(state.facts().ontology()));
        arrive(index.size());
        begin();
    }

    /** Shows what was found; nobody reads yet. */
    private void begin() {
        Batch all = new Batch(1, clock.last(), SchemaFacts.none(name), judge);
        judgeAnew(all);
        for (State.Slot slot : state.slots()) {
            switch (slot.shown) {
                case Node node -> nodes.begin(node);
                case Edge edge -> edges.begin(edge);
                case null, default -> {}
            }
        }
        all.held().forEach(each -> each.now().ifPresent(quarantine::begin));
    }

    String name() {
        return name;
    }

    String author() {
        return author;
    }

    Timeline timeline() {
        return timeline;
    }

    NodeRelation nodes() {
        return nodes;
    }

    EdgeRelation edges() {
        return edges;
    }

    QuarantineRelation quarantine() {
        return quarantine;
    }

    EntryStore store() {
        return store;
    }

    /** The arrival number of the newest entry that is durable and visible. */
    long arrived() {
        return arrived;
    }

    /** {@link #arrived}, to be waited for. */
    Signal<Long> arrivals() {
        return arrivals;
    }

    private void arrive(long last) {
        arrived = last;
        arrivals.set(last);
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
        return index;
    }

    /** What they say; only inside {@link #locked}. */
    State state() {
        return state;
    }

    /** The clock; only inside {@link #locked}. */
    HybridClock clock() {
        return clock;
    }

    /** The same row, sharing its shape with others here. */
    Row shared(Row row) {
        return judge.shared(row);
    }

    /** The schema of the moment. */
    Schema schema() {
        return judge.schema();
    }

    // ---- writing

    /** Writes an operation, alone or as part of the commit it is called in. */
    void write(Operation operation) {
        writeAll(() -> List.of(operation));
    }

    /** Writes operations that are worked out when nobody else writes; all of them, or none. */
    void writeAll(Supplier<List<? extends Operation>> operations) {
        Tracking.Scope scope = Tracking.scope();
        if (scope instanceof Tracking.Frame) {
            throw new Unsupported("write to " + name, "a query or snapshot");
        }
        if (scope instanceof Transaction transaction && isOurs(transaction)) {
            writeWithin(transaction, operations);
        } else {
            writeAlone(operations);
        }
    }

    private boolean isOurs(Transaction transaction) {
        if (transaction.timeline().isBranch()) {
            throw new Unsupported("write to " + name, "a snapshot's commit");
        }
        return transaction.timeline() == timeline;
    }

    private void writeAlone(Supplier<List<? extends Operation>> operations) {
        if (lock.isHeldByCurrentThread()) {
            throw new Unsupported("write to " + name, "a commit, untracked");
        }
        lock.lock();
        try {
            requireOpen();
            Batch batch = batch();
            try {
                operations.get().forEach(operation -> make(batch, operation));
            } catch (RuntimeException refused) {
                undo(batch);
                throw refused;
            }
            if (!batch.isEmpty()) {
                queue.add(batch);
                settle(batch);
            }
        } finally {
            lock.unlock();
        }
    }

    private void writeWithin(
            Transaction transaction, Supplier<List<? extends Operation>> operations) {
        Draft current = draft(transaction);
        Batch batch = batch();
        try {
            operations.get().forEach(operation -> make(batch, operation));
        } catch (RuntimeException refused) {
            undo(batch);
            throw refused;
        }
        current.batches().add(batch);
        show(transaction, batch);
    }

    private Draft draft(Transaction transaction) {
        Draft current = draft;
        if (lock.isHeldByCurrentThread()
                && current != null
                && current.transaction() == transaction) {
            return current;
        }
        transaction.persist(name, this::persistDraft); // refused when another store is written to
        lock.lock();
        transaction.whenEnded(this::endDraft);
        awaitQuiet();
        requireOpen();
        Draft begun = new Draft(transaction, new ArrayList<>());
        draft = begun;
        return begun;
    }

    private void persistDraft() {
        Draft current = draft;
        if (current == null || current.batches().isEmpty()) {
            return;
        }
        seal().ifPresent(current.batches()::add);
        List<Entry> entries = new ArrayList<>();
        current.batches().forEach(batch -> entries.addAll(batch.entries()));
        if (!entries.isEmpty()) {
            store.append(List.of(EntryStore.record(current.batches().getFirst().first(), entries)));
        }
    }

    private void endDraft(boolean committed) {
        Draft current = draft;
        draft = null;
        try {
            if (current != null && !committed) {
                current.batches().reversed().forEach(this::undo);
            }
            arrive(index.size());
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- taking in what others wrote

    /** Takes in what can be taken in of these entries, as one commit. */
    Merged merge(List<Entry> entries) { // law G9
        if (Tracking.scope() instanceof Tracking.Frame || Tracking.scope() instanceof Transaction) {
            throw new Unsupported("merge into " + name, "a query, a snapshot or a commit");
        }
        lock.lock();
        try {
            requireOpen();
            Admission admission = new Admission(name, index, clock, codec, trust);
            admission.run(entries);
            if (!admission.admitted().isEmpty()) {
                Batch batch = batch();
                take(batch, admission.admitted());
                queue.add(batch);
                settle(batch);
            }
            return admission.result();
        } finally {
            lock.unlock();
        }
    }

    /** An entry of these bytes. */
    Entry decode(byte[] bytes) {
        return locked(() -> codec.decode(bytes));
    }

    // ---- batches

    private Batch batch() {
        return new Batch(index.size() + 1, clock.last(), state.facts(), judge);
    }

    private void make(Batch batch, Operation operation) {
        new LocalCheck(state, judge.schema(), name).check(operation);
        HybridTime before = clock.last();
        HybridTime time = clock.tick();
        Entry entry;
        try {
            entry =
                    codec.encode(
                            author,
                            index.newest(author) + 1,
                            index.last(author),
                            time,
                            parents(),
                            operation);
        } catch (RuntimeException refused) {
            clock.reset(before);
            throw refused;
        }
        unsealed = true;
        take(batch, List.of(entry));
    }

    /** What an entry that is written now follows. */
    private List<Hash> parents() {
        List<Hash> heads = index.heads();
        return heads.size() > Limits.PARENTS ? heads.subList(0, Limits.PARENTS) : heads;
    }

    // ---- trust

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

    /** A batch that seals what was written here and is not sealed yet. */
    private Optional<Batch> seal() { // law G16
        if (identity == null || !unsealed) {
            return Optional.empty();
        }
        Batch batch = batch();
        Entry seal =
                Seals.make(
                        codec,
                        identity,
                        index.newest(author) + 1,
                        index.last(author),
                        clock.tick(),
                        parents());
        take(batch, List.of(seal));
        unsealed = false;
        return Optional.of(batch);
    }

    /** Entries join the state, and what they change is judged: the one way in. */
    // law G8
    private void take(Batch batch, List<Entry> entries) {
        SchemaFacts before = state.facts();
        Set<State.Slot> touched = entries.size() == 1 ? Set.of() : new LinkedHashSet<>();
        for (Entry entry : entries) {
            State.Step step = take(batch, entry);
            if (step != null && entries.size() == 1) {
                judge(batch, step.slot());
            } else if (step != null) {
                touched.add(step.slot());
            }
        }
        if (before.equals(state.facts())) { // the very facts
            touched.forEach(slot -> judge(batch, slot));
        } else {
            judgeAnew(batch);
        }
    }

    private State.@Nullable Step take(Batch batch, Entry entry) {
        List<Hash> heads = index.heads();
        index.add(entry);
        clock.witness(entry.time());
        State.Step step = state.join(entry);
        batch.take(entry, heads, step);
        return step;
    }

    private void judgeAnew(Batch batch) {
        SchemaFacts facts = state.facts();
        judge = judge.under(new Schema(facts.ontology()));
        for (Hash entry : batch.factsBefore().rejected().keySet()) {
            batch.quarantine(entry, Optional.empty());
        }
        facts.rejected()
                .forEach((entry, reasons) -> {
                    String operation = index.sequence(index.find(entry)) == 0 ? "define" : "extend";
                    Quarantined rejected =
                            new Quarantined(entry, operation, "", reasons, judge.schema().hash());
                    batch.quarantine(entry, Optional.of(rejected));
                });
        judgeAll(batch);
    }

    private void judgeAll(Batch batch) {
        List<State.Slot> edgeSlots = new ArrayList<>();
        for (State.Slot slot : state.slots()) {
            Entity.Add add = slot.entity().shown();
            if (add != null && add.isEdge()) {
                edgeSlots.add(slot);
            } else {
                judgeAlone(batch, slot);
            }
        }
        edgeSlots.forEach(slot -> judgeAlone(batch, slot)); // when all nodes are
    }

    /** Judges an id, and the edges at it when that makes a difference to them. */
    private void judge(Batch batch, State.Slot slot) {
        Object before = slot.shown;
        judgeAlone(batch, slot);
        if (!mattersToEdges(before, slot.shown)) {
            return;
        }
        List<String> incident = state.incident(slot.entity().id());
        for (String edge : incident.isEmpty() ? Set.<String>of() : Set.copyOf(incident)) {
            State.Slot end = state.slot(edge);
            if (end != null) {
                judgeAlone(batch, end);
            }
        }
    }

    /** Whether edges at an id may be seen in another way than before. */
    private static boolean mattersToEdges(@Nullable Object before, @Nullable Object after) {
        if (before instanceof Node was && after instanceof Node is) {
            return !was.lineage().equals(is.lineage());
        }
        return before instanceof Node || !(after instanceof Edge);
    }

    private void judgeAlone(Batch batch, State.Slot slot) {
        Judgement judgement = judge.judge(slot.entity(), state::node, state::isKnown);
        Object after = judgement.node() == null ? judgement.edge() : judgement.node();
        if (after == null ? slot.shown != null : !after.equals(slot.shown)) {
            batch.show(slot, after);
        }
        if (!judgement.quarantined().equals(slot.quarantined)) {
            batch.quarantine(slot, judgement.quarantined());
        }
    }

    private void undo(Batch batch) {
        batch.undo(state, index);
        judge = batch.judgeBefore();
        clock.reset(batch.clockBefore());
        unsealed = true; // perhaps its seal is gone
    }

    // ---- committing

    /** Waits until a batch is committed, committing it and others where nobody else does. */
    private void settle(Batch mine) {
        while (!mine.done) {
            if (committing) {
                settled.awaitUninterruptibly();
            } else {
                commitQueued();
            }
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
    }

    private void commitQueued() {
        seal().ifPresent(queue::add);
        List<Batch> group = new ArrayList<>(queue);
        queue.clear();
        committing = true;
        long last = index.size();
        RuntimeException failure = null;
        boolean stored = false;
        lock.unlock();
        try {
            persist(group);
            stored = true;
            show(group);
        } catch (RuntimeException failed) {
            failure = failed;
            throw failed;
        } finally {
            lock.lock();
            committing = false;
            if (stored) {
                arrive(last);
                group.forEach(batch -> batch.done = true);
            } else {
                giveUp(group, failure);
            }
            settled.signalAll();
        }
    }

    private void persist(List<Batch> group) {
        List<byte[]> records = new ArrayList<>(group.size());
        for (Batch batch : group) {
            records.addAll(EntryStore.records(batch.first(), batch.entries()));
        }
        store.append(records);
    }

    private void show(List<Batch> group) {
        timeline.transact(name, transaction -> group.forEach(batch -> show(transaction, batch)));
    }

    private void show(Transaction transaction, Batch batch) {
        for (Batch.Shown shown : batch.shown()) {
            show(transaction, shown.id(), shown.before(), shown.after());
        }
        for (Batch.Held held : batch.held()) {
            held.now()
                    .ifPresentOrElse(
                            each -> transaction.put(quarantine, held.entry(), each),
                            () -> transaction.remove(quarantine, held.entry()));
        }
    }

    private void show(
            Transaction transaction, String id, @Nullable Object before, @Nullable Object after) {
        if (before instanceof Node && !(after instanceof Node)) {
            transaction.remove(nodes, id);
        } else if (before instanceof Edge && !(after instanceof Edge)) {
            transaction.remove(edges, id);
        }
        switch (after) {
            case Node node -> transaction.put(nodes, id, node);
            case Edge edge -> {
                edges.note(edge);
                transaction.put(edges, id, edge);
            }
            case null, default -> {}
        }
    }

    /** Takes back what could not be stored and everything made behind it. */
    private void giveUp(List<Batch> group, @Nullable RuntimeException failure) {
        List<Batch> all = new ArrayList<>(group);
        all.addAll(queue);
        queue.clear();
        for (Batch batch : all.reversed()) {
            undo(batch);
            batch.done = true;
            batch.failure =
                    failure == null ? new IllegalStateException("the commit did not end") : failure;
        }
    }

    // ---- schema

    /** What an extension would hide. */
    Ontology.Impact check(Ontology extension) {
        return locked(() -> new ImpactStudy(state, judge, combined(extension)).run());
    }

    /**
     * Extends the schema.
     *
     * @throws BadDefinition when it says nothing new, or nothing that makes sense
     * @throws Invalid when it would hide what is visible
     */
    void extend(Ontology extension) {
        writeAll(() -> {
            Ontology current = judge.schema().ontology();
            List<Fact> more = extension.without(current);
            if (more.isEmpty()) {
                throw new BadDefinition(name, "the extension says nothing new", "leave it out");
            }
            Ontology.Impact impact = new ImpactStudy(state, judge, combined(extension)).run();
            if (impact.wouldHide() + impact.wouldLose() > 0) {
                throw new Invalid(
                        "extension",
                        "must not hide what is visible; give a default, or another mode",
                        impact.wouldHide()
                                + " nodes and edges, and "
                                + impact.wouldLose()
                                + " values");
            }
            return List.of(new Operation.Extend(more));
        });
    }

    private Ontology combined(Ontology extension) {
        Ontology current = judge.schema().ontology();
        if (!extension.name().equals(name)) {
            throw new BadDefinition(
                    extension.name(), "is the schema of another graph", "extend that of " + name);
        }
        return current.extend().facts(extension.facts()).build();
    }

    // ---- consumers

    /** How far a named consumer is. */
    Optional<Leases.Lease> lease(String consumer) {
        return locked(() -> leases.of(consumer));
    }

    /** Keeps how far a named consumer is, for so long from now; for no time ends its lease. */
    void keep(String consumer, ArrivalCursor acknowledged, Duration duration) {
        lock.lock();
        try {
            awaitQuiet();
            requireOpen();
            long expires = duration.isZero() ? 0 : clock.wallMillis() + duration.toMillis();
            Leases.Lease lease = new Leases.Lease(consumer, acknowledged, expires);
            store.append(List.of(EntryStore.lease(lease)));
            leases.put(lease);
        } finally {
            lock.unlock();
        }
    }

    private void awaitQuiet() {
        while (committing || !queue.isEmpty()) {
            settled.awaitUninterruptibly();
        }
    }

    /** Refuses what comes after {@link #close}. */
    void requireOpen() {
        if (closed) {
            throw new Closed("the graph " + name);
        }
    }

    /** Writes what is in memory beside the store, so that opening need not read all of it. */
    void checkpoint() {
        lock.lock();
        try {
            requireOpen();
            awaitQuiet();
            writeCheckpoint();
        } finally {
            lock.unlock();
        }
    }

    private void writeCheckpoint() { // law G17
        if (checkpoint.isEmpty()) {
            return;
        }
        try {
            Checkpoint.write(
                    checkpoint.get(), name, author, new Inside(store, leases, index, state));
            checkpointed = index.size();
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
            closed = true;
            awaitQuiet();
            arrivals.set(arrived); // whoever follows finds that it is closed
            if (index.size() - checkpointed >= WORTH_A_CHECKPOINT) {
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
