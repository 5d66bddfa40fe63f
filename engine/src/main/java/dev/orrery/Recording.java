package dev.orrery;

import dev.orrery.channel.Channels;
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
import java.util.concurrent.LinkedBlockingQueue;
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
    private static final long PATIENCE_NANOS = Duration.ofMillis(25).toNanos();
    private static final long WRITE_PATIENCE_NANOS = Duration.ofMillis(100).toNanos();
    private static final long GATHERING_NANOS = Duration.ofMillis(2).toNanos();
    private static final int STEPS_KEPT = 256;
    private static final int OUTGOING_KEPT = 4_096;
    private static final int RUNS_KEPT = 1_024;

    private final CommitRecorder recorder;
    private final Answers answers;
    private final Subscription<Delivery<QueryEvent>> events;
    private final Layers layers;
    private final Channels channels;
    private final EngineClock clock;
    private final AppendTimes appends = new AppendTimes();
    private final Queue<Step> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Publication> published = new LinkedBlockingQueue<>(OUTGOING_KEPT);
    private final Queue<SentEntry> sent = new LinkedBlockingQueue<>(OUTGOING_KEPT);
    private final List<Step> steps = new ArrayList<>();
    private final List<QueryEvent.Computed> runs = new ArrayList<>();

    /** Commits that are answered and not yet handed over whole. */
    private Answers.@Nullable Answer answered;

    /** The newest that can be told. */
    private @Nullable Ripening newest;

    /** The newest commit that a record speaks of, or that came before there were any. */
    private long lastTold;

    private long nextDue;
    private volatile boolean closed;
    private volatile boolean resting;

    /** Whether something has come since this began to look. */
    private volatile boolean called;

    private volatile @Nullable Thread thread;

    Recording(
            CommitRecorder recorder,
            Queries queries,
            Layers layers,
            Channels channels,
            EngineClock clock,
            long lastTold) {
        this.channels = channels;
        this.lastTold = lastTold;
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

    /** A value was published; what is too much is not told of. */
    void published(Publication publication) {
        if (published.offer(publication)) {
            wake();
        }
    }

    void sent(SentEntry entry) {
        if (sent.offer(entry)) {
            wake();
        }
    }

    private void wake() {
        called = true;
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

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (!closed) {
                step();
            }
        } catch (RuntimeException | StackOverflowError failure) {
            LOG.log(System.Logger.Level.ERROR, "commits are recorded no longer", failure);
        }
    }

    private void step() {
        called = false; // before it looks
        boolean taken = (newest == null || clock.nanos() < nextDue) && takeAnswer();
        Ripening told = newest;
        if (told == null) {
            while (!called && !closed) { // a lock that was waited for may have used up the wake-up
                LockSupport.park(this);
            }
            return;
        }
        takeOutgoing(told);
        long left = dueNanos(told) - clock.nanos();
        if (left <= 0) {
            publish(told);
        } else if (taken) {
            gather(left);
        } else {
            LockSupport.parkNanos(this, left);
        }
    }

    /** When commits are told: at the pace of records, and when what is awaited has come. */
    private long dueNanos(Ripening told) {
        if (told.isRipe()) {
            return nextDue;
        }
        if (!told.areWritesAccepted()) { // nobody wakes this thread when one is
            long looked = Math.max(nextDue, clock.nanos() + GATHERING_NANOS);
            return Math.min(looked + 1, Math.max(nextDue, told.nanos + WRITE_PATIENCE_NANOS));
        }
        return Math.max(nextDue, told.nanos + PATIENCE_NANOS);
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
        newest = told(answer);
        answered = null;
        long last = answer.last().number();
        steps.removeIf(step -> step.revision() <= last);
        runs.removeIf(run -> run.revision().number() <= last);
        return true;
    }

    private Ripening told(Answers.Answer answer) {
        List<QueryEvent.Computed> ran =
                runs.stream().filter(run -> isOf(answer, run.revision().number())).toList();
        return new Ripening(
                answer,
                steps.stream().filter(step -> isOf(answer, step.revision())).toList(),
                ran,
                ran.stream()
                        .filter(run -> run.result() == QueryEvent.Result.CHANGED)
                        .map(run ->
                                "query:"
                                        + run.query()
                                        + ":"
                                        + layers.textOfQuery(run.query(), run.key()))
                        .toList(),
                channel -> channels.followers(channel) > 0,
                clock.nanos());
    }

    private static boolean isOf(Answers.Answer answer, long revision) {
        return answer.first().number() <= revision && revision <= answer.last().number();
    }

    private void takeOutgoing(Ripening told) {
        for (Publication next = published.poll(); next != null; next = published.poll()) {
            told.published(next);
        }
        for (SentEntry next = sent.poll(); next != null; next = sent.poll()) {
            told.sent(next);
        }
    }

    /** Lets a few commits come together when they come fast, instead of looking at each. */
    private void gather(long atMost) {
        resting = true;
        LockSupport.parkNanos(this, Math.min(atMost, GATHERING_NANOS));
        resting = false;
    }

    private void publish(Ripening told) {
        RecordMaker maker = new RecordMaker(told, layers, appends, clock);
        boolean sampled = told.answer.first().number() > lastTold + 1;
        maker.make(sampled, recorder.totals()).ifPresent(recorder::publish);
        lastTold = told.answer.last().number();
        newest = null;
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
