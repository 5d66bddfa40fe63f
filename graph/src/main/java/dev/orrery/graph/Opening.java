package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a store into memory: entries join the state as they did when they came, and nothing is
 * judged before all are there. An entry that cannot be read is passed over. Confined to one thread.
 */
final class Opening implements EntryStore.Found {
    private static final System.Logger LOG = System.getLogger(Opening.class.getName());

    private final String graph;
    private final EntryCodec codec = new EntryCodec();
    private final EntryIndex index;
    private final State state;
    private final List<String> authors = new ArrayList<>();
    private final Leases leases;
    private final Acknowledged acknowledged;
    private final Topics topics;
    private final EntryStore store;

    /** What entries follow that are not here: in a base that comes later, or lost. */
    private final Set<Hash> followed = new HashSet<>();

    /** How many entries the checkpoint had. */
    private final int covered;

    /** Whether something is to be erased of which the bytes may still be here. */
    private boolean erasing;

    private Opening(String graph, EntryStore store) {
        this.graph = graph;
        this.store = store;
        this.index = new EntryIndex();
        this.state = new State(graph);
        this.leases = new Leases();
        this.acknowledged = new Acknowledged();
        this.topics = new Topics();
        this.covered = 0;
    }

    private Opening(String graph, EntryStore store, Checkpoint.Found found) {
        this.graph = graph;
        this.store = store;
        this.index = found.index();
        this.state = found.state();
        this.leases = found.leases();
        this.acknowledged = found.acknowledged();
        this.topics = found.topics();
        this.covered = index.size();
        this.authors.addAll(found.replicas());
    }

    static Replica open(Graphs graphs, SegmentLog log, Ontology ontology) {
        EntryStore store = new EntryStore(log, ontology.name());
        Opening opening = read(store, graphs.checkpoint(), ontology.name());
        if (!store.log().damage().isEmpty()) {
            opening.topics.forget(); // perhaps what they say is here was lost // law G68
        }
        String author = graphs.author(opening.authors);
        List<byte[]> records = new ArrayList<>();
        if (opening.index.size() == 0) {
            Entry root =
                    opening.codec.root(new Operation.Define(ontology.name(), ontology.facts()));
            opening.take(1, root);
            records.add(EntryStore.record(1, List.of(root)));
        }
        if (opening.authors.isEmpty() || !opening.authors.getLast().equals(author)) {
            records.add(EntryStore.replica(author));
        }
        store.append(records);
        return new Replica(
                graphs.timeline(),
                ontology.name(),
                new Replica.Found(
                        store,
                        opening.codec,
                        opening.state,
                        opening.index,
                        opening.leases,
                        opening.acknowledged,
                        opening.topics,
                        graphs.clockFrom(opening.index.greatestTime()),
                        author,
                        graphs.identity(),
                        graphs.checkpoint(),
                        opening.covered,
                        opening.erasing));
    }

    /** What the checkpoint and the records behind it say, or else all records. */
    private static Opening read(EntryStore store, Optional<Path> checkpoint, String graph) {
        Optional<Checkpoint.Found> found = checkpoint.flatMap(file -> Checkpoint.read(file, graph));
        if (found.isPresent() && fits(store, found.get())) {
            Opening opening = new Opening(graph, store, found.get());
            store.replay(found.get().position(), opening);
            return opening;
        }
        Opening opening = new Opening(graph, store);
        store.restore(store.log().start(), List.of(), List.of());
        store.replay(0, opening);
        return opening;
    }

    /** Whether a checkpoint is of this store: the last entry it has is where it says. */
    private static boolean fits(EntryStore store, Checkpoint.Found found) {
        if (!store.reaches(found.position()) || found.firstPosition() < store.log().start()) {
            return false;
        }
        store.restore(found.firstPosition(), found.firstArrivals(), found.bases());
        int last = found.index().compacted().lastKept();
        List<EntryStore.Stored> read = last == 0 ? List.of() : store.read(last - 1L, 1);
        return read.isEmpty()
                ? last == 0
                : read.getFirst().arrival() == last
                        && Hash.of(read.getFirst().bytes()).equals(found.index().hash(last));
    }

    @Override
    public void replica(String author) {
        authors.add(author);
    }

    @Override
    public void lease(Leases.Lease lease) {
        leases.put(lease);
    }

    @Override
    public void acknowledged(Acknowledged.Known known) {
        acknowledged.put(known);
    }

    @Override
    public void topic(Topics.Progress progress) {
        topics.put(progress);
    }

    @Override
    public void base(StoredBase stored) {
        if (stored.position() < store.log().start()) {
            return; // half dropped: a later one has what it had
        }
        try {
            StoredBase.Whole whole = store.whole(stored);
            Base base = whole.base().open();
            index.compacted().join(base, whole.arrivals(), stored.isOwn(), followed);
            state.join(base.state());
            store.keep(stored);
            erasing =
                    stored.isOwn()
                            ? (erasing && stored.rows() < index.fingerprint().count())
                                    || isBehindWhatWasErased(stored)
                            : erasing || !state.erased().isEmpty();
        } catch (Invalid unreadable) { // peers have what was in it
            LOG.log(
                    System.Logger.Level.ERROR,
                    "base " + stored.hash() + " of " + graph + " cannot be read",
                    unreadable);
        }
    }

    /** Whether a crash came before what a base replaces was dropped. */
    private boolean isBehindWhatWasErased(StoredBase stored) { // law G62
        return !state.erased().isEmpty() && store.log().start() < stored.position();
    }

    @Override
    public void entry(long arrival, byte[] bytes) {
        read(arrival, () -> take(arrival, codec.decode(bytes)));
    }

    @Override
    public void loose(long arrival, byte[] bytes, long moved) {
        read(arrival, () -> takeLoose(arrival, codec.decode(bytes), moved));
    }

    private void read(long arrival, Runnable taking) {
        try {
            taking.run();
        } catch (Invalid unreadable) { // its record passed the check of its bytes all the same
            LOG.log(
                    System.Logger.Level.ERROR,
                    "entry " + arrival + " of " + graph + " cannot be read",
                    unreadable);
        }
    }

    private void take(long arrival, Entry entry) {
        if (entry.operation() instanceof Operation.Define(String name, List<Fact> _)
                && !name.equals(graph)) {
            throw new BadDefinition(
                    graph, "is not in this store, but " + name + " is", "open that");
        }
        entry.parents().forEach(this::follow);
        entry.previous().ifPresent(this::follow);
        index.add((int) arrival, entry);
        state.join(entry);
        erasing |= entry.operation() instanceof Operation.Erase || state.isErased(entry);
    }

    private void takeLoose(long arrival, Entry entry, long moved) { // law G65
        boolean isMoved = moved != EntryStore.NOT_MOVED;
        index.addLoose((int) arrival, entry);
        state.join(entry);
        if (isMoved) {
            index.loose().addAgain((int) arrival);
            index.loose().raise((int) moved);
        }
        erasing |= state.isErased(entry);
    }

    private void follow(Hash hash) {
        if (!index.has(hash)) {
            followed.add(hash);
        }
    }
}
