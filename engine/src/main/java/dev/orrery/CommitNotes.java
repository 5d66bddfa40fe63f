package dev.orrery;

import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.Cursor;
import dev.orrery.log.Appended;
import java.util.concurrent.atomic.LongAdder;
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
    private final LongAdder followed = new LongAdder();
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

    /** An entry was handed to a socket. */
    void sent(SentEntry entry) {
        Recording current = recording;
        if (current != null) {
            current.sent(entry);
        }
    }

    /** A value was published that was computed after a commit. */
    void valuePublished(String channel, Cursor.Numbered place) {
        followed.increment();
        Recording current = recording;
        if (current != null) {
            current.published(new Publication(channel, place, 1, clock.nanos()));
        }
    }

    /** How many values were published so. */
    long followed() {
        return followed.sum();
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
            current.committed(new Step(commit, began, derived, visible, views.read(visible)));
        }
    }

    @Override
    public String toString() {
        return "the commit records";
    }
}
