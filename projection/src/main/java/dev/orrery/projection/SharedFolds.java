package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.projection.ProjectionStatus.Failed;
import dev.orrery.projection.ProjectionStatus.Stopped;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks after the projections of one log in a database that several processes share: renews the
 * leases of those folded here, follows the others, and claims what is free. // law P16
 *
 * <p>Every stored step is announced as it commits, so whoever stands by looks then, and also three
 * times in the length of a lease. One thread does all of it; it takes the turn of the log's
 * follower, but never to renew, so that a fold that takes long keeps its lease as long as it goes
 * on.
 */
final class SharedFolds<E> implements Runnable, Database.Listener {
    private static final System.Logger LOG = System.getLogger(SharedFolds.class.getName());
    private static final int RENEWALS = 3;

    /** A moment is not kept for longer. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Database database;
    private final ReentrantLock turn;
    private final long everyNanos;
    private final List<SharedFold<E, ?, ?>> all = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<News> news = new LinkedBlockingQueue<>();
    private boolean begun;
    private volatile boolean closing;

    /** A step of an epoch that was stored; of none when all are to be looked at. */
    private record News(long epoch, long fence) {
        static final News ALL = new News(0, 0);
    }

    SharedFolds(Leases leases, Database database, ReentrantLock turn) {
        this.database = database;
        this.turn = turn;
        this.everyNanos = Math.min(leases.length().toNanos() / RENEWALS, LONGEST.toNanos());
    }

    /** Adds one; true for the first, when this is to be run from then on. */
    synchronized boolean add(SharedFold<E, ?, ?> fold) {
        all.add(fold);
        lookSoon();
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** Has all looked at. */
    void lookSoon() {
        news.add(News.ALL);
    }

    @Override
    public void announced(String text) {
        int space = text.indexOf(' ');
        News heard =
                new News(
                        Long.parseLong(text.substring(0, space)),
                        Long.parseLong(text.substring(space + 1)));
        if (!closing && isNews(heard)) {
            news.add(heard);
        }
    }

    @Override
    public void missed() {
        lookSoon();
    }

    private boolean isNews(News heard) {
        return heard.equals(News.ALL)
                || all.stream().anyMatch(fold -> fold.isNews(heard.epoch, heard.fence));
    }

    // at work

    @Override
    public void run() {
        database.listen(Leases.TOPIC, this);
        long looked = System.nanoTime() - everyNanos;
        boolean isLeft = false;
        while (!closing) {
            long wait = looked + everyNanos - System.nanoTime();
            if (wait <= 0) {
                looked = System.nanoTime();
                all.forEach(fold -> guarded(fold, fold::renew));
                news.clear();
                isLeft = !tendAll();
            } else if (isLeft) {
                isLeft = !tendAll();
            } else if (isHeardWithin(wait)) {
                isLeft = !tendAll();
            }
        }
    }

    /** Waits for something that is not known here. */
    private boolean isHeardWithin(long nanos) {
        try {
            News first = news.poll(nanos, TimeUnit.NANOSECONDS);
            if (first == null) {
                return false;
            }
            boolean isNews = isNews(first);
            for (News next = news.poll(); next != null; next = news.poll()) {
                isNews |= isNews(next);
            }
            return isNews;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("following projections", e);
        }
    }

    /** Looks at all; false when a fold that takes long is in the way. */
    private boolean tendAll() {
        return inTurn(
                everyNanos / 2,
                () -> {
                    for (SharedFold<E, ?, ?> fold : all) {
                        if (!closing) {
                            guarded(fold, fold::tend);
                        }
                    }
                });
    }

    /** Looks at one from any thread. */
    void tendSoon(SharedFold<E, ?, ?> fold) {
        inTurn(PATIENCE.toNanos(), fold::tend);
    }

    private boolean inTurn(long waitNanos, Runnable work) {
        try {
            if (!turn.tryLock(waitNanos, TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("following projections", e);
        }
        try {
            work.run();
            return true;
        } finally {
            turn.unlock();
        }
    }

    /** What cannot be reached now is looked at again; whatever else is wrong stops that one. */
    private void guarded(SharedFold<E, ?, ?> fold, Runnable work) {
        try {
            work.run();
        } catch (OrreryException e) {
            if (!Outage.isOne(e)) {
                fail(fold, e);
                return;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "projection " + fold.folder().name() + " cannot be looked at now",
                    e);
        } catch (RuntimeException | Error e) {
            fail(
                    fold,
                    new OrreryException.UserFailure(
                            "projection " + fold.folder().name(), fold.folder().position(), e));
        }
    }

    private void fail(SharedFold<E, ?, ?> fold, OrreryException cause) {
        if (!closing) {
            inTurn(PATIENCE.toNanos(), fold::leave);
            fold.folder().failed(cause);
        }
    }

    // closing

    /** Nothing is claimed or followed any more. */
    void stop() {
        closing = true;
        lookSoon();
    }

    /** Lets others claim what was folded here. */
    void close() {
        for (SharedFold<E, ?, ?> fold : all) {
            fold.close();
            if (!(fold.folder().status() instanceof Failed)) {
                fold.folder().tell(new Stopped());
            }
        }
    }
}
