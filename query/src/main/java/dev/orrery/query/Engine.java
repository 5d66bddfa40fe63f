package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Reading;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import java.lang.ref.Cleaner;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the runtime, and the way in: every access outside a frame pins the newest revision
 * and reads all of it there. Thread-safe.
 */
final class Engine {
    /*
     * Locks, in this order: the timeline's commit lock; a link token; one cell's monitor; the
     * timeline's pins, a flight's monitor, the lock of what is remembered. The waits lock is taken
     * holding none of them and takes a flight's monitor only. User code (bodies, equality) runs holding none. // law Q11
     *
     * Memory. A commit stores `until` of what it marks, then publishes; a reader loads the published
     * revision, then a memo, then its `until`. So who sees a commit sees its marks. A memo is stored
     * after it is complete; its interval was decided under monitors. // law Q2
     */

    private static final int DRAINED_PER_COMMIT = 32;
    private static final int DRAINED_PER_SNAPSHOT = 1024;

    final Timeline timeline;
    final ThreadFactory threads;
    final Faults faults;
    final Sources sources;
    final Sets sets;
    final Waits waits;
    final Events events;
    final Remembered remembered;
    final Watches watches;
    final Asks asks;
    final Map<String, Definition<?, ?>> definitions;

    /** The runtime on the timeline itself: this, or the one that this was branched off. */
    final Engine root;

    /** What this is the runtime of when it is not the root. */
    final @Nullable Branch branch;

    /** What users forgot, at the root. */
    final Forgotten forgotten;

    /** The runtimes of open snapshots that have written, at the root. */
    final Map<Timeline, Engine> branches;

    /** Nodes with past memos. */
    final Queue<Node> retired = new ConcurrentLinkedQueue<>();

    /** What is kept over a restart, if anything is. */
    private @Nullable Saving saving;

    /** Where this runtime's nodes have their first memos from; set before there are nodes. */
    volatile @Nullable Adoption adoption;

    private @Nullable Cleaner cleaner;
    private final Mark mark;
    private volatile boolean closed;

    Engine(Timeline timeline, ThreadFactory threads, Faults faults) {
        this.timeline = timeline;
        this.threads = threads;
        this.faults = faults;
        this.root = this;
        this.branch = null;
        this.forgotten = new Forgotten(timeline);
        this.branches = new ConcurrentHashMap<>();
        this.waits = new Waits();
        this.definitions = new ConcurrentHashMap<>();
        this.sources = new Sources(this);
        this.sets = new Sets(this);
        this.events = new Events(timeline.epoch());
        this.remembered = new Remembered(timeline.published() + 1);
        this.watches = new Watches(this);
        this.asks = new Asks();
        Hop.prepare();
        this.mark = new Mark(this);
        timeline.attach(mark)
                .close(); // nothing was read before, so there is nothing to catch up with
    }

    /** The runtime of a branch: the same definitions, with cells of its own. */
    Engine(Engine parent, Branch branch, Timeline timeline) {
        this.timeline = timeline;
        this.threads = parent.threads;
        this.faults = parent.faults;
        this.root = parent.root;
        this.branch = branch;
        this.forgotten = root.forgotten;
        this.branches = root.branches;
        this.waits = root.waits;
        this.definitions = root.definitions;
        this.sources = new Sources(this);
        this.sets = root.sets;
        this.events = root.events;
        this.remembered = new Remembered(timeline.published() + 1);
        this.watches = root.watches;
        this.asks = root.asks;
        this.adoption = branch;
        this.mark = new Mark(this);
        timeline.attach(mark).close(); // nothing was read before
        branches.put(timeline, this);
    }

    boolean isRoot() {
        return branch == null;
    }

    /** Runs an access at the newest revision. */
    <T> T access(Function<Context, T> access) {
        if (faults.has(Fault.ACCESS_NOT_PINNED)) {
            return at(timeline.published(), access);
        }
        try (Reading reading = timeline.read()) {
            return at(reading.revision(), reading.place(), access);
        }
    }

    /** Runs an access at a pinned revision. */
    <T> T at(long revision, Function<Context, T> access) {
        return at(revision, Tally.SHARED, access);
    }

    private <T> T at(long revision, int place, Function<Context, T> access) {
        if (root.closed) {
            throw new OrreryException.Closed("the query runtime");
        }
        if (Tracking.around() instanceof Context around) {
            return at(revision, around.strand, access);
        }
        boolean hasPlace = isRoot() && place >= 0;
        Strand strand = hasPlace ? new Strand(this, place) : new Strand();
        return on(strand, revision, access);
    }

    /** Runs an access at a pinned revision, on a strand that it begins and ends. */
    <T> T on(Strand strand, long revision, Function<Context, T> access) {
        if (root.closed) {
            throw new OrreryException.Closed("the query runtime");
        }
        try {
            return at(revision, strand, access);
        } finally {
            if (strand.top != null) {
                strand.isLeft = true; // a store, not a call: no stack was left to take flights down
            }
        }
    }

    /** Runs an access at a pinned revision on a strand that this thread carries. */
    <T> T at(long revision, Strand strand, Function<Context, T> access) {
        Context context = new Context(this, revision, strand);
        return context.within(() -> access.apply(context));
    }

    /** This runtime's node of a key. */
    Node node(Definition<?, ?> definition, Object key) {
        return branch == null ? definition.nodeOf(key) : branch.node(definition, key);
    }

    /** This runtime's node of a key, if there is one. */
    @Nullable Node find(Definition<?, ?> definition, Object key) {
        return branch == null ? definition.findNode(key) : branch.find(definition, key);
    }

    /** Every node this runtime has of a query. */
    Iterable<Node> nodes(Definition<?, ?> definition) {
        return branch == null ? definition.nodes() : branch.nodes(definition);
    }

    /** The runtime whose results a commit's work sees. */
    Engine of(Transaction transaction) {
        return branches.getOrDefault(transaction.timeline(), this);
    }

    /** Keeps a branch as long as somebody holds one of its revisions. */
    void hold() {
        if (branch != null) {
            branch.hold();
        }
    }

    void letGo() {
        if (branch != null) {
            branch.letGo();
        }
    }

    /** What closes forgotten snapshots; its thread is started with the first of them. */
    synchronized Cleaner cleaner() {
        Cleaner known = cleaner;
        if (known == null) {
            known = Cleaner.create(threads);
            cleaner = known;
        }
        return known;
    }

    /** Keeps inputs and results in a store from now on; before any is defined. */
    void keepIn(QueryStore store) {
        Saving kept = new Saving(this, store);
        saving = kept;
        adoption = kept.adoption;
        timeline.attach(kept).close(); // nothing was changed before
    }

    /** What is kept over a restart, if anything is. */
    @Nullable Saving saving() {
        return saving;
    }

    /** A new node, dormant when there may be something to adopt. */
    Node newNode(Definition<?, ?> definition, Object key) {
        return new Node(definition, key, adoption == null ? null : Memo.Stamped.DORMANT, isRoot());
    }

    /** Wakes a dormant node. Holding nothing. */
    void adopt(Node node) {
        Adoption known = adoption;
        node.adopt(known == null ? null : known.baseline(node), faults);
    }

    /** Whether a failure is one that the query it comes from declares. */
    boolean isDeclared(Object failure) {
        if (!(failure instanceof OrreryException.UserFailure user)) {
            return false;
        }
        if (user.getCause() instanceof OrreryException.TimedOut) {
            return false; // whatever the query declares, it does not follow from what was read
        }
        Definition<?, ?> definition = definitions.get(user.where());
        return definition != null && definition.options.declares(user.getCause());
    }

    void drainAfterCommit() {
        drain(DRAINED_PER_COMMIT);
    }

    void drainAfterSnapshot() {
        drain(DRAINED_PER_SNAPSHOT);
    }

    /** Drops past memos that nobody is pinned to any more, of a bounded number of nodes. */
    private void drain(int most) { // law Q9
        for (int i = 0; i < most; i++) {
            Node node = retired.poll();
            if (node == null) {
                return;
            }
            if (node.prune(this)) {
                retired.add(node);
            }
        }
    }

    Statistics statistics() {
        Statistics all = sets.definition().statistics();
        for (Definition<?, ?> definition : definitions.values()) {
            all = all.plus(definition.statistics());
        }
        return all;
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        watches.close();
        timeline.detach(mark);
        if (saving != null) {
            timeline.detach(saving);
        }
        definitions.values().forEach(Definition::forgetAll); // unmarked now, so nobody may hit them
    }
}
