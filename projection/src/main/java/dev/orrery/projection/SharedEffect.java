package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.log.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An effect in a database that several processes share: one of them is at work on it, the others
 * stand by. // law F6
 *
 * <p>Whoever holds the lease renews it three times in its length. One that is not heard of for that
 * long loses it: another takes over with a greater fence, under which alone positions are stored
 * from then on. So the clocks decide when somebody takes over, and never whether a position is
 * right; what the first had under way is done twice.
 *
 * <p>One that cannot reach the database ends, and is begun anew from what is stored. // law F7
 */
final class SharedEffect<E, K> implements LiveEffect<K>, Effects.Running {
    private static final System.Logger LOG = System.getLogger(SharedEffect.class.getName());
    private static final int RENEWALS = 3;
    private static final Duration LOOK = Duration.ofMillis(10);

    private final String name;
    private final EffectTables tables;
    private final Function<EffectTables.Opened, EffectRunner<E, K>> runners;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final Duration lease;
    private final Duration renewal;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable EffectRunner<E, K> working;
    private volatile @Nullable Thread thread;

    SharedEffect(
            String name,
            EffectTables tables,
            Function<EffectTables.Opened, EffectRunner<E, K>> runners,
            ThreadFactory threads,
            InstantSource clock,
            Duration lease) {
        this.name = name;
        this.tables = tables;
        this.runners = runners;
        this.threads = threads;
        this.clock = clock;
        this.lease = lease;
        this.renewal = lease.dividedBy(RENEWALS);
    }

    @Override
    public void start() {
        Thread supervising = threads.newThread(this::supervise);
        thread = supervising;
        supervising.start();
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void supervise() {
        Outage outage = new Outage("effect " + name, closing);
        try {
            while (!isClosing()) {
                claim().flatMap(this::work).ifPresentOrElse(outage::await, this::pause);
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "effect " + name + " is done here no more", e);
        }
    }

    private void pause() {
        try {
            closing.await(renewal.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("effect " + name, e);
        }
    }

    private Optional<EffectTables.Opened> claim() {
        try {
            Instant now = clock.instant();
            return tables.claim(now, now.plus(lease));
        } catch (OrreryException e) {
            LOG.log(System.Logger.Level.WARNING, "effect " + name + " cannot be claimed now", e);
            return Optional.empty();
        }
    }

    /**
     * Works for as long as the lease is held and the database is there, or until the end.
     *
     * @return why it could not be reached, if that is how it ended
     */
    private Optional<OrreryException> work(EffectTables.Opened place) {
        EffectRunner<E, K> runner = runners.apply(place);
        working = runner;
        runner.start();
        Optional<OrreryException> away = Optional.empty();
        boolean held = true;
        while (held && away.isEmpty() && !isClosing()) {
            awaitRenewal(runner);
            away = runner.failure().filter(Outage::isOne);
            held = holdsUntil(place.fence(), clock.instant().plus(lease));
        }
        runner.close();
        if (held) {
            holdsUntil(place.fence(), Instant.EPOCH);
        } else {
            LOG.log(System.Logger.Level.WARNING, "effect {0} was taken over elsewhere", name);
        }
        if (!isClosing()) {
            working = null;
        }
        return away;
    }

    /** One that has failed for another reason keeps its lease: elsewhere it would fail too. */
    private void awaitRenewal(EffectRunner<E, K> runner) {
        if (runner.failure().isPresent()) {
            pause();
        } else {
            runner.endsWithin(renewal);
        }
    }

    /** While that cannot be asked it is taken to be so: the fence refuses what must not be. */
    private boolean holdsUntil(long fence, Instant until) {
        try {
            return tables.hold(fence, until);
        } catch (OrreryException e) {
            LOG.log(System.Logger.Level.WARNING, "the lease of effect " + name, e);
            return true;
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
        if (runner != null) {
            return runner.status();
        }
        return isClosing() ? new EffectStatus.Stopped() : new EffectStatus.StandingBy();
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
                if (closing.await(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new Closed("effect " + name);
                }
            }
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("effect " + name, e);
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
            throw unavailable("another process does it", null);
        }
        return runner;
    }

    private Unavailable unavailable(String why, @Nullable Throwable cause) {
        return new Unavailable("effect " + name + ": " + why, "ask there", Duration.ZERO, cause);
    }

    @Override
    public void close() {
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
