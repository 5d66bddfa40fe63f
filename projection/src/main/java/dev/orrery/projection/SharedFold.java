package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.projection.FoldTables.EpochRow;
import dev.orrery.projection.ProjectionStatus.Following;
import dev.orrery.projection.ProjectionStatus.StandingBy;
import dev.orrery.sql.Database;
import dev.orrery.sql.Moment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One projection in a database that several processes share: one of them folds it, the others show
 * what that one stores and stand by. // law P16
 *
 * <h2>Overview</h2>
 *
 * Whoever holds the lease of an epoch folds it; an epoch that is being built has a lease of its
 * own. A claim raises the epoch's fence, as every stored step does, and a step is stored only from
 * the fence its process knows: so one that was away for longer than its lease is refused by the
 * very transaction it wakes up with, follows what was stored meanwhile, and stands by. Clocks
 * decide when somebody takes over, and never whether a state is right.
 *
 * <p>A command is carried out wherever it is asked for, in one transaction from the newest fence;
 * the holder finds that it has been overtaken, follows, and goes on.
 *
 * <h2>What readers see</h2>
 *
 * Other processes store without holding keys here. So, once some keys are not in memory, the rows
 * are read as of a {@link Moment}: the one at which they were what is visible here. To go on, the
 * keys that changed are read as of a newer moment, held with what they had at the old one, and only
 * then the newer one is read from. That is so for the holder too, which cannot know at once that it
 * was taken over. As long as all keys are in memory no moment is kept.
 *
 * <h2>Concurrency</h2>
 *
 * {@link #tend} is called by one thread at a time, which holds the turn of the log's follower; what
 * changes an epoch holds the lock of its life. The lock of what is built is the innermost.
 */
final class SharedFold<E, K, S> {
    private static final System.Logger LOG = System.getLogger(SharedFold.class.getName());

    private final Folder<E, K, S> folder;
    private final FoldTables tables;
    private final Leases leases;
    private final Database database;
    private final LogFolds<E> folds;

    private final SharedBuild<E, K, S> build;
    private volatile boolean ended;

    private final Pulse servedPulse = new Pulse();
    private final Pulse builtPulse = new Pulse();

    SharedFold(
            Folder<E, K, S> folder,
            FoldTables tables,
            Leases leases,
            Database database,
            LogFolds<E> folds) {
        this.folder = folder;
        this.tables = tables;
        this.leases = leases;
        this.database = database;
        this.folds = folds;
        this.build = new SharedBuild<>(this, folder, tables, leases, folds);
    }

    /** What is built, here or elsewhere. */
    SharedBuild<E, K, S> build() {
        return build;
    }

    Folder<E, K, S> folder() {
        return folder;
    }

    /** Whether this process folds what is served. */
    boolean isHolder() {
        return folder.served().isHeld();
    }

    /** Nothing is tended any more: it has failed, or is closed. */
    void end() {
        ended = true;
        release();
    }

    /** It is no longer folded here. Holding the turn of the follower. */
    void leave() {
        folds.leaves(folder);
    }

    private boolean isOver() {
        return ended || folder.isClosed();
    }

    int version() {
        return folder.folding().projection().version();
    }

    // the lease

    /** Holds what is folded here for longer, unless its folding stands still. */
    void renew() {
        renew(folder.life(), servedPulse);
        Life<E, K, S> other = build.here();
        if (other != null) {
            renew(other, builtPulse);
        }
        folder.served().tables().view().stay();
    }

    private void renew(Life<E, K, S> life, Pulse pulse) {
        Epoch<K, S> epoch = life.epoch();
        if (pulse.goesOn(life) && epoch.isHeld()) {
            leases.renew(epoch.row().id(), epoch.term());
        }
    }

    /** Lets others claim at once what was folded here. */
    private void release() {
        release(folder.served());
        Life<E, K, S> other = build.here();
        if (other != null) {
            release(other.epoch());
        }
    }

    void release(Epoch<K, S> epoch) {
        if (epoch.isHeld()) {
            long term = epoch.term();
            epoch.letGo();
            try {
                leases.release(epoch.row().id(), term);
            } catch (OrreryException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the lease of projection " + folder.name() + " ends by itself",
                        e);
            }
        }
    }

    /** Whether an announced step is not known here. */
    boolean isNews(long epoch, long fence) {
        Life<E, K, S> life = folder.life();
        return life.folding() != null
                && life.epoch().row().id() == epoch
                && life.epoch().fence() < fence;
    }

    // tending

    /** Looks what is stored, follows it, and claims what is free. */
    void tend() {
        if (isOver()) {
            return;
        }
        FoldTables.Stored stored = tables.look();
        EpochRow served = stored.requireServed();
        if (served.id() != folder.served().row().id() && served.version() == version()) {
            serveElsewhere(served.id());
        }
        EpochRow here =
                stored.find(folder.served().row().id())
                        .or(() -> tables.find(folder.served().row().id()))
                        .orElseThrow(this::goneElsewhere);
        if (folder.life().folding() != null) {
            tend(here);
        }
        build.tend();
    }

    private Conflict goneElsewhere() {
        return new Conflict(
                "epoch of projection " + folder.name(),
                folder.served().name(),
                "one served instead");
    }

    private void tend(EpochRow here) {
        if (here.fence() != folder.served().fence() || isDue(folder.served())) {
            follow();
            folds.lookAgain();
        }
        if (!isHolder()) {
            folds.leaves(folder);
            if (here.lease().isFree()) {
                claim();
            }
        }
        if (isHolder()) {
            folds.take(folder);
        }
        tell(here.lease());
    }

    /** A moment is not kept for long while nothing happens. */
    private boolean isDue(Epoch<K, S> epoch) {
        return epoch.tables().view().isKept() && !folder.life().lock().isLocked();
    }

    private void tell(Lease lease) {
        if (isHolder()) {
            if (folder.status() instanceof StandingBy) {
                folder.tell(new Following());
            }
        } else {
            String holder = lease.isFree() ? null : lease.holder();
            folder.tell(new StandingBy(holder == null ? "nobody" : holder));
        }
    }

    private void claim() {
        Epoch<K, S> epoch = folder.served();
        leases.claim(epoch.row().id())
                .ifPresent(term -> {
                    epoch.hold(term);
                    follow(); // to all that was stored before
                    if (isHolder()) {
                        LOG.log(
                                System.Logger.Level.DEBUG,
                                "projection {0} is folded here after {1}",
                                folder.name(),
                                folder.position());
                    }
                });
    }

    // following what others store

    private void follow() {
        Life<E, K, S> life = folder.lockServed();
        try {
            follow(life.epoch());
        } finally {
            life.lock().unlock();
        }
    }

    /** Takes over what was stored for an epoch by others. Holding the lock of its life. */
    void follow(Epoch<K, S> epoch) {
        Moment moment = database.moment();
        boolean isKept = false;
        try {
            isKept = follow(epoch, moment);
        } finally {
            if (!isKept) {
                moment.close();
            }
        }
    }

    private boolean follow(Epoch<K, S> epoch, Moment moment) {
        EpochRow row = row(epoch, moment);
        boolean isServed = folder.serves(epoch);
        if (row.fence() == epoch.fence()) {
            return isServed && keep(epoch, moment);
        }
        EpochTables now = epoch.tables().at(moment);
        Optional<Map<K, Held<S>>> changed =
                row.fence() < epoch.fence() // the server lost what it had not forced
                        ? Optional.empty()
                        : epoch.changedSince(now);
        if (changed.isEmpty()) {
            return reload(epoch, row, moment);
        }
        Map<K, Held<S>> states = changed.get();
        if (isServed) {
            bringBefore(epoch, states.keySet());
            folder.hold(epoch, states.keySet());
            keep(epoch, moment); // law C65: after they are held
        }
        epoch.takeOver(row, now);
        folder.showFollowed(epoch, states, row);
        boolean isKept = isServed && epoch.readsStore();
        if (isKept) {
            epoch.tables().view().keep(moment);
        }
        folder.leaveOut(epoch, states.keySet());
        return isKept;
    }

    /** Has keys in memory with what they had at the moment that is visible. */
    private void bringBefore(Epoch<K, S> epoch, Set<K> keys) {
        try {
            epoch.bring(keys, epoch.tables()::states);
        } catch (Unavailable lost) {
            Conflict unknown =
                    new Conflict(
                            "states projection " + folder.name() + " showed",
                            "known while others are stored",
                            "the connection they were read over was lost; open it again");
            unknown.addSuppressed(lost);
            throw unknown;
        }
    }

    private EpochRow row(Epoch<K, S> epoch, Moment moment) {
        return moment.<Optional<EpochRow>, RuntimeException>read(
                        session -> tables.find(session, epoch.row().id()))
                .orElseThrow(this::goneElsewhere);
    }

    /** Has rows read as of a moment from here on, if any are. */
    private boolean keep(Epoch<K, S> epoch, Moment moment) {
        if (epoch.isWhole()) {
            return false;
        }
        epoch.tables().view().keep(moment);
        return true;
    }

    /** Reads all of an epoch anew: too much has happened to tell what. */
    private boolean reload(Epoch<K, S> epoch, EpochRow row, Moment moment) {
        if (!folder.serves(epoch)) {
            throw new Conflict("epoch of projection " + folder.name(), "followed", row);
        }
        Life<E, K, S> again = load(row, moment);
        if (row.lease().term() == epoch.term()) {
            again.epoch().hold(epoch.term());
        }
        return serve(again, moment);
    }

    /**
     * Before keys are left out of memory: their rows are read as of a moment at which they are what
     * is visible. Holding the lock of the life that is served.
     *
     * @return false when there is more than that, which was followed instead, or when the database
     *     cannot be reached: then they stay in memory, which is as right
     */
    boolean settle(Epoch<K, S> epoch) {
        if (!epoch.readsStore()) {
            return true;
        }
        try {
            return settleNow(epoch);
        } catch (Unavailable | TimedOut away) {
            LOG.log(System.Logger.Level.DEBUG, "nothing was left out of memory", away);
            return false;
        }
    }

    private boolean settleNow(Epoch<K, S> epoch) {
        Moment moment = database.moment();
        boolean isKept = false;
        try {
            isKept = row(epoch, moment).fence() == epoch.fence();
            if (isKept) {
                epoch.tables().view().keep(moment);
                return true;
            }
        } finally {
            if (!isKept) {
                moment.close();
            }
        }
        follow(epoch);
        return false;
    }

    // epochs served instead

    /** A life as it is stored now, whose rows are read as they are. */
    Life<E, K, S> load(long epoch) {
        try (Moment moment = database.moment()) {
            EpochRow row =
                    moment.<Optional<EpochRow>, RuntimeException>read(
                                    session -> tables.find(session, epoch))
                            .orElseThrow(this::goneElsewhere);
            Life<E, K, S> life = load(row, moment);
            life.epoch().tables().view().keep(null);
            return life;
        }
    }

    private Life<E, K, S> load(EpochRow row, Moment moment) {
        return Lives.life(
                row, new Lives.Rows(tables, moment, folder.log().start().log()), folder.folding());
    }

    private void serveElsewhere(long id) {
        Moment moment = database.moment();
        boolean isKept = false;
        Life<E, K, S> old = folder.lockServed();
        try {
            Optional<EpochRow> row =
                    moment.<Optional<EpochRow>, RuntimeException>read(
                            session -> tables.find(session, id));
            if (row.isPresent()) {
                release(old.epoch());
                folds.leaves(folder);
                isKept = serve(load(row.get(), moment), moment);
            }
        } finally {
            old.lock().unlock();
            if (!isKept) {
                moment.close();
            }
        }
    }

    /** Shows another life, as of a moment. Holding the lock of the one that is served. */
    private boolean serve(Life<E, K, S> next, Moment moment) {
        next.lock().lock();
        try {
            Map<K, Differing<S>> differing = Comparison.read(folder.served(), next.epoch());
            folder.relation().hold(differing);
            boolean isKept = !next.epoch().isWhole();
            next.epoch().tables().view().keep(isKept ? moment : null);
            folder.serve(next, differing);
            return isKept;
        } finally {
            next.lock().unlock();
        }
    }

    /**
     * Serves what was built here, for everybody.
     *
     * @return false when either epoch was not as it is known here, and what is served was followed
     */
    boolean replace(Life<E, K, S> next) {
        Life<E, K, S> old = folder.lockServed();
        next.lock().lock();
        try {
            return replace(old, next);
        } finally {
            next.lock().unlock();
            old.lock().unlock();
        }
    }

    private boolean replace(Life<E, K, S> old, Life<E, K, S> next) {
        Moment moment = database.moment();
        boolean isKept = false;
        try {
            boolean isStanding = old.folding() == null;
            if (row(next.epoch(), moment).fence() != next.epoch().fence()) {
                follow(next.epoch());
                return false;
            }
            Map<K, Differing<S>> differing = Comparison.read(old.epoch(), next.epoch());
            folder.relation().hold(differing); // law C65: from here on the store has what is new
            if (!tables.replace(old.epoch(), isStanding, next.epoch(), folder.nextRevision())) {
                requireBuilt(next.epoch().row().id());
                follow(next.epoch());
                if (!isStanding) {
                    follow(old.epoch());
                }
                return false;
            }
            next.epoch().stepped();
            isKept = !next.epoch().isWhole();
            next.epoch().tables().view().keep(isKept ? moment : null);
            folder.serve(next, differing);
            old.epoch().letGo();
            return true;
        } finally {
            if (!isKept) {
                moment.close();
            }
        }
    }

    private void requireBuilt(long epoch) {
        long other = tables.look().building();
        if (other != epoch) {
            throw new Conflict("epoch built of " + folder.name(), epoch, other);
        }
    }

    // closing

    /** Ends what is kept of the database. */
    void close() {
        end();
        folder.served().tables().view().close();
    }
}
