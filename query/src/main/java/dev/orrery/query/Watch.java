package dev.orrery.query;

import dev.orrery.core.Latest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A node that somebody watches: what was shown last, and to whom. Its results are written by the
 * dispatcher alone.
 */
final class Watch {
    final Node node;
    final Latest<Shown> latest;

    /** Guarded by the registry's lock when they come and go. */
    final Set<WatchSubscription<?>> subscriptions = ConcurrentHashMap.newKeySet();

    /** Whether it is in the dispatcher's queue, so that it is there once. */
    final AtomicBoolean queued = new AtomicBoolean();

    private @Nullable Memo memo;

    /** An outcome and a revision at which it is true. */
    record Shown(Outcome<?> outcome, long revision) {}

    Watch(Node node, String epoch, Shown first) {
        this.node = node;
        this.latest = new Latest<>(epoch, first);
    }

    /** Shows a memo that covers a revision, if it says something new. */
    void show(Memo next, long revision) {
        if (next == memo) {
            return;
        }
        Outcome<?> outcome = node.definition.outcome(next);
        if (!Outcomes.same(node.definition, latest.now().outcome(), outcome)) {
            latest.set(new Shown(outcome, revision));
        }
        memo = next;
    }

    /**
     * From when on what was shown at a revision has to be looked at again: open when a mark will
     * tell.
     */
    long inDoubtFrom(long revision) {
        synchronized (node) {
            Memo live = node.memo;
            if (live == null || !live.covers(revision)) {
                return live == null ? revision + 1 : Math.max(revision + 1, live.from);
            }
            return live.until();
        }
    }
}
