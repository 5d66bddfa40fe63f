package dev.orrery.table;

import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Transaction;
import dev.orrery.core.Update;
import dev.orrery.table.Overlay.Pending;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a live table's rows change: what the source told and what users wrote go in,
 * commits on the timeline come out. Thread-safe.
 */
final class Reducer {
    /*
     * Overview. The overlay holds base and pending mutations, the outbox and the cache are their
     * durable halves, the screen is the relation that readers see. Every change goes: storage,
     * overlay, screen, all under the monitor, so that the screen always shows what the overlay folds to.
     *
     * Concurrency. Lock order: the monitor, then the timeline's commit lock. A user's commit enters
     * the monitor in its durable half and keeps it until the commit is over. Otherwise: T1 stores a
     * mutation of a row and folds it over base B1; T2 learns B2 from the source and shows B2 with
     * the mutation; T1 installs what it folded, and B2 is gone from the screen. // law T7
     * User code never runs under the monitor; values are mapped and compared under it.
     *
     * Recovery. The cache is written before the outbox, so a mutation is settled on disk only when
     * the base on disk has its effect. A crash in between sends the mutation again, which finds
     * itself done.
     */

    /** Where rows become visible. */
    interface Screen {
        /** Shows a row, or its absence, as part of a commit. */
        void show(Transaction transaction, Key key, Optional<Row> row);
    }

    private final String name;
    private final Timeline timeline;
    private final Live.Options options;
    private final Overlay overlay;
    private final Outbox outbox;
    private final BaseCache cache;
    private final Screen screen;
    private final Monitor monitor;
    private final Map<Transaction, Batch> batches = new HashMap<>();
    private final Map<String, Handle> handles = new HashMap<>();
    private final WriteStatuses statuses;
    private final String idPrefix;
    private long lastId;
    private boolean closed;
    private @Nullable Pending underWay;
    private long foreignChanges;
    private long sent;
    private long confirmed;
    private long refused;
    private long overtaken;

    /** What the handle of a write is told when the source answers. */
    interface Consequence {
        void settled(Settlement settlement, @Nullable OrreryException failure);
    }

    /** What the author of a write holds, and what the source's answer means to it. */
    private record Handle(PendingWrite<?> write, Consequence outcome) {}

    /** The writes of one commit under way. */
    private final class Batch implements Transaction.End {
        private final Transaction transaction;
        private final List<Pending> drafts = new ArrayList<>();
        private final List<Handle> authors = new ArrayList<>();
        private final List<Pending> accepted = new ArrayList<>();
        private final Map<Key, Optional<Row>> read = new HashMap<>();
        private boolean holdsLock;

        private Batch(Transaction transaction) {
            this.transaction = transaction;
        }

        private List<Pending> draftsOf(Key key) {
            return drafts.stream().filter(draft -> draft.key().equals(key)).toList();
        }

        /** The durable half; keeps the lock until {@link #ended}. */
        private void persist() {
            if (drafts.isEmpty()) {
                return;
            }
            monitor.enter();
            holdsLock = true;
            awaitRoom(drafts.size());
            read.forEach(this::requireUnchanged);
            long position = outbox.accept(drafts.stream().map(Pending::mutation).toList());
            Set<Key> keys = new LinkedHashSet<>();
            for (Pending draft : drafts) {
                Pending pending = new Pending(draft.mutation(), position);
                accepted.add(pending);
                overlay.accept(pending);
                keys.add(pending.key());
            }
            keys.forEach(key -> screen.show(transaction, key, overlay.visible(key)));
        }

        private void requireUnchanged(Key key, Optional<Row> seen) { // law T16
            if (!seen.equals(overlay.visible(key))) {
                throw new Conflict(
                        "the update of " + key + " in " + name,
                        shown(seen),
                        shown(overlay.visible(key)));
            }
        }

        @Override
        public void ended(boolean committed) {
            try {
                monitor.tell(() -> {
                    batches.remove(transaction);
                    if (committed) {
                        accept();
                    } else {
                        accepted.forEach(Reducer.this::drop);
                        authors.forEach(author -> author.write().withdrawn());
                    }
                });
            } finally {
                if (holdsLock) {
                    monitor.leave();
                }
            }
        }

        private void accept() {
            for (int i = 0; i < accepted.size(); i++) {
                Pending pending = accepted.get(i);
                Handle author = authors.get(i);
                handles.put(pending.id(), author);
                author.write().advance(Write.State.ACCEPTED);
                statuses.written(pending.key());
            }
        }
    }

    Reducer(
            Timeline timeline,
            Live.Options options,
            Overlay overlay,
            Outbox outbox,
            BaseCache cache,
            Screen screen) {
        this.name = options.name();
        this.timeline = timeline;
        this.options = options;
        this.overlay = overlay;
        this.outbox = outbox;
        this.cache = cache;
        this.screen = screen;
        this.idPrefix = outbox.next() + "-";
        this.monitor = new Monitor(name);
        this.statuses = new WriteStatuses(timeline.epoch() + "." + name, monitor, overlay);
    }

    // writes by users

    /** The row as the author of a write in this commit sees it. */
    Optional<Row> seen(Transaction transaction, Key key) {
        return monitor.ask(() -> {
            requireOpen();
            Batch batch = batches.get(transaction);
            return overlay.visible(key, batch == null ? List.of() : batch.draftsOf(key));
        });
    }

    /** As {@link #seen}, and the commit fails if the row is another one when it becomes durable. */
    Optional<Row> seenToChange(Transaction transaction, Key key) {
        return monitor.ask(() -> {
            Optional<Row> seen = seen(transaction, key);
            batchOf(transaction).read.putIfAbsent(key, overlay.visible(key));
            return seen;
        });
    }

    /** A name for a mutation that no other has, in this opening or any before. */
    String newId() {
        return monitor.ask(() -> idPrefix + ++lastId);
    }

    /** Makes a mutation part of a commit: durable and visible when it ends. */
    void propose(
            Transaction transaction,
            Mutation mutation,
            PendingWrite<?> write,
            Consequence outcome) {
        monitor.tell(() -> {
            requireOpen();
            Batch batch = batchOf(transaction);
            requireWithinCapacity(batch.drafts.size() + 1);
            batch.drafts.add(new Pending(mutation, 0));
            batch.authors.add(new Handle(write, outcome));
            transaction.origin(write);
            screen.show(
                    transaction,
                    mutation.key(),
                    overlay.visible(mutation.key(), batch.draftsOf(mutation.key())));
        });
    }

    private Batch batchOf(Transaction transaction) {
        Batch known = batches.get(transaction);
        if (known != null) {
            return known;
        }
        Batch batch = new Batch(transaction);
        batches.put(transaction, batch);
        transaction.whenEnded(batch);
        transaction.persist("the outbox of " + name, batch::persist);
        return batch;
    }

    private void requireWithinCapacity(int asked) {
        if (asked > options.outboxCapacity()) {
            throw new LimitExceeded(
                    "writes in one commit to " + name, options.outboxCapacity(), asked);
        }
    }

    private void awaitRoom(int needed) { // law T9
        BooleanSupplier room =
                () -> closed || overlay.pending().size() + needed <= options.outboxCapacity();
        if (!room.getAsBoolean() && options.overflow() == Overflow.REFUSE) {
            throw new LimitExceeded(
                    "the outbox of " + name,
                    options.outboxCapacity(),
                    overlay.pending().size() + (long) needed);
        }
        if (!monitor.await(room, options.blockAtMost())) {
            throw new TimedOut("room in the outbox of " + name, options.blockAtMost());
        }
        requireOpen();
    }

    /** Takes a write back that has not been sent. */
    boolean withdraw(PendingWrite<?> write) {
        return monitor.ask(() -> {
            Optional<Pending> pending =
                    overlay.pending().stream().filter(each -> writeOf(each) == write).findFirst();
            if (pending.isEmpty() || write.state() != Write.State.ACCEPTED) {
                return false;
            }
            takeBack(pending.get());
            return true;
        });
    }

    private @Nullable PendingWrite<?> writeOf(Pending pending) {
        Handle author = handles.get(pending.id());
        return author == null ? null : author.write();
    }

    private void takeBack(Pending pending) {
        monitor.tell(() -> {
            drop(pending);
            publish(Set.of(pending.key()));
            Handle author = handles.remove(pending.id());
            if (author != null) {
                author.write().withdrawn();
            }
            statuses.note(pending.key());
        });
    }

    /**
     * Gives a write up: takes it back, also after a try that nobody answered, or forgets that it
     * failed. Waits while it is on its way to the source.
     *
     * @return false when there is no such write, or the source did it
     */
    boolean giveUp(String mutation, Duration patience) {
        return monitor.ask(() -> {
            if (!monitor.await(() -> closed || !isUnderWay(mutation), patience)) {
                throw new TimedOut("the answer of the source of " + name, patience);
            }
            requireOpen();
            Pending pending = overlay.pending(mutation);
            if (pending != null) {
                takeBack(pending);
                return true;
            }
            return statuses.forgetFailure(mutation);
        });
    }

    private boolean isUnderWay(String mutation) {
        return underWay != null && underWay.id().equals(mutation);
    }

    /** The row a pending write is for, if there is such a write. */
    Optional<Mutation> pendingMutation(String id) {
        return monitor.ask(() -> Optional.ofNullable(overlay.pending(id)).map(Pending::mutation));
    }

    /** Gives a pending write a handle, which it lost at a restart; false when it is none. */
    boolean adopt(String id, PendingWrite<?> write, Consequence outcome) {
        return monitor.ask(() -> {
            if (overlay.pending(id) == null) {
                return false;
            }
            handles.put(id, new Handle(write, outcome));
            write.advance(Write.State.ACCEPTED);
            return true;
        });
    }

    /** Ends a mutation without the source, on disk and here. */
    private void drop(Pending pending) {
        outbox.settle(pending.id(), null);
        overlay.remove(pending, null, proposals(pending.key()));
    }

    // what the courier does

    /** The next mutation to send, if one is due; under the lock, by {@link Monitor#await}. */
    Optional<Pending> due(Instant now) {
        return overlay.pending().stream()
                .filter(this::leadsItsLane) // law T10
                .filter(each -> !each.notBefore.isAfter(now))
                .findFirst();
    }

    private boolean leadsItsLane(Pending pending) {
        return overlay.lane(pending.key()).getFirst() == pending;
    }

    /** When the next mutation is due that is not yet; under the lock. */
    Optional<Instant> dueNext() {
        return overlay.pending().stream()
                .filter(this::leadsItsLane)
                .map(each -> each.notBefore)
                .min(Instant::compareTo);
    }

    /** Notes that a mutation is about to be sent; empty when it was taken back meanwhile. */
    Optional<Mutation> sending(Pending pending) {
        return monitor.ask(() -> {
            if (overlay.pending(pending.id()) != pending) {
                return Optional.empty();
            }
            underWay = pending;
            sent++;
            PendingWrite<?> write = writeOf(pending);
            if (write != null && write.state() == Write.State.ACCEPTED) {
                write.advance(Write.State.SENT);
            }
            return Optional.of(pending.mutation());
        });
    }

    /** Notes that the try to send is over, whatever came of it. */
    void sendingOver() {
        monitor.tell(() -> {
            Pending over = underWay;
            underWay = null;
            if (over != null && overlay.pending(over.id()) == over) {
                statuses.note(over.key());
            }
        });
    }

    /** Notes whether the source can be reached, null meaning that it can. */
    void reaches(@Nullable OrreryException reason) {
        monitor.tell(() -> statuses.reaches(reason));
    }

    /** Takes the source's answer to a mutation. */
    void settle(Pending pending, Settlement settlement) {
        monitor.tell(() -> {
            Key key = pending.key();
            Optional<Row> told = told(key, settlement).filter(options.table().condition()::holds);
            if (!told.equals(overlay.base(key))) {
                cache.update(Map.of(key, told));
            }
            Settlement.Confirmed answer = settlement instanceof Settlement.Confirmed c ? c : null;
            outbox.settle(pending.id(), answer);
            overlay.learn(key, told);
            overlay.remove(pending, answer, proposals(key));
            OrreryException failure = count(pending, settlement);
            if (failure != null) {
                statuses.failed(pending.mutation(), failure);
            }
            Handle author = handles.remove(pending.id());
            try {
                publish(Set.of(key));
            } finally {
                if (author != null) {
                    author.outcome().settled(settlement, failure);
                }
                statuses.note(key);
                outbox.trim(overlay);
            }
        });
    }

    private Optional<Row> told(Key key, Settlement settlement) {
        return switch (settlement) {
            case Settlement.Confirmed(Optional<Row> row) -> row;
            case Settlement.Overtaken(Optional<Row> row) -> row;
            case Settlement.Refused _ -> overlay.base(key);
        };
    }

    private @Nullable OrreryException count(Pending pending, Settlement settlement) {
        switch (settlement) {
            case Settlement.Confirmed _ -> {
                confirmed++;
                return null;
            }
            case Settlement.Refused(OrreryException reason) -> {
                refused++;
                return reason;
            }
            case Settlement.Overtaken(Optional<Row> row) -> {
                overtaken++;
                return conflict(pending.mutation(), row);
            }
        }
    }

    private Conflict conflict(Mutation mutation, Optional<Row> actual) {
        Object expected =
                switch (mutation) {
                    case Mutation.Insert _ -> "no row";
                    case Mutation.Patch patch -> patch.expected();
                    case Mutation.Delete delete -> delete.expected();
                };
        return new Conflict(
                "the write of " + mutation.key() + " in " + name, expected, shown(actual));
    }

    private static Object shown(Optional<Row> row) {
        return row.isPresent() ? row.get() : "no row";
    }

    private List<List<Pending>> proposals(Key key) {
        return batches.values().stream().map(batch -> batch.draftsOf(key)).toList();
    }

    /** Takes a whole fetch: what differs from the base is a change. */
    void learn(Map<Key, Row> rows) {
        monitor.tell(() -> {
            Map<Key, Optional<Row>> different = new LinkedHashMap<>();
            rows.forEach((key, row) -> {
                if (!Objects.equals(overlay.base().get(key), row)) {
                    different.put(key, Optional.of(row));
                }
            });
            overlay.base().keySet().stream()
                    .filter(key -> !rows.containsKey(key))
                    .forEach(key -> different.put(key, Optional.empty()));
            if (different.isEmpty()) {
                return;
            }
            cache.update(different);
            different.forEach(overlay::learn);
            foreignChanges += different.size();
            publish(different.keySet());
        });
    }

    private void publish(Set<Key> keys) {
        timeline.transact(
                name,
                transaction ->
                        keys.forEach(key -> screen.show(transaction, key, overlay.visible(key))));
    }

    // what is known

    /** The row as it is shown. */
    Optional<Row> visible(Key key) {
        return monitor.ask(() -> overlay.visible(key));
    }

    /** The mutations of a key that wait. */
    int pendingOf(Key key) {
        return monitor.ask(() -> overlay.lane(key).size());
    }

    /** Why the last write to a row failed, if it did and nothing was written since. */
    Optional<OrreryException> failureOf(Key key) {
        return monitor.ask(() -> statuses.failureOf(key));
    }

    /** How the newest writes stand, to be followed. */
    Feed<Update<List<WriteStatus>, List<WriteStatus>>> statuses() {
        return statuses.feed();
    }

    /** True when nothing waits for the source; under the lock, by {@link Monitor#await}. */
    boolean isSettled() {
        return overlay.pending().isEmpty();
    }

    /** The numbers, with those that the courier counts. */
    Ledger ledger(long polls, long fetches) {
        return monitor.ask(() ->
                new Ledger(
                        polls,
                        fetches,
                        foreignChanges,
                        sent,
                        confirmed,
                        refused,
                        overtaken,
                        overlay.pending().size()));
    }

    private void requireOpen() {
        if (closed) {
            throw new Closed("live table " + name);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** The lock of everything here, and what the courier waits on. */
    Monitor monitor() {
        return monitor;
    }

    /** Refuses writes from now on and wakes whoever waits. */
    void close() {
        monitor.tell(() -> closed = true);
    }

    /** Ends the waits for writes that go on at the next opening, and lets go of the outbox. */
    void release() {
        monitor.tell(() -> {
            handles.values()
                    .forEach(author -> author.write().abandon(new Closed("live table " + name)));
            outbox.close();
        });
    }
}
