package dev.orrery.log;

import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/**
 * Publish and subscribe within the process, for those who need no log: listeners by type, called
 * when an event is published, nothing kept.
 *
 * <p>An event reaches the listeners of its class and of its supertypes: those of higher priority
 * first, equal ones in the order of registration. Each is called, whatever another does: what a
 * listener throws is a {@link Failure} in the answer. A listener registered or closed while an
 * event is under way counts from the next one on.
 *
 * <p>All listeners see the events of one thread in the order of publishing: an event that a
 * listener publishes is handed out after the one under way, before {@code publish} returns to the
 * first publisher, and its failures are in that answer. Published inside a commit, an event goes
 * out when the commit is visible, and not at all when it fails; inside a query it is refused.
 *
 * <p>Thread-safe; a bus is an object like others, and there is none for the whole process. Events
 * of several threads go out at the same time. A listener apart may have 10,000 events waiting; one
 * more is a failure of that listener.
 */
public final class EventBus implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventBus.class.getName());
    private static final int RETRIES = 3;
    private static final Duration ENDING = Duration.ofSeconds(30);

    private final ThreadFactory threads;
    private final Consumer<Failure> unseen;
    private final EventLane later;
    private final List<EventLane> lanes = new CopyOnWriteArrayList<>();
    private final ScopedValue<Queue<Object>> underWay = ScopedValue.newInstance();
    private final Object registering = new Object();
    private volatile List<Listener<?>> listeners = List.of();
    private long registrations;
    private volatile boolean closed;

    /**
     * What a listener threw.
     *
     * @param listener names the listener: its number in the order of registration, and its type
     * @param event the event it was called with
     * @param cause what it threw
     */
    public record Failure(String listener, Object event, Throwable cause) {}

    /**
     * What came of publishing.
     *
     * @param listeners how many listeners were called, or have the event in their queue
     * @param failures what listeners threw, in the order of calling
     * @param postponed whether the event goes out later: after the commit, or after the event under
     *     way; then nothing is known yet
     */
    public record Published(int listeners, List<Failure> failures, boolean postponed) {
        private static final Published POSTPONED = new Published(0, List.of(), true);

        public Published {
            failures = List.copyOf(failures);
        }
    }

    /** A registration; closing it ends it, closing it twice is harmless. */
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    private record Listener<E>(
            String name, Class<E> type, int priority, long number, Consumer<? super E> body) {
        void call(Object event) {
            body.accept(type.cast(event));
        }
    }

    /**
     * A bus whose unseen failures are logged.
     *
     * @param threads makes the threads of listeners apart and of events published later, while
     *     there is something to do; virtual ones are meant
     */
    public EventBus(ThreadFactory threads) {
        this(
                threads,
                failure ->
                        LOG.log(
                                System.Logger.Level.ERROR,
                                failure.listener() + " failed",
                                failure.cause()));
    }

    /**
     * A bus that tells somebody of failures that are in nobody's answer: those of listeners apart,
     * and of events that were postponed or published later.
     */
    public EventBus(ThreadFactory threads, Consumer<Failure> unseen) {
        this.threads = threads;
        this.unseen = unseen;
        this.later = new EventLane("events published later", threads);
        lanes.add(later);
    }

    // listening

    /** Calls a listener for each event of a type, on the publisher's thread. */
    public <E> Listening on(Class<E> type, Consumer<? super E> listener) {
        return on(type, 0, listener);
    }

    /**
     * Calls a listener for each event of a type, on the publisher's thread.
     *
     * @param priority those of a higher one are called first; 0 where nothing is said
     */
    public <E> Listening on(Class<E> type, int priority, Consumer<? super E> listener) {
        synchronized (registering) {
            Listener<E> added = named(type, priority, listener);
            add(added);
            return () -> remove(added);
        }
    }

    /**
     * Calls a listener for each event of a type on a thread of its own, one after the other, in the
     * order of publishing; the publisher does not wait. A call that throws is repeated at once, up
     * to three times; then it is an unseen failure, and the next event follows.
     */
    public <E> Listening onApart(Class<E> type, Consumer<? super E> listener) {
        synchronized (registering) {
            EventLane lane = new EventLane("a listener of " + type.getSimpleName(), threads);
            Listener<E> patient = named(type, 0, listener);
            Listener<E> added =
                    new Listener<>(
                            patient.name,
                            type,
                            0,
                            patient.number,
                            event -> lane.add(() -> callPatiently(patient, event)));
            add(added);
            lanes.add(lane);
            return () -> {
                remove(added);
                lanes.remove(lane); // which does what it has
            };
        }
    }

    private <E> Listener<E> named(Class<E> type, int priority, Consumer<? super E> body) {
        registrations++;
        String name = "listener " + registrations + " of " + type.getSimpleName();
        return new Listener<>(name, type, priority, registrations, body);
    }

    private void add(Listener<?> added) {
        requireOpen();
        List<Listener<?>> more = new ArrayList<>(listeners);
        more.add(added);
        more.sort(
                Comparator.comparingInt((Listener<?> each) -> -each.priority)
                        .thenComparingLong(each -> each.number));
        listeners = List.copyOf(more);
    }

    private void remove(Listener<?> removed) {
        synchronized (registering) {
            listeners = listeners.stream().filter(each -> each.number != removed.number).toList();
        }
    }

    /** Whether an event of a class would reach anybody. */
    public boolean hasListeners(Class<?> event) {
        return listeners.stream().anyMatch(each -> each.type.isAssignableFrom(event));
    }

    // publishing

    /**
     * Hands an event to its listeners, and returns when all were called.
     *
     * @throws Unsupported inside a query, or inside the commit of a snapshot
     */
    public Published publish(Object event) {
        requireOpen();
        return publishNow(event);
    }

    private Published publishNow(Object event) {
        switch (Tracking.scope()) {
            case Transaction commit -> {
                return afterCommit(commit, event);
            }
            case Tracking.Frame _ -> throw new Unsupported("publish an event", "a query");
            case null, default -> {}
        }
        if (underWay.isBound()) {
            underWay.get().add(event);
            return Published.POSTPONED;
        }
        return handOut(event);
    }

    private Published afterCommit(Transaction commit, Object event) {
        if (commit.timeline().isBranch()) {
            throw new Unsupported("publish an event", "a snapshot's commit");
        }
        commit.whenEnded(committed -> {
            if (committed) {
                publishNow(event).failures().forEach(this::tellUnseen);
            }
        });
        return Published.POSTPONED;
    }

    /**
     * Hands an event to its listeners on another thread, and returns at once. Events published so
     * follow each other; failures are unseen ones.
     */
    public void publishLater(Object event) {
        requireOpen();
        later.add(() -> publishNow(event).failures().forEach(this::tellUnseen));
    }

    private Published handOut(Object first) {
        Queue<Object> events = new ArrayDeque<>(List.of(first));
        List<Failure> failures = new ArrayList<>();
        int called = ScopedValue.where(underWay, events).call(() -> callAll(events, failures));
        return new Published(called, failures, false);
    }

    /** Calls the listeners of events until there are no more; how many the first one had. */
    private int callAll(Queue<Object> events, List<Failure> failures) {
        int ofTheFirst = -1;
        for (Object event = events.poll(); event != null; event = events.poll()) {
            int called = 0;
            for (Listener<?> listener : listeners) {
                if (listener.type.isInstance(event)) {
                    called++;
                    call(listener, event, failures);
                }
            }
            ofTheFirst = ofTheFirst < 0 ? called : ofTheFirst;
        }
        return ofTheFirst;
    }

    private static void call(Listener<?> listener, Object event, List<Failure> failures) {
        try {
            listener.call(event);
        } catch (RuntimeException | Error e) { // law L10
            failures.add(new Failure(listener.name, event, e));
        }
    }

    private void callPatiently(Listener<?> listener, Object event) {
        for (int attempt = 0; ; attempt++) {
            List<Failure> failures = new ArrayList<>(1);
            call(listener, event, failures);
            if (failures.isEmpty()) {
                return;
            }
            if (attempt == RETRIES) {
                tellUnseen(failures.getFirst());
                return;
            }
        }
    }

    private void tellUnseen(Failure failure) {
        try {
            unseen.accept(failure);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, failure + " could not be told", e);
        }
    }

    /**
     * Refuses what comes from here on, and waits for listeners apart and events published later.
     */
    @Override
    public void close() {
        closed = true;
        lanes.forEach(lane -> lane.awaitIdle(ENDING)); // what was published later comes first
    }

    private void requireOpen() {
        if (closed) {
            throw new Closed("the event bus");
        }
    }
}
