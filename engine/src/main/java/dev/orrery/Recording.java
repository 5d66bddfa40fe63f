package dev.orrery;

import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.log.Appended;
import dev.orrery.query.Answers;
import dev.orrery.query.Queries;
import dev.orrery.query.QueryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The making of commit records, from the coming of a first follower to the leaving of the last: at
 * most twenty a second, the newest each time.
 *
 * <p>Committers, appending threads and rounds hand over what they did and go on: nothing here makes
 * them wait, and what is handed over while no record is being made gives way to what is newer.
 */
final class Recording implements Runnable {
    private static final System.Logger LOG = System.getLogger(Recording.class.getName());
    private static final long PACE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long GATHERING_NANOS = Duration.ofMillis(2).toNanos();
    private static final int STEPS_KEPT = 256;
    private static final int RUNS_KEPT = 1_024;

    private final CommitRecorder recorder;
    private final Answers answers;
    private final Subscription<Delivery<QueryEvent>> events;
    private final Layers layers;
    private final EngineClock clock;
    private final AppendTimes appends = new AppendTimes();
    private final Queue<Step> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Step> steps = new ArrayList<>();
    private final List<QueryEvent.Computed> runs = new ArrayList<>();

    /** Commits that are answered and not yet handed over whole. */
    private Answers.@Nullable Answer answered;

    /** The newest that can be told. */
    private @Nullable Told newest;

    /** Whether others before it are told by no record. */
    private boolean skipped;

    private long nextDue;
    private volatile boolean closed;
    private volatile boolean resting;
    private volatile @Nullable Thread thread;

    Recording(CommitRecorder recorder, Queries queries, Layers layers, EngineClock clock) {
        this.recorder = recorder;
        this.layers = layers;
        this.clock = clock;
        this.events = queries.events().subscribe();
        this.nextDue = clock.nanos();
        this.answers = queries.answers(clock::nanos, this::wake);
    }

    // by others

    void committed(Step step) {
        arrived.add(step);
        if (waiting.incrementAndGet() > STEPS_KEPT && arrived.poll() != null) {
            waiting.decrementAndGet();
        }
        wake();
    }

    void appended(Appended appended) {
        appends.add(appended);
    }

    private void wake() {
        if (!resting) {
            LockSupport.unpark(thread);
        }
    }

    void close() {
        closed = true;
        answers.close();
        events.close();
        LockSupport.unpark(thread);
    }

    // the thread

    /** Commits that were answered, with what was handed over of them. */
    private record Told(Answers.Answer answer, List<Step> steps, List<QueryEvent.Computed> runs) {}

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (!closed) {
                boolean taken = takeAnswer();
                if (newest != null && clock.nanos() >= nextDue) {
                    publish(newest);
                } else if (taken) {
                    gather();
                } else if (newest != null) {
                    LockSupport.parkNanos(this, nextDue - clock.nanos());
                } else {
                    LockSupport.park(this);
                }
            }
        } catch (RuntimeException | StackOverflowError failure) {
            LOG.log(System.Logger.Level.ERROR, "commits are recorded no longer", failure);
        }
    }

    /** Takes the next answer and all that belongs to it; false when there is none yet. */
    private boolean takeAnswer() {
        if (answered == null) {
            answered = answers.poll().orElse(null);
        }
        takeSteps();
        takeRuns();
        Answers.Answer answer = answered;
        if (answer == null || !holds(answer.last().number())) {
            return false;
        }
        skipped |= newest != null;
        newest = new Told(answer, List.copyOf(steps), List.copyOf(runs));
        answered = null;
        long last = answer.last().number();
        steps.removeIf(step -> step.revision() <= last);
        runs.removeIf(run -> run.revision().number() <= last);
        return true;
    }

    /** Lets a few commits come together when they come fast, instead of looking at each. */
    private void gather() {
        resting = true;
        LockSupport.parkNanos(this, GATHERING_NANOS);
        resting = false;
    }

    private void publish(Told told) {
        RecordMaker maker = new RecordMaker(told.answer(), layers, appends, clock);
        told.steps().forEach(maker::add);
        told.runs().forEach(maker::add);
        maker.make(skipped, recorder.totals()).ifPresent(recorder::publish);
        newest = null;
        skipped = false;
        nextDue = clock.nanos() + PACE_NANOS;
    }

    /** Whether a commit was handed over; that comes after the runtime may have answered it. */
    private boolean holds(long revision) {
        return !steps.isEmpty() && steps.getLast().revision() >= revision;
    }

    private void takeSteps() {
        for (Step step = arrived.poll(); step != null; step = arrived.poll()) {
            waiting.decrementAndGet();
            steps.add(step);
        }
        if (steps.size() > STEPS_KEPT) {
            steps.subList(0, steps.size() - STEPS_KEPT).clear();
        }
    }

    private void takeRuns() {
        Optional<Delivery<QueryEvent>> next = next();
        while (next.isPresent()) {
            if (next.get() instanceof Delivery.Item<QueryEvent>(_, QueryEvent.Computed run)
                    && runs.size() < RUNS_KEPT) {
                runs.add(run);
            }
            next = next();
        }
    }

    private Optional<Delivery<QueryEvent>> next() {
        try {
            return events.next(Duration.ZERO);
        } catch (OrreryException.Closed over) {
            closed = true;
            return Optional.empty();
        }
    }
}
