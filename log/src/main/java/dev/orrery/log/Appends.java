package dev.orrery.log;

import dev.orrery.core.OrreryException.Cancelled;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a log here: puts waiting requests into groups, and each group into one
 * transaction.
 *
 * <p>Whoever finds nobody writing writes the next group, for everybody who waits; the others sleep
 * until their request is settled or it is their turn to write. Positions are given inside the
 * transaction, of which there is one at a time for a log, so positions follow the order of commits;
 * the head moves after the commit, before anyone is answered. Thread-safe. // laws L1, L2
 */
final class Appends {
    private static final int GROUP_EVENTS = 16_384;

    private final EventTable table;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Consumer<Appended> told;
    private final Head head;
    private final Companions<?> companions;
    private final AtomicBoolean writing = new AtomicBoolean();
    private final Queue<AppendRequest> waiting = new ConcurrentLinkedQueue<>();

    /** An event as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // on its way to the store, compared by nobody
    record Encoded(@Nullable String id, byte[] payload) {}

    /** A row about to be written. */
    record Row(long number, @Nullable String stream, Encoded event) {}

    Appends(
            EventTable table,
            InstantSource clock,
            LongSupplier nanos,
            Consumer<Appended> told,
            Head head,
            Companions<?> companions) {
        this.table = table;
        this.clock = clock;
        this.nanos = nanos;
        this.told = told;
        this.head = head;
        this.companions = companions;
    }

    /**
     * Appends what fits the expectation, durably, and returns the position of the last event.
     *
     * @param stream what it is appended to, and what the expectation is about; null for the log as
     *     a whole
     */
    Position append(@Nullable String stream, Expected expected, List<Encoded> events) {
        AppendRequest request =
                new AppendRequest(
                        stream, expected, events, nanos.getAsLong(), Thread.currentThread());
        waiting.add(request);
        boolean interrupted = false;
        while (!request.isSettled()) {
            if (writing.compareAndSet(false, true)) {
                lead(request);
            } else {
                request.sleep();
                interrupted |=
                        Thread.interrupted(); // what others write with it cannot be called off
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return request.answer(table);
    }

    /**
     * Writes one group, unless it was in the one before. The next writer is woken before those who
     * are done, so that the disk does not wait for them: who comes later than the look at the queue
     * finds nobody writing.
     */
    private void lead(AppendRequest own) {
        Runnable answers = () -> {};
        try {
            if (!own.isSettled()) {
                answers = writeGroup();
            }
        } finally {
            writing.set(false);
            AppendRequest next = waiting.peek();
            if (next != null) {
                next.wake();
            }
            answers.run();
        }
    }

    /** Writes what waits, and returns the giving of the answers. */
    private Runnable writeGroup() {
        List<AppendRequest> requests = nextGroup();
        if (requests.isEmpty()) {
            return () -> {};
        }
        try {
            return write(requests);
        } catch (RuntimeException | Error e) {
            head.abandon();
            return requests.size() == 1
                    ? () -> requests.forEach(request -> request.fail(e))
                    : writeEach(requests, e);
        }
    }

    private Runnable write(List<AppendRequest> requests) {
        try (Companions.Attending<?> attending = companions.begin()) {
            Instant time = clock.instant().truncatedTo(ChronoUnit.MICROS);
            AppendGroup group =
                    uninterrupted(
                            () -> table.write(rows -> admit(requests, rows, time, attending)));
            tell(requests.getFirst().asked(), group);
            attending.committed();
            head.end(group.end(), streams(group.fresh()));
            return () -> requests.forEach(request -> request.settle(group.answer(request)));
        }
    }

    /** Where somebody takes part who refused a group, each request is refused or not by itself. */
    private Runnable writeEach(List<AppendRequest> requests, Throwable cause) {
        if (companions.isEmpty()) {
            return () -> requests.forEach(request -> request.fail(cause));
        }
        List<Runnable> answers = new ArrayList<>();
        for (AppendRequest request : requests) {
            try {
                answers.add(write(List.of(request)));
            } catch (RuntimeException | Error e) {
                head.abandon();
                answers.add(() -> request.fail(e));
            }
        }
        return () -> answers.forEach(Runnable::run);
    }

    private void tell(long asked, AppendGroup group) {
        int count = group.fresh().size();
        if (count > 0) {
            long first = group.end() - count + 1;
            told.accept(new Appended(table.name(), first, group.end(), asked, nanos.getAsLong()));
        }
    }

    private static Set<String> streams(List<Row> rows) {
        Set<String> streams = new HashSet<>();
        for (Row row : rows) {
            if (row.stream() != null) {
                streams.add(row.stream());
            }
        }
        return streams;
    }

    private AppendGroup admit(
            List<AppendRequest> requests,
            EventTable.Rows rows,
            Instant time,
            Companions.Attending<?> attending) {
        AppendGroup group = new AppendGroup(table.epoch(), rows, requests);
        head.begin(group.firstFresh());
        rows.insert(time, group.fresh());
        attending.appended(rows.session(), time, group.fresh());
        return group;
    }

    /**
     * An interrupt of the one who writes is no concern of the others in the group: what was
     * cancelled left nothing, and begins again.
     */
    private static <T> T uninterrupted(Supplier<T> work) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.get();
                } catch (Cancelled e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<AppendRequest> nextGroup() {
        List<AppendRequest> requests = new ArrayList<>();
        int events = 0;
        AppendRequest next = waiting.poll();
        while (next != null) {
            requests.add(next);
            events += next.events().size();
            next = events < GROUP_EVENTS ? waiting.poll() : null;
        }
        return requests;
    }
}
