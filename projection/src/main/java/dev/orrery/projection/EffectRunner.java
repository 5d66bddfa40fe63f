package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.EffectLanes.Lane;
import dev.orrery.projection.EffectTables.SetAside;
import dev.orrery.projection.EffectTables.WaitingRow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An effect at work. // laws F1 to F5
 *
 * <h2>Overview</h2>
 *
 * One thread coordinates: it takes what happened (events read, bodies that ended, commands), puts
 * it down in one transaction, then starts the next bodies, each in a thread of its own and at most
 * so many at once. What comes next is known to the {@link EffectLanes}. Since nothing is started
 * before what it follows is stored, a kill can only repeat what was under way.
 *
 * <h2>Concurrency</h2>
 *
 * The lanes are confined to the coordinating thread; others put what they want done there into the
 * mailbox. No body runs while a transaction is open.
 */
final class EffectRunner<E, K> {
    private static final System.Logger LOG = System.getLogger(EffectRunner.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final Effect<E, K> effect;
    private final EventLog<? extends E> log;
    private final EffectTables tables;
    private final Codec<K> keys;
    private final DeduplicationKeys deduplication;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final EffectReader<E> reader;
    private final EffectProgress progress;
    private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
    private final Set<Thread> bodies = ConcurrentHashMap.newKeySet();
    private final EffectTally tally;
    private volatile @Nullable Thread coordinating;
    private volatile boolean abandoned;

    // confined to the coordinating thread from here on
    private final EffectLanes<E, K> lanes;
    private final List<CompletableFuture<?>> commands = new ArrayList<>();
    private int running;
    private boolean asked;
    private boolean ending;
    private @Nullable OrreryException failure;

    EffectRunner(
            Effect<E, K> effect,
            EventLog<? extends E> log,
            EffectTables.Opened opened,
            EffectTally tally,
            List<? extends LiveProjection<?, ?>> shown,
            ThreadFactory threads,
            InstantSource clock) {
        this.effect = effect;
        this.log = log;
        this.tables = opened.tables();
        this.tally = tally;
        this.keys = Codec.of(effect.keyType());
        this.deduplication = new DeduplicationKeys(log.start().log(), effect.name());
        this.threads = threads;
        this.clock = clock;
        this.lanes = new EffectLanes<>(effect, log, opened, keys, clock);
        this.progress = new EffectProgress(effect.name(), reached());
        this.reader =
                new EffectReader<>(
                        log,
                        at(opened.position()),
                        shown,
                        batch -> mailbox.add(() -> arrived(batch)),
                        e -> mailbox.add(() -> fail(e)));
    }

    private EffectProgress.Reached reached() {
        return new EffectProgress.Reached(at(lanes.position()), lanes.above(), lanes.waiting());
    }

    private Position at(long number) {
        return new Position(log.start().log(), number);
    }

    void start() {
        Thread thread = threads.newThread(this::coordinate);
        coordinating = thread;
        thread.start();
        threads.newThread(reader).start();
    }

    // coordinating

    private void coordinate() {
        try {
            while (!ending || running > 0) {
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new Cancelled("effect " + name(), e));
        } catch (RuntimeException e) {
            fail(e);
        }
        awaitBodies();
        end();
    }

    /** Also where what they do cannot be stored any more: nobody is to do it at the same time. */
    private void awaitBodies() { // law F3
        long until = System.nanoTime() + PATIENCE.toNanos();
        bodies.forEach(body -> join(body, Duration.ofNanos(until - System.nanoTime())));
    }

    private void round() throws InterruptedException {
        Optional<Duration> wait = ending ? Optional.empty() : lanes.takeDue();
        startBodies();
        askForEvents();
        Runnable message = mailbox.poll(atMost(wait).toNanos(), TimeUnit.NANOSECONDS);
        while (message != null) {
            guarded(message);
            message = mailbox.poll();
        }
        lanes.store();
        progress.tell(reached(), progress.status());
        commands.forEach(command -> command.complete(null));
        commands.clear();
    }

    private Duration atMost(Optional<Duration> wait) {
        return lanes.isUnstored()
                ? Duration.ZERO
                : wait.filter(due -> due.compareTo(LOOK_AGAIN) < 0).orElse(LOOK_AGAIN);
    }

    /** A message that cannot be dealt with does not keep what the others did from being stored. */
    private void guarded(Runnable message) {
        try {
            message.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void startBodies() {
        while (!ending && running < effect.atOnce()) {
            Optional<Lane<E, K>> lane = lanes.next();
            if (lane.isEmpty()) {
                return;
            }
            running++;
            Thread body = threads.newThread(() -> perform(lane.get()));
            bodies.add(body);
            body.start();
        }
    }

    private void askForEvents() {
        if (!asked && !ending) {
            int room = lanes.room();
            if (room > 0) {
                asked = true;
                reader.ask(room);
            }
        }
    }

    /** Waits for its end, but not longer than so. */
    void endsWithin(Duration timeout) {
        Thread thread = coordinating;
        if (thread != null) {
            join(thread, timeout);
        }
    }

    /** Why it goes on no more, if it ended by itself. */
    Optional<OrreryException> failure() {
        return progress.status() instanceof EffectStatus.Failed(Position _, OrreryException cause)
                ? Optional.of(cause)
                : Optional.empty();
    }

    private void fail(RuntimeException e) {
        if (failure == null) {
            failure = EffectReader.known(name(), at(lanes.position()), e);
        }
        ending = true;
    }

    private void end() {
        reader.stop();
        OrreryException cause = failure;
        Position position = at(lanes.position());
        if (cause != null) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "effect " + name() + " stopped after " + position,
                    cause);
        }
        progress.tell(
                reached(),
                cause == null
                        ? new EffectStatus.Stopped()
                        : new EffectStatus.Failed(position, cause));
        Runnable message = mailbox.poll();
        while (message != null) {
            guarded(message); // commands find that it has ended
            message = mailbox.poll();
        }
        commands.forEach(command -> command.completeExceptionally(new Closed("effect " + name())));
    }

    // what happened

    private void arrived(List<Recorded<E>> batch) {
        asked = false;
        lanes.arrived(batch);
    }

    private void perform(Lane<E, K> lane) {
        EffectLanes.Job<E> job = lane.first();
        int number = job.attempts() + 1;
        Throwable thrown = null;
        try {
            String deduplicationKey = deduplication.of(job.recorded().id());
            effect.perform(new Attempt<>(job.recorded(), deduplicationKey, number));
        } catch (Throwable e) { // whatever a user's function throws is a fault of that event
            thrown = e;
        }
        bodies.remove(Thread.currentThread());
        Fault<E> fault = thrown == null ? null : new Fault<>(job.recorded(), number, thrown);
        mailbox.add(() -> ended(lane, fault));
    }

    private void ended(Lane<E, K> lane, @Nullable Fault<E> fault) {
        running--;
        if (fault == null) {
            tally.done.increment();
            lanes.handled(lane);
        } else if (!abandoned) {
            tally.faults.increment();
            String cause = String.valueOf(fault.cause());
            switch (answer(fault)) {
                case Fault.Retry(Duration delay) -> lanes.retried(lane, delay, cause);
                case Fault.Park _ -> lanes.parked(lane, cause);
                case Fault.Skip _ -> {
                    leftOut(fault.recorded().position(), cause);
                    lanes.handled(lane);
                }
                case Fault.Stop _ ->
                        fail(
                                new UserFailure(
                                        "effect " + name(),
                                        fault.recorded().position(),
                                        fault.cause()));
            }
        }
    }

    private Fault.Answer answer(Fault<E> fault) {
        try {
            return effect.answer(fault);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "what effect " + name() + " answers to faults", e);
            return Fault.park();
        }
    }

    private void leftOut(Position position, String cause) {
        tally.skipped.increment();
        LOG.log(
                System.Logger.Level.WARNING,
                "effect {0} left out {1}: {2}",
                name(),
                position,
                cause);
    }

    // reading and commanding, from any thread

    private String name() {
        return effect.name();
    }

    Position position() {
        return progress.reached().position();
    }

    EffectStatus status() {
        return progress.status();
    }

    Lag lag() {
        EffectProgress.Reached reached = progress.reached();
        long behind = log.head().number() - reached.position().number() - reached.above();
        List<? extends Recorded<? extends E>> oldest =
                behind > 0 ? log.read(reached.position(), 1) : List.of();
        if (oldest.isEmpty()) {
            return new Lag(0, Duration.ZERO);
        }
        Duration age = Duration.between(oldest.getFirst().time(), clock.instant());
        return new Lag(behind, age.isNegative() ? Duration.ZERO : age);
    }

    /** Whether everything up to a position is handled, within some time or before it ends. */
    boolean reaches(Position position, Duration timeout) {
        return progress.reaches(position, timeout);
    }

    List<Parked<K>> parked() {
        List<Parked<K>> parked = new ArrayList<>();
        for (WaitingRow row : tables.parked()) {
            SetAside aside = row.standing() instanceof SetAside known ? known : new SetAside(0, "");
            parked.add(
                    new Parked<>(
                            keys.decode(row.key()),
                            at(row.position()),
                            tables.waiting(row.key()),
                            aside.cause(),
                            aside.attempts(),
                            Optional.empty()));
        }
        return parked;
    }

    LiveEffect.Totals totals() {
        EffectTables.Counts counts = tables.counts();
        return new LiveEffect.Totals(
                tally.done.sum(),
                tally.faults.sum(),
                tally.skipped.sum(),
                counts.due(),
                counts.parked(),
                progress.reached().waiting());
    }

    void retry(K key) {
        command(() -> lanes.retry(key));
    }

    void skip(K key) {
        command(() -> leftOut(at(lanes.skip(key)), "as it was told to"));
    }

    /** Has work done by the coordinating thread, and waits until that is stored. */
    private void command(Runnable work) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        mailbox.add(() -> {
            try {
                progress.refuseUnlessWorking();
                work.run();
                commands.add(result);
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        progress.refuseUnlessWorking();
        await(result);
    }

    private void await(CompletableFuture<Void> result) {
        try {
            result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OrreryException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new TimedOut("effect " + name(), PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("effect " + name(), e);
        }
    }

    // closing

    /**
     * Ends it: waits for what is under way, interrupts it when that takes too long, and leaves the
     * rest for the next time.
     */
    void close() {
        Thread thread = coordinating;
        reader.stop();
        mailbox.add(() -> ending = true);
        if (thread == null) {
            end();
            return;
        }
        if (!join(thread, PATIENCE)) {
            abandoned = true;
            bodies.forEach(Thread::interrupt);
            if (!join(thread, PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "effect {0} is still under way", name());
            }
        }
    }

    private boolean join(Thread thread, Duration timeout) {
        try {
            return thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("the end of effect " + name(), e);
        }
    }
}
