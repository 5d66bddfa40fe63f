package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.log.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An effect that is done here whenever its lease says so, and begun anew from what is stored when
 * the database could not be used. // law F7
 */
final class TendedEffect<E, K> implements LiveEffect<K> {
    private static final System.Logger LOG = System.getLogger(TendedEffect.class.getName());
    private static final Duration LOOK = Duration.ofMillis(10);

    private final String name;
    private final EffectTables tables;
    private final EffectLease lease;
    private final Function<EffectTables.Opened, EffectRunner<E, K>> runners;
    private final ThreadFactory threads;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable EffectRunner<E, K> working;
    private volatile @Nullable Thread thread;

    TendedEffect(
            String name,
            EffectTables tables,
            EffectLease lease,
            Function<EffectTables.Opened, EffectRunner<E, K>> runners,
            ThreadFactory threads) {
        this.name = name;
        this.tables = tables;
        this.lease = lease;
        this.runners = runners;
        this.threads = threads;
    }

    /** Has it stand ready where it is, for whoever looks or commands before it is begun. */
    void prepare(EffectTables.Opened place) {
        working = runners.apply(place);
    }

    void start() {
        Thread supervising = threads.newThread(this::tend);
        thread = supervising;
        supervising.start();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void tend() {
        Outage outage = new Outage("effect " + name, closing);
        try {
            while (!isClosing()) {
                turn().ifPresent(outage::await);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "effect " + name + " is done here no more", e);
        }
    }

    /** Does it, or waits; why the database could not be used, if that is how it ended. */
    private Optional<OrreryException> turn() {
        Optional<EffectTables.Opened> place = Optional.empty();
        try {
            place = lease.claim();
        } catch (OrreryException e) {
            if (Outage.isOne(e)) {
                return Optional.of(e);
            }
            LOG.log(System.Logger.Level.WARNING, "effect " + name + " cannot be claimed now", e);
        }
        if (place.isEmpty()) {
            pause();
            return Optional.empty();
        }
        return work(place.get());
    }

    private void pause() {
        try {
            closing.await(lease.rhythm().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("effect " + name, e);
        }
    }

    private Optional<OrreryException> work(EffectTables.Opened place) {
        EffectRunner<E, K> prepared = working;
        EffectRunner<E, K> runner = prepared == null ? runners.apply(place) : prepared;
        working = runner;
        runner.start();
        boolean held = true;
        while (held && !isAway(runner) && !isClosing()) {
            awaitRenewal(runner);
            held = holds(place.fence());
        }
        runner.close();
        if (held) {
            release(place.fence());
        } else {
            LOG.log(System.Logger.Level.WARNING, "effect {0} was taken over elsewhere", name);
        }
        if (!isClosing()) {
            working = null;
        }
        return runner.failure().filter(Outage::isOne);
    }

    private static boolean isAway(EffectRunner<?, ?> runner) {
        return runner.failure().filter(Outage::isOne).isPresent();
    }

    /** One that has failed for another reason keeps its lease: elsewhere it would fail too. */
    private void awaitRenewal(EffectRunner<E, K> runner) {
        if (runner.failure().isPresent()) {
            pause();
        } else {
            runner.endsWithin(lease.rhythm());
        }
    }

    /** While that cannot be asked it is taken to be so: the fence refuses what must not be. */
    private boolean holds(long fence) {
        try {
            return lease.holds(fence);
        } catch (OrreryException e) {
            LOG.log(System.Logger.Level.WARNING, "the lease of effect " + name, e);
            return true;
        }
    }

    private void release(long fence) {
        try {
            lease.release(fence);
        } catch (OrreryException e) { // it ends by itself
            LOG.log(System.Logger.Level.WARNING, "the lease of effect " + name, e);
        }
    }

    /** What is stored, looked at now. */
    private EffectRunner<E, K> look() {
        EffectRunner<E, K> runner = working;
        return runner == null ? runners.apply(tables.opened()) : runner;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Position position() {
        return look().position();
    }

    @Override
    public Lag lag() {
        return look().lag();
    }

    @Override
    public EffectStatus status() {
        EffectRunner<E, K> runner = working;
        if (runner != null && !isAway(runner)) {
            return runner.status();
        }
        return isClosing() ? new EffectStatus.Stopped() : lease.otherwise();
    }

    @Override
    public LiveEffect<K> atLeast(Position position, Duration timeout) {
        long began = System.nanoTime();
        try {
            while (!position().atLeast(position)) {
                if (status() instanceof EffectStatus.Failed(Position _, OrreryException cause)) {
                    throw unavailable("it failed: " + cause.getMessage(), cause);
                }
                if (System.nanoTime() - began > timeout.toNanos()) {
                    throw new TimedOut("effect " + name + " at " + position, timeout);
                }
                if (isClosing()) {
                    throw new Closed("effect " + name);
                }
                awaitChange(position);
            }
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("effect " + name, e);
        }
    }

    private void awaitChange(Position position) throws InterruptedException {
        EffectRunner<E, K> runner = working;
        if (runner == null || !runner.reaches(position, LOOK)) {
            closing.await(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public List<Parked<K>> parked() {
        return look().parked();
    }

    @Override
    public Totals totals() {
        return look().totals();
    }

    @Override
    public void retry(K key) {
        hereOnly().retry(key);
    }

    @Override
    public void skip(K key) {
        hereOnly().skip(key);
    }

    private EffectRunner<E, K> hereOnly() {
        EffectRunner<E, K> runner = working;
        if (runner == null) {
            throw unavailable("it is not done here now", null);
        }
        return runner;
    }

    private Unavailable unavailable(String why, @Nullable Throwable cause) {
        return new Unavailable(
                "effect " + name + ": " + why, "ask where it is, or later", Duration.ZERO, cause);
    }

    void close() {
        closing.countDown();
        EffectRunner<E, K> runner = working;
        if (runner != null) {
            runner.close();
        }
        Thread supervising = thread;
        if (supervising == null) {
            return;
        }
        try {
            supervising.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("closing effect " + name, e);
        }
    }
}
