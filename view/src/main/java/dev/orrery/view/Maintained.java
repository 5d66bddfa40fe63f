package dev.orrery.view;

import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Pin;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A result that follows its sources commit by commit and is readable at any revision since it was
 * opened. Thread-safe; one thread at a time advances it.
 *
 * @param <S> the state, immutable; equal to itself alone
 */
abstract class Maintained<S> implements CommitHook {
    /*
     * Overview. The state is the one row of a local relation. The committer puts the next state while
     * the commit is derived, so it becomes visible with what it was derived from, queries that read it
     * are marked by the same commit, and a pinned reader gets the state of its revision.
     *
     * Opening. `attach` gives a pin at R; every commit after R comes to this hook. The opener builds
     * the state of R without a lock, while the committer only notes the commits it missed, each once it
     * is published and will not grow any more. The opener then replays them one by one and goes live
     * when none is left and none is under way: a commit is either replayed as a whole or derived as a
     * whole. The pin keeps every version from R on until then. // law V6
     *
     * Concurrency. Before going live the opener alone touches what `advance` uses, afterwards the
     * committer under the commit lock; `switching` and the volatile `live` hand it over. Lock order:
     * commit lock, then `switching`.
     */
    private static final String KEY = "state";

    private final Timeline timeline;
    private final String name;
    private final Kept<S> kept;
    private final ReentrantLock switching = new ReentrantLock();
    private final Condition settled = switching.newCondition();
    private final Deque<Commit> missed = new ArrayDeque<>();
    private long underWay;
    private volatile boolean live;
    private volatile boolean broken;
    private long since;
    private long changedIn;
    private @Nullable S newest;

    private final LongAdder looked = new LongAdder();
    private final LongAdder changed = new LongAdder();

    /** The relation whose one row is the state. */
    private static final class Kept<S> extends LocalRelation<String, S> {
        private Kept(Timeline timeline, String name) {
            super(timeline, name);
        }

        private void fill(S state) {
            restore(KEY, state);
        }

        @Override
        public Row toRow(String key, S state) {
            return Row.of("view", name());
        }
    }

    Maintained(Timeline timeline, String name) {
        this.timeline = timeline;
        this.name = name;
        this.kept = new Kept<>(timeline, name);
    }

    /** The state as of a revision, from nothing. */
    abstract S build(long revision);

    /** The state after a commit; the same instance when the commit does not change it. */
    abstract S advance(S state, Commit commit);

    /** Whether a commit changes anything the state is made of. */
    abstract boolean isConcernedBy(Commit commit);

    /** The state that says why it is the last one. */
    abstract S failed(S state, UserFailure why);

    /** Notes the first state anybody sees. */
    abstract void begin(S state);

    /** Tells whoever watches of the state the newest commit led to. */
    abstract void tell(S state);

    // opening and closing

    final void open() {
        try (Pin pin = timeline.attach(this)) {
            long revision = pin.revision().number();
            S state = build(revision);
            for (Commit next = nextMissed(state, revision);
                    next != null;
                    next = nextMissed(state, revision)) {
                state = advance(state, next);
                revision = next.revision().number();
            }
        } catch (RuntimeException | Error e) {
            timeline.detach(this);
            throw e;
        }
    }

    /**
     * The next commit to replay; null when there is none, and from then on the committer advances.
     */
    private @Nullable Commit nextMissed(S state, long revision) {
        switching.lock();
        try {
            while (missed.isEmpty() && underWay != 0) {
                settled.await(); // no longer than one commit takes
            }
            if (missed.isEmpty()) {
                begin(state);
                kept.fill(state);
                newest = state;
                since = revision;
                live = true;
            }
            return missed.poll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("opening " + name, e);
        } finally {
            switching.unlock();
        }
    }

    final void close() {
        timeline.detach(this);
    }

    /** True when it follows its sources no longer; it never will again. */
    final boolean isBroken() {
        return broken;
    }

    // following

    @Override
    public final void derive(Commit commit, Derivation derivation) {
        if (broken || isMissing(commit)) {
            return;
        }
        if (!isConcernedBy(commit)) {
            return;
        }
        looked.increment();
        S state = newest();
        S next = advanced(state, commit);
        if (!next.equals(state)) {
            changed.increment();
            newest = next;
            changedIn = commit.revision().number();
            derivation.put(kept, KEY, next); // law V4
        }
    }

    private boolean isMissing(Commit commit) {
        if (live) {
            return false;
        }
        switching.lock();
        try {
            if (!live) {
                underWay = commit.revision().number();
            }
            return !live;
        } finally {
            switching.unlock();
        }
    }

    /** Whatever a user's function throws ends the following, never the commit. */
    private S advanced(S state, Commit commit) { // law V8
        try {
            return advance(state, commit);
        } catch (Throwable thrown) {
            broken = true;
            return failed(
                    state,
                    thrown instanceof UserFailure named
                            ? named
                            : new UserFailure(name, commit.revision(), thrown));
        }
    }

    @Override
    public final void published(Commit commit) {
        if (underWay != 0) {
            noteMissed(commit);
        } else if (live && changedIn == commit.revision().number()) {
            tell(newest());
        }
    }

    private void noteMissed(Commit commit) {
        switching.lock();
        try {
            underWay = 0;
            missed.add(commit);
            settled.signalAll();
        } finally {
            switching.unlock();
        }
    }

    private S newest() {
        S state = newest;
        if (state == null) {
            throw new IllegalStateException("law V6: " + name + " is live without a state");
        }
        return state;
    }

    /** How many commits since it went live changed what the state is made of. */
    final long looked() {
        return looked.sum();
    }

    /** How many of them changed the state. */
    final long changed() {
        return changed.sum();
    }

    // reading

    /**
     * The state as of the caller's revision; inside a query it becomes a dependency.
     *
     * @throws Unavailable inside a query or snapshot of a revision older than the view
     */
    final S state() {
        Tracking.Frame frame = Tracking.frame();
        if (frame != null && frame.revision() < since) {
            throw new Unavailable(
                    name + " was opened after revision " + frame.revision(),
                    "read it again at a newer revision",
                    Duration.ZERO,
                    null);
        }
        return kept.require(KEY);
    }

    /** The newest published state, whoever asks. */
    final S published() {
        return Tracking.untracked(() -> kept.require(KEY));
    }

    @Override
    public final String toString() {
        return name;
    }
}
