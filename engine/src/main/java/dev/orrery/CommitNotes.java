package dev.orrery;

import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.log.Appended;
import org.jspecify.annotations.Nullable;

/**
 * What committers and appending threads note for a recording, while there is one; otherwise one
 * field is read and nothing is done. // law E9
 *
 * <p>Attached before everything else that follows commits, so that it sees a commit begin; {@code
 * finished} comes when all the others have told whoever watches.
 */
final class CommitNotes implements CommitHook {
    private final ServedViews views;
    private final EngineClock clock;
    private volatile @Nullable Recording recording;

    /** The committer's own: the recording that a commit is noted for, and its times so far. */
    private @Nullable Recording noting;

    private long began;
    private long derived;
    private long visible;

    CommitNotes(ServedViews views, EngineClock clock) {
        this.views = views;
        this.clock = clock;
    }

    /** Goes to a recording from here on, or to none. */
    void go(@Nullable Recording to) {
        recording = to;
    }

    void appended(Appended appended) {
        Recording current = recording;
        if (current != null) {
            current.appended(appended);
        }
    }

    @Override
    public void derive(Commit commit, Derivation derivation) {
        Recording current = recording;
        if (current != null && current != noting) {
            views.begin();
        }
        noting = current;
        if (current != null) {
            began = clock.nanos();
        }
    }

    @Override
    public void mark(Commit commit) {
        if (noting != null) {
            derived = clock.nanos();
        }
    }

    @Override
    public void published(Commit commit) {
        if (noting != null) {
            visible = clock.nanos();
        }
    }

    @Override
    public void finished(Commit commit) {
        Recording current = noting;
        if (current != null) {
            current.committed(new Step(commit, began, derived, visible, views.read()));
        }
    }

    @Override
    public String toString() {
        return "the commit records";
    }
}
