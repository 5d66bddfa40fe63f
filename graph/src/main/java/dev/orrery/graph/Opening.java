package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store into memory: entries join the state as they did when they came, and nothing is
 * judged before all are there. What cannot be read is told and passed over. Confined to one thread.
 */
final class Opening implements EntryRecord.Found { // law G59
    /*
     * What was changed on the disk can have a check sum that fits. An entry that is none any more is passed over; so is
     * one that breaks a rule by what it follows, which its hash shows to be what it was. An entry that was changed has
     * another hash, so nothing follows it, and what followed it follows nothing that is here. Contradicted looks for that
     * when all was read; what it finds is left out by reading once more, since what joined the state stays in it. What
     * nothing contradicts is an entry like others.
     *
     * Numbers of arrival are believed up to as many as entries can have come: memory is taken for each.
     */
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

    /** What the rest of the store says of what was read. */
    private final Contradicted contradicted;

    /** Entries that are not what was written here. */
    private final Set<Hash> leftOut;

    /** Tells of an entry that is here who wrote it when. */
    private final Function<Hash, @Nullable Stamp> known = this::stamp;

    /** Who wrote the last entry that was taken, which the next one follows most often. */
    private @Nullable Stamp newest;

    /** The greatest number that an entry can have so far. */
    private long greatest;

    /** The greatest number of an entry that was taken. */
    private long taken;

    /** The position of the record that is read. */
    private long position;

    /** How many entries the checkpoint had. */
    private final int covered;

    /** Whether something is to be erased of which the bytes may still be here. */
    private boolean erasing;

    private Opening(String graph, EntryStore store, Set<Hash> leftOut) {
        this.graph = graph;
        this.store = store;
        this.index = new EntryIndex();
        this.state = new State(graph);
        this.leases = new Leases();
        this.acknowledged = new Acknowledged();
        this.topics = new Topics();
        this.covered = 0;
        this.leftOut = leftOut;
        this.contradicted = new Contradicted(index, 0);
    }

    private Opening(String graph, EntryStore store, Checkpoint.Found found, Set<Hash> leftOut) {
        this.graph = graph;
        this.store = store;
        this.index = found.index();
        this.state = found.state();
        this.leases = found.leases();
        this.acknowledged = found.acknowledged();
        this.topics = found.topics();
        this.covered = index.size();
        this.leftOut = leftOut;
        this.contradicted = new Contradicted(index, covered);
        this.greatest = covered;
        this.taken = covered;
        this.position = found.position();
        this.authors.addAll(found.replicas());
    }

    /**
     * Opens a graph.
     *
     * @param found what its checkpoint has
     */
    static Replica open(
            Graphs graphs,
            SegmentLog log,
            Ontology ontology,
            Supplier<Optional<Checkpoint.Found>> found) {
        String name = ontology.name();
        EntryStore store = new EntryStore(log, name);
        Set<Hash> leftOut = new HashSet<>();
        Opening opening = read(store, found.get(), name, leftOut);
        while (leftOut.addAll(opening.changed())) {
            opening =
                    read(
                            store,
                            graphs.checkpoint().flatMap(file -> Checkpoint.read(file, name)),
                            name,
                            leftOut);
            opening.contradicted.noteLoss();
        }
        Replica replica = opening.replica(graphs, ontology);
        store.beforeDamage().forEach(replica::lookBehind);
        store.bases().stream().filter(store::isDamaged).forEach(replica.bases()::lose);
        return replica;
    }

    private Replica replica(Graphs graphs, Ontology ontology) {
        if (contradicted.isSomethingLost()) {
            topics.forget(); // perhaps what they say is here was lost // law G68
        }
        String author = graphs.author(authors);
        List<byte[]> records = new ArrayList<>();
        if (index.find("", 0) == 0) {
            Entry root = codec.root(new Operation.Define(ontology.name(), ontology.facts()));
            int arrival = index.size() + 1;
            take(arrival, root);
            records.add(EntryRecord.of(arrival, List.of(root)));
        }
        if (authors.isEmpty() || !authors.getLast().equals(author)) {
            records.add(EntryRecord.replica(author));
        }
        store.append(records);
        return new Replica(
                graphs.timeline(),
                ontology.name(),
                new Replica.Found(
                        store,
                        codec,
                        state,
                        index,
                        leases,
                        acknowledged,
                        topics,
                        graphs.clockFrom(index.greatestTime()),
                        author,
                        graphs.identity(),
                        graphs.checkpoint(),
                        covered,
                        erasing));
    }

    /** The entries that are not what was written. */
    private Set<Hash> changed() {
        if (!store.log().damage().isEmpty()) {
            contradicted.noteLoss();
        }
        Set<Hash> changed = contradicted.find();
        changed.forEach(entry ->
                LOG.log(
                        System.Logger.Level.ERROR,
                        "entry " + entry + " of " + graph + " is not what was written"));
        return changed;
    }

    /** What the checkpoint and the records behind it say, or else all records. */
    private static Opening read(
            EntryStore store, Optional<Checkpoint.Found> found, String graph, Set<Hash> leftOut) {
        if (found.isPresent() && fits(store, found.get())) {
            Opening opening = new Opening(graph, store, found.get(), leftOut);
            store.replay(found.get().position(), opening.codec, opening);
            return opening;
        }
        Opening opening = new Opening(graph, store, leftOut);
        store.restore(store.log().start(), List.of(), Map.of(), List.of());
        store.replay(0, opening.codec, opening);
        return opening;
    }

    /**
     * Whether a checkpoint is of this store: the last entry it has whose record is not damaged is
     * where it says.
     */
    private static boolean fits(EntryStore store, Checkpoint.Found found) {
        if (!store.reaches(found.position()) || found.firstPosition() < store.log().start()) {
            return false;
        }
        store.restore(
                found.firstPosition(), found.firstArrivals(), found.restored(), found.bases());
        EntryIndex index = found.index();
        int last = index.compacted().lastKept(index.size());
        while (last > 0) {
            int wanted = last;
            List<Hash> there =
                    store.read(wanted - 1L, 2, stored -> stored).stream()
                            .filter(stored -> stored.arrival() == wanted)
                            .map(stored -> Hash.of(stored.bytes()))
                            .toList();
            if (!there.isEmpty() || !store.isDamaged(wanted)) {
                return there.contains(index.hash(wanted));
            }
            last = index.compacted().lastKept(wanted - 1);
        }
        return true;
    }

    @Override
    public void record(long at) {
        long missing = at - position - 1;
        if (missing > 0) {
            greatest += missing * EntryRecord.MOST_ENTRIES;
        }
        position = at;
    }

    @Override
    public boolean mayHave(long first, int count, long next) {
        greatest = Math.max(greatest, index.size());
        boolean leavesGap = first - 1 > index.size();
        boolean fits =
                first > taken
                        && first - 1 <= greatest
                        && first + count <= Integer.MAX_VALUE
                        && (!leavesGap || next == 0 || next == first + count);
        greatest += count;
        return fits;
    }

    @Override
    public void unreadable(long at, Invalid why) {
        contradicted.noteLoss();
        LOG.log(
                System.Logger.Level.ERROR,
                "record " + at + " of " + graph + " cannot be read",
                why);
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
            int[] arrivals =
                    mayHave(base.rows(), whole.arrivals())
                            ? whole.arrivals()
                            : index.compacted().arrivals(base.rows());
            index.compacted().join(base, arrivals, stored.isOwn());
            taken = index.size();
            state.join(base.state());
            store.keep(stored);
            erasing =
                    stored.isOwn()
                            ? (erasing && stored.rows() < index.fingerprint().count())
                                    || isBehindWhatWasErased(stored)
                            : erasing || !state.erased().isEmpty();
        } catch (Invalid | LimitExceeded unreadable) { // peers have what was in it
            contradicted.noteLoss();
            greatest += stored.rows();
            LOG.log(
                    System.Logger.Level.ERROR,
                    "base " + stored.hash() + " of " + graph + " cannot be read",
                    unreadable);
        }
    }

    /** Whether the entries of a base can have these numbers here. */
    private boolean mayHave(Base.Rows rows, int[] arrivals) {
        long most = Math.max(greatest, index.size()) + rows.size();
        Set<Integer> used = HashSet.newHashSet(arrivals.length);
        for (int row = 0; row < arrivals.length; row++) {
            int arrival = arrivals[row];
            boolean isFree = arrival > index.size() || (arrival > 0 && !index.isKnown(arrival));
            int known = index.find(rows.hash(row));
            boolean fits = known == 0 ? isFree && arrival <= most : known == arrival;
            if (!fits || !used.add(arrival)) {
                return false;
            }
        }
        return arrivals.length == rows.size();
    }

    /** Whether a crash came before what a base replaces was dropped. */
    private boolean isBehindWhatWasErased(StoredBase stored) { // law G62
        return !state.erased().isEmpty() && store.log().start() < stored.position();
    }

    @Override
    public void entry(StoredBytes stored) {
        long arrival = stored.arrival();
        try {
            if (stored.isAgain()) {
                takeAgain(arrival, stored.entry(), stored.isLoose());
            } else if (stored.isLoose()) {
                takeLoose(arrival, stored.entry(), stored.moved());
            } else {
                take(arrival, stored.entry());
            }
            taken = stored.isAgain() ? Math.max(arrival, taken) : arrival;
        } catch (Invalid | LimitExceeded | Unsupported unreadable) { // though its check sum fits
            contradicted.noteLoss();
            index.skipTo(Math.min(arrival, greatest)); // its number was given
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
        if (index.has(entry.hash())) {
            throw new Invalid("entry", "is in the store once", entry.hash());
        }
        if (entry.sequence() > arrival) {
            throw new Invalid("entry", "has as many of its author before it", entry.sequence());
        }
        requireRules(entry);
        contradicted.look((int) arrival, entry);
        index.add((int) arrival, entry);
        newest = entry.stamp();
        state.join(entry);
        erasing |= entry.operation() instanceof Operation.Erase || state.isErased(entry);
    }

    private void takeLoose(long arrival, Entry entry, long moved) { // law G65
        boolean isMoved = moved != EntryRecord.NOT_MOVED;
        if (isMoved && (moved < 0 || moved >= arrival)) {
            throw new Invalid("entry", "was moved from before", moved);
        }
        requireRules(entry);
        index.addLoose((int) arrival, entry);
        state.join(entry);
        if (isMoved) {
            index.loose().addAgain((int) arrival);
            index.loose().raise((int) moved);
        }
        erasing |= state.isErased(entry);
    }

    private void takeAgain(long arrival, Entry entry, boolean isLoose) { // law G73
        if (index.locate(entry.hash()) != 0) {
            return; // a checkpoint has it, or a base
        }
        boolean isFree = arrival > index.size() || (arrival > 0 && !index.isKnown((int) arrival));
        if (!isFree && arrival > 0) {
            contradicted.lookAgain((int) arrival, entry);
        }
        if (!isFree || arrival > Math.max(greatest, index.size())) {
            throw new Invalid("entry", "has a number that is free", arrival);
        }
        if (isLoose) {
            takeLoose(arrival, entry, EntryRecord.NOT_MOVED);
        } else {
            take(arrival, entry);
        }
    }

    private @Nullable Stamp stamp(Hash hash) {
        Stamp last = newest;
        return last != null && last.hash().equals(hash) ? last : index.stamp(hash);
    }

    private void requireRules(Entry entry) {
        String broken = Admission.brokenBy(entry, known);
        if (broken != null || leftOut.contains(entry.hash())) {
            throw new Invalid("entry", "is what was written here", entry.hash());
        }
    }
}
