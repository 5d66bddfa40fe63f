package dev.orrery.table;

import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.core.Shape;
import dev.orrery.core.Signal;
import dev.orrery.core.Timeline;
import dev.orrery.core.Total;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import dev.orrery.core.Update;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The live table that readers and writers hold: values on the timeline, writes to the reducer. */
final class LiveRelation<K, V> extends LocalRelation<K, V>
        implements LiveTable<K, V>, Reducer.Screen {
    private static final System.Logger LOG = System.getLogger(LiveRelation.class.getName());
    private static final int UPDATE_ATTEMPTS = 1_000;
    private static final Duration GIVING_UP = Duration.ofSeconds(5);

    private final Live<K, V> definition;
    private final Schema schema;
    private final RowMapping<K, V> mapping;
    private final Map<Key, OrreryException> unreadable = new ConcurrentHashMap<>();
    private final KnownEdits<V> edits = new KnownEdits<>();
    private final Reducer reducer;
    private final Courier courier;
    private final LongSupplier nanos;

    /** What makes the rest of a live table, once the relation that shows it is there. */
    interface Parts {
        Reducer reducer(Reducer.Screen screen);

        Courier courier(Reducer reducer);
    }

    @SuppressWarnings("this-escape") // the screen is used only after start
    LiveRelation(
            Timeline timeline,
            Live<K, V> definition,
            Schema schema,
            RowMapping<K, V> mapping,
            Overlay overlay,
            Parts parts,
            LongSupplier nanos) {
        super(timeline, definition.name());
        this.nanos = nanos;
        this.definition = definition;
        this.schema = schema;
        this.mapping = mapping;
        for (Key id : overlay.keys()) {
            overlay.visible(id).ifPresent(row -> restoreRow(id, row));
        }
        this.reducer = parts.reducer(this);
        this.courier = parts.courier(reducer);
    }

    void start() {
        courier.start();
    }

    private void restoreRow(Key id, Row row) {
        try {
            restore(mapping.key(id), mapping.value(row));
        } catch (Invalid misfit) {
            leaveOut(id, misfit);
        }
    }

    @Override
    public void show(Transaction transaction, Key id, Optional<Row> row) {
        K key;
        try {
            key = mapping.key(id);
        } catch (Invalid misfit) {
            leaveOut(id, misfit);
            return;
        }
        try {
            Optional<V> value = row.map(mapping::value);
            value.ifPresentOrElse(
                    present -> transaction.put(this, key, present),
                    () -> transaction.remove(this, key));
            unreadable.remove(id);
        } catch (Invalid misfit) {
            leaveOut(id, misfit);
            transaction.remove(this, key);
        }
    }

    /** Has a row not shown that does not fit the classes, and says so: ever more rarely. */
    private void leaveOut(Key id, Invalid misfit) {
        boolean isNews = unreadable.put(id, misfit) == null;
        int rows = unreadable.size();
        if (isNews && Integer.bitCount(rows) == 1) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "live table {0}: rows that do not fit {1} by {2} are not shown, {3} so far, the"
                            + " newest is {4}: {5}",
                    name(),
                    definition.valueClass().getSimpleName(),
                    definition.keyClass().getSimpleName(),
                    rows,
                    id,
                    misfit.getMessage());
        }
    }

    // writing

    /** What somebody wants to do to a row, given how they see it. */
    private interface Intention {
        /** The mutation to make; null when there is nothing to do. */
        @Nullable Mutation toMutation(Optional<Row> seen);
    }

    @Override
    public Write<V> insert(V value) {
        requireCapability(Capability.INSERT);
        Row row = schema.checkInsert(mapping.row(value));
        Key id = schema.keyOf(row);
        return write(
                id,
                seen -> {
                    if (seen.isPresent()) {
                        throw new Conflict(
                                "insert " + id + " into " + name(), "no row", seen.get());
                    }
                    return new Mutation.Insert(reducer.newId(), id, row);
                });
    }

    @Override
    public Write<V> update(K key, UnaryOperator<V> change) {
        requireCapability(Capability.PATCH);
        for (int attempt = 1; ; attempt++) {
            try {
                return updateOnce(key, change);
            } catch (Conflict raced) { // another commit was quicker: change what it left
                if (attempt == UPDATE_ATTEMPTS || Tracking.scope() instanceof Transaction) {
                    throw raced;
                }
            }
        }
    }

    private Write<V> updateOnce(K key, UnaryOperator<V> change) {
        Key id = id(key);
        return write(
                id,
                transaction -> reducer.seenToChange(transaction, id),
                seen -> {
                    Row row = seen.orElseThrow(() -> new Missing(name(), key));
                    V before = mapping.value(row);
                    V after;
                    try {
                        after = change.apply(before);
                    } catch (RuntimeException e) {
                        throw new UserFailure("update of " + name(), key, e);
                    }
                    return patch(id, row, different(mapping.row(before), mapping.row(after)));
                });
    }

    @Override
    public Write<V> patch(K key, Row fields) {
        requireCapability(Capability.PATCH);
        Key id = id(key);
        return write(
                id, seen -> patch(id, seen.orElseThrow(() -> new Missing(name(), key)), fields));
    }

    @Override
    public Write<V> edit(K key, Edit edit) { // law T19
        requireCapability(Capability.PATCH);
        Key id = id(key);
        return edits.once(id, edit, () -> pendingEdit(id, edit).orElseGet(() -> newEdit(id, edit)));
    }

    /** An edit that is pending from before a restart. */
    private Optional<Write<V>> pendingEdit(Key id, Edit edit) {
        Optional<Mutation> pending = reducer.pendingMutation(edit.mutation());
        if (pending.isEmpty()) {
            return Optional.empty();
        }
        edits.requireSame(id, edit, pending.get().key(), edit.fields());
        PendingWrite<V> write = handle(id);
        Optional<Row> seen = reducer.visible(id);
        return reducer.adopt(
                        edit.mutation(),
                        write,
                        (answer, failure) -> end(write, seen, answer, failure))
                ? Optional.of(write)
                : Optional.empty();
    }

    private Write<V> newEdit(Key id, Edit edit) {
        return write(id, seen -> edited(id, seen.orElseThrow(() -> new Missing(name(), id)), edit));
    }

    private @Nullable Mutation edited(Key id, Row seen, Edit edit) {
        Row changed = different(seen, schema.checkPatch(edit.fields()));
        if (changed.columns().isEmpty()) {
            return null;
        }
        Row expected = Row.of();
        for (String column : changed.columns()) {
            Object now = seen.value(column);
            if (edit.base().has(column)
                    && !Objects.equals(schema.normal(column, edit.base().value(column)), now)) {
                throw new Conflict("the edit of " + id + " in " + name(), edit.base(), seen);
            }
            expected = expected.with(column, now);
        }
        return new Mutation.Patch(edit.mutation(), id, changed, expected);
    }

    @Override
    public boolean giveUp(String mutation) {
        edits.forget(mutation);
        return reducer.giveUp(mutation, GIVING_UP);
    }

    @Override
    public Feed<Update<List<WriteStatus>, List<WriteStatus>>> writes() {
        return reducer.statuses();
    }

    @Override
    public Write<V> delete(K key) {
        requireCapability(Capability.DELETE);
        Key id = id(key);
        return write(
                id,
                seen ->
                        new Mutation.Delete(
                                reducer.newId(),
                                id,
                                seen.orElseThrow(() -> new Missing(name(), key))));
    }

    private @Nullable Mutation patch(Key id, Row seen, Row fields) {
        Row changed = different(seen, schema.checkPatch(fields));
        if (changed.columns().isEmpty()) {
            return null;
        }
        Row expected = Row.of();
        for (String column : changed.columns()) {
            expected = expected.with(column, seen.value(column));
        }
        return new Mutation.Patch(reducer.newId(), id, changed, expected);
    }

    private static Row different(Row before, Row after) {
        Row changed = after;
        for (String column : after.columns()) {
            if (before.has(column) && Objects.equals(before.value(column), after.value(column))) {
                changed = changed.without(column);
            }
        }
        return changed;
    }

    private Write<V> write(Key id, Intention intention) {
        return write(id, transaction -> reducer.seen(transaction, id), intention);
    }

    private Write<V> write(
            Key id, Function<Transaction, Optional<Row>> sight, Intention intention) {
        PendingWrite<V> write = handle(id);
        timeline()
                .transact(
                        name(),
                        transaction -> {
                            Optional<Row> seen = sight.apply(transaction);
                            Mutation mutation = intention.toMutation(seen);
                            if (mutation == null) {
                                write.confirm(mapping.value(seen.orElseThrow()));
                                return;
                            }
                            reducer.propose(
                                    transaction,
                                    mutation,
                                    write,
                                    (answer, failure) -> end(write, seen, answer, failure));
                        });
        return write;
    }

    private PendingWrite<V> handle(Key id) {
        return new PendingWrite<>(
                timeline().epoch(), "the write of " + id + " to " + name(), this::withdraw, nanos);
    }

    private void end(
            PendingWrite<V> write,
            Optional<Row> before,
            Settlement answer,
            @Nullable OrreryException failure) {
        if (failure != null) {
            write.fail(
                    answer instanceof Settlement.Overtaken
                            ? Write.State.CONFLICT
                            : Write.State.REJECTED,
                    failure);
            return;
        }
        Optional<Row> told = ((Settlement.Confirmed) answer).row().or(() -> before);
        try {
            write.confirm(mapping.value(told.orElseThrow()));
        } catch (Invalid misfit) {
            write.fail(Write.State.CONFIRMED, misfit);
        }
    }

    private boolean withdraw(PendingWrite<V> write) {
        if (Tracking.scope() instanceof Transaction) {
            throw new Unsupported("withdraw a write", "a commit");
        }
        return reducer.withdraw(write);
    }

    private void requireCapability(Capability needed) {
        if (!definition.table().can(needed)) {
            throw new Unsupported(needed.words(), name());
        }
    }

    // reading

    @Override
    public Optional<Shape> shape() {
        return Optional.of(mapping.shape());
    }

    @Override
    public Row toRow(K key, V value) {
        return mapping.row(key, value);
    }

    @Override
    public Optional<Form<K, V>> form() {
        return Optional.of(mapping.form());
    }

    @Override
    public RowStatus status(K key) {
        Key id = id(key);
        int pending = reducer.pendingOf(id);
        if (pending > 0) {
            return new RowStatus.Pending(pending);
        }
        Optional<OrreryException> failure =
                reducer.failureOf(id).or(() -> Optional.ofNullable(unreadable.get(id)));
        if (failure.isPresent()) {
            return new RowStatus.Failed(failure.get());
        }
        if (newest(key).isEmpty()) {
            return new RowStatus.Absent();
        }
        return courier.state().now() instanceof SourceState.Away away
                ? new RowStatus.Stale(away.since())
                : new RowStatus.Fresh();
    }

    @Override
    public Total total() {
        return new Total.Exact(count());
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Key id(K key) {
        return mapping.id(key);
    }

    @Override
    public K key(Key id) {
        return mapping.key(id);
    }

    @Override
    public Signal<SourceState> source() {
        return courier.state();
    }

    @Override
    public Ledger ledger() {
        return courier.ledger();
    }

    @Override
    public void refresh(Duration timeout) {
        courier.refresh(timeout);
    }

    @Override
    public void settle(Duration timeout) {
        if (!reducer.monitor().await(() -> reducer.isClosed() || reducer.isSettled(), timeout)) {
            throw new TimedOut("the writes to " + name(), timeout);
        }
    }

    @Override
    public void close() {
        if (reducer.isClosed()) {
            return;
        }
        reducer.close();
        courier.stop();
        reducer.release();
        definition.table().close();
    }
}
