package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot holds, apart from the snapshot, so that it can be let go of when that is
 * forgotten. Let go of when it is closed and nobody is reading any more. Thread-safe.
 */
final class Hold implements Runnable {
    private final Revision revision;

    /** Null when it was let go of, so that a closed snapshot that is kept keeps nothing. */
    private volatile Branch.@Nullable Held begin;

    /** The snapshot, while it is open, and each use under way. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicBoolean open = new AtomicBoolean(true);
    private volatile @Nullable Branch branch;

    Hold(Branch.Held begin) {
        this.begin = begin;
        this.revision = begin.revision();
    }

    Revision revision() {
        return revision;
    }

    /** Reads at the held revision, or at the newest own one. */
    <T> T read(Supplier<T> body) {
        enter();
        try {
            Branch own = branch;
            return own == null
                    ? begin().engine().at(revision.number(), _ -> body.get())
                    : own.engine.access(_ -> body.get());
        } finally {
            leave();
        }
    }

    /** A hold on what this sees now. */
    Hold again() {
        enter();
        try {
            synchronized (this) {
                Branch own = branch;
                return new Hold(own == null ? begin().again() : Branch.Held.newest(own.engine));
            }
        } finally {
            leave();
        }
    }

    /** Writes on a branch of its own, which the first write makes. */
    <X extends Exception> Revision commit(Timeline.Work<X> work) throws X {
        enter();
        try {
            return branch().engine.timeline.commit(work);
        } finally {
            leave();
        }
    }

    private Branch branch() {
        Branch own = branch;
        if (own == null) {
            synchronized (this) {
                own = branch;
                if (own == null) {
                    own = new Branch(begin());
                    branch = own;
                }
            }
        }
        return own;
    }

    /** The runtime it reads in, for tests. */
    Engine engine() {
        Branch own = branch;
        return own == null ? begin().engine() : own.engine;
    }

    private void enter() {
        if (!open.get() || users.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            throw new OrreryException.Closed("the snapshot of " + revision);
        }
    }

    private void leave() {
        if (users.decrementAndGet() == 0) {
            Branch own = branch;
            if (own == null) {
                begin().close();
            } else {
                own.letGo();
            }
            branch = null;
            begin = null;
        }
    }

    private Branch.Held begin() {
        return Objects.requireNonNull(begin, "held while somebody uses it");
    }

    /** Closes it. */
    @Override
    public void run() {
        if (open.compareAndSet(true, false)) {
            leave();
        }
    }
}
