package dev.orrery.query;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Serves all watches from one thread, which is started with the first of them: after a commit it
 * obtains every watched result that was marked, all at one pinned revision, and shows what is new.
 *
 * <p>Thread-safe. Coming and going is guarded by this registry's lock, under which no user code
 * runs.
 */
final class Watches {
    /*
     * A watch is in one of three places: in the queue, put there by a mark; pending, with the
     * revision from which on it is in doubt; or nowhere, and then its node's live memo is open and
     * is what was shown, so that the next mark will put it into the queue. The mark and the question
     * whether the memo is open both hold the node's monitor.
     *
     * A mark puts a watch into the queue before its revision is published. When the dispatcher takes
     * it at once it sees the old revision, finds the memo closed, and keeps the watch pending.
     *
     * A revision is settled when everything watched is up to date with it. A round settles the one
     * it is pinned at, since it takes the queue after pinning. A commit that nobody has to look at
     * is settled by the committer when the dispatcher rests, and otherwise by the dispatcher before
     * it rests: the committer reads `busy` after it has published, the dispatcher reads what is
     * published after it has cleared `busy`, so one of the two sees the other.
     */
    private static final System.Logger LOG = System.getLogger(Watches.class.getName());

    private final Engine engine;
    private final Map<Node, Watch> watched = new ConcurrentHashMap<>();
    private final Queue<Watch> queue = new ConcurrentLinkedQueue<>();

    /** The dispatcher's own: watches to look at again from a revision on. */
    private final Map<Watch, Long> pending = new LinkedHashMap<>();

    private final AtomicLong settled = new AtomicLong();
    private volatile boolean busy;
    private volatile long nextDue = Long.MAX_VALUE;
    private volatile boolean closed;
    private volatile @Nullable Thread dispatcher;

    Watches(Engine engine) {
        this.engine = engine;
    }

    // coming and going

    <K, V> WatchSubscription<V> watch(
            Definition<K, V> definition, Node node, Definition.Bound<V> first) {
        WatchSubscription<V> subscription;
        Watch watch;
        synchronized (this) {
            if (closed) {
                throw new dev.orrery.core.OrreryException.Closed("the query runtime");
            }
            watch =
                    watched.computeIfAbsent(
                            node,
                            n ->
                                    new Watch(
                                            n,
                                            engine.timeline.epoch(),
                                            new Watch.Shown(first.outcome(), first.revision())));
            node.watch(watch);
            subscription = new WatchSubscription<>(this, watch, first.outcome(), first.revision());
            watch.subscriptions.add(subscription);
            start();
        }
        enqueue(watch); // what was marked before the node knew of its watch is found by looking
        wake();
        return subscription;
    }

    void leave(Watch watch, WatchSubscription<?> subscription) {
        synchronized (this) {
            watch.subscriptions.remove(subscription);
            if (watch.subscriptions.isEmpty() && watched.remove(watch.node, watch)) {
                watch.node.watch(null);
            }
        }
    }

    private void start() {
        if (dispatcher == null) {
            Thread thread = engine.threads.newThread(this::dispatch);
            dispatcher = thread;
            thread.start();
        }
    }

    void close() {
        List<Watch> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(watched.values());
            watched.clear();
        }
        open.forEach(watch -> watch.subscriptions.forEach(WatchSubscription::end));
        wake();
    }

    // told by commits

    /** A watched node was closed. Under the node's no monitor, under the commit lock. */
    void marked(Node node) {
        Watch watch = node.watch();
        if (watch != null) {
            enqueue(watch);
        }
    }

    private void enqueue(Watch watch) {
        if (watch.queued.compareAndSet(false, true)) {
            queue.add(watch);
        }
    }

    void published(long revision) {
        if (!isRested(revision)) {
            wake();
        }
    }

    /** Whether nobody has to look at anything as of a revision; then it is settled. */
    private boolean isRested(long revision) {
        if (!queue.isEmpty() || busy || nextDue <= revision) {
            return false;
        }
        settle(revision);
        return true;
    }

    private void settle(long revision) {
        settled.accumulateAndGet(revision, Math::max);
    }

    /** The newest revision known to be settled. */
    long settled() {
        return settled.get();
    }

    private void wake() {
        LockSupport.unpark(dispatcher);
    }

    // the dispatcher

    private void dispatch() {
        while (!closed) {
            busy = true;
            follower().ifPresent(Answers::roundBegins);
            long looked = 0;
            try {
                looked = round();
            } catch (RuntimeException | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, "a round of watches failed", e);
            }
            follower().ifPresent(Answers::roundEnds); // also who came during the round
            settle(looked);
            nextDue = pending.values().stream().min(Long::compare).orElse(Long.MAX_VALUE);
            busy = false;
            boolean rested = rests();
            while (!closed && rested) {
                Thread.interrupted(); // an interrupt from outside ends no watch
                LockSupport.park(this);
                rested = rests();
            }
        }
    }

    /**
     * Whether there is nothing to do now. Whoever follows is told what that settled, also who came
     * during the round.
     */
    private boolean rests() {
        boolean rested = isRested(engine.timeline.published());
        follower().ifPresent(Answers::wake);
        return rested;
    }

    private Optional<Answers> follower() {
        return Optional.ofNullable(engine.remembered.follower());
    }

    /** Looks at everything that is due, all at one revision, which is returned. */
    private long round() {
        return engine.access(context -> {
            due(context.revision).forEach(watch -> look(context, watch));
            return context.revision;
        });
    }

    private List<Watch> due(long revision) {
        for (Watch watch = queue.poll(); watch != null; watch = queue.poll()) {
            watch.queued.set(false);
            pending.put(watch, revision);
        }
        List<Watch> due = new ArrayList<>();
        pending.forEach((watch, from) -> {
            if (from <= revision) {
                due.add(watch);
            }
        });
        return due;
    }

    private void look(Context context, Watch watch) {
        if (watched.get(watch.node) != watch) {
            pending.remove(watch);
            return;
        }
        pending.put(watch, context.revision + 1); // also when what follows fails
        try {
            watch.show(context.read(watch.node), context.revision);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "cannot watch " + watch.node.label(), e);
            return;
        }
        long from = watch.inDoubtFrom(context.revision);
        if (from == Memo.OPEN) {
            pending.remove(watch);
        } else {
            pending.put(watch, from);
        }
    }
}
