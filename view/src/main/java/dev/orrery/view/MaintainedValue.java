package dev.orrery.view;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Commit;
import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * An aggregate over the rows of a select, shared by every value view that asks the same.
 * Thread-safe.
 *
 * @param <A> what is kept between rows
 * @param <V> the value
 */
final class MaintainedValue<A, V> extends Maintained<MaintainedValue.Result<V>> {
    private static final int UPDATES_KEPT = 256;

    private final Visits visits = new Visits();
    private final Assembler<?, ?> assembler;
    private final Aggregate.Fold<A, V> fold;
    private final Latest<Optional<Result<V>>> latest;
    private final Broadcast<V> values;
    private final Feed<Update<V, V>> feed;
    private final LongAdder told = new LongAdder();
    private A kept;
    private boolean touched;
    private volatile Update.@Nullable Whole<V, V> whole;

    /**
     * The value between two of its changes, and why it is the last one if it is. Immutable;
     * compared by identity.
     */
    static final class Result<V> {
        private final V value;
        private final Optional<UserFailure> failure;

        private Result(V value, Optional<UserFailure> failure) {
            this.value = Objects.requireNonNull(value);
            this.failure = failure;
        }

        V value() {
            return value;
        }

        Optional<UserFailure> failure() {
            return failure;
        }
    }

    private MaintainedValue(
            Timeline timeline,
            Select select,
            String name,
            Aggregate.Fold<A, V> fold,
            String epoch) {
        super(timeline, name);
        this.assembler = Assembler.of(select, visits);
        this.fold = fold;
        this.kept = fold.empty();
        this.latest = new Latest<>(epoch, Optional.empty());
        this.values = new Broadcast<>(epoch, UPDATES_KEPT);
        this.feed = new StateFeed<>(values, this::whole);
    }

    static <V> MaintainedValue<?, V> of(
            Timeline timeline, Select select, Aggregate<V> aggregate, String epoch) {
        return of(timeline, select, aggregate + " of " + select, aggregate.fold(), epoch);
    }

    private static <A, V> MaintainedValue<A, V> of(
            Timeline timeline,
            Select select,
            String name,
            Aggregate.Fold<A, V> fold,
            String epoch) {
        return new MaintainedValue<>(timeline, select, name, fold, epoch);
    }

    @Override
    Result<V> build(long revision) {
        assembler.findAll(revision, (_, row) -> kept = fold.enter().apply(kept, row));
        return new Result<>(fold.result().apply(kept), Optional.empty());
    }

    @Override
    Result<V> advance(Result<V> state, Commit commit) {
        touched = false;
        assembler.follow(commit, this::differ);
        if (!touched) {
            return state;
        }
        V value = fold.result().apply(kept);
        return value.equals(state.value) ? state : new Result<>(value, state.failure);
    }

    @Override
    boolean isConcernedBy(Commit commit) {
        return assembler.isConcernedBy(commit);
    }

    private void differ(Object key, @Nullable Row before, @Nullable Row after) {
        if (Objects.equals(before, after)) {
            return;
        }
        touched = true;
        step(fold.leave(), before);
        step(fold.enter(), after);
    }

    private void step(BiFunction<A, Row, A> step, @Nullable Row row) {
        if (row != null) {
            kept = step.apply(kept, row);
        }
    }

    @Override
    Result<V> failed(Result<V> state, UserFailure why) {
        return new Result<>(state.value, Optional.of(why));
    }

    @Override
    void begin(Result<V> state) {
        whole = new Update.Whole<>(values.head(), state.value);
        latest.set(Optional.of(state));
    }

    @Override
    void tell(Result<V> state) {
        if (state.failure.isEmpty()) {
            Cursor.Numbered head = values.head();
            told.increment();
            whole =
                    new Update.Whole<>(
                            new Cursor.Numbered(head.epoch(), head.offset() + 1), state.value);
            values.publish(
                    state.value); // the whole first: it is never behind an entry somebody has
        }
        latest.set(Optional.of(state));
    }

    private Update.Whole<V, V> whole() {
        return Objects.requireNonNull(whole);
    }

    /** The newest result, to be watched; never empty once open. */
    Latest<Optional<Result<V>>> latest() {
        return latest;
    }

    Feed<Update<V, V>> feed() {
        return feed;
    }

    Cursor.Numbered place() {
        return values.head();
    }

    /** Each value that was told is one patch. */
    Upkeep upkeep() {
        return new Upkeep(looked(), changed(), told.sum(), 0);
    }

    long visited() {
        return visits.total();
    }
}
