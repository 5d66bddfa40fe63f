package dev.orrery.view;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Timeline;
import dev.orrery.core.Versioned;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens live results over the relations of one timeline: the front door of this module.
 *
 * <p>Whoever asks an equal question shares one result, which is kept up as long as somebody holds
 * it. Opening reads the relations once, while commits go on. Thread-safe.
 */
public final class Views implements AutoCloseable {
    private final Timeline timeline;
    private final ReentrantLock registry = new ReentrantLock();
    private final Map<Object, Shared<?>> shared = new HashMap<>();
    private final Set<Handle> handles = ConcurrentHashMap.newKeySet();
    private final AtomicLong opened = new AtomicLong();
    private volatile boolean closed;

    /** What makes two value views the same. */
    private record Question(Select select, Aggregate<?> aggregate) {}

    /** A result with the number of its holders, which is guarded by the registry's lock. */
    private static final class Shared<M extends Maintained<?>> {
        private final M maintained;
        private final ReentrantLock opening = new ReentrantLock();
        private boolean open;
        private @Nullable RuntimeException refused;
        private int holders;

        private Shared(M maintained) {
            this.maintained = maintained;
        }

        private void open() {
            opening.lock();
            try {
                if (refused != null) {
                    throw refused;
                }
                if (!open) {
                    maintained.open();
                    open = true;
                }
            } catch (RuntimeException e) {
                refused = e;
                throw e;
            } finally {
                opening.unlock();
            }
        }

        private void close() {
            opening.lock();
            try {
                if (open) {
                    maintained.close();
                }
            } finally {
                opening.unlock();
            }
        }
    }

    /** Views over the relations of a timeline. */
    public Views(Timeline timeline) {
        this.timeline = timeline;
    }

    /**
     * The rows of a select.
     *
     * @throws dev.orrery.core.OrreryException.Invalid when it names a column that no relation of it
     *     has, where their columns are known
     */
    public TableView<Row> table(Select select) {
        return table(select, Function.identity());
    }

    /**
     * The rows of a select, read as records; only the columns the record has are looked at, unless
     * the select names its own.
     *
     * @throws BadDefinition when rows cannot be read as the record
     */
    public <R extends Record> TableView<R> table(Select select, Class<R> type) {
        Select narrowed = select.columns() == null ? select.columns(Shape.of(type)) : select;
        return table(narrowed, row -> row.as(type));
    }

    private <R> TableView<R> table(Select select, Function<Row, R> mapping) {
        Shared<MaintainedTable> held =
                hold(select, select, () -> new MaintainedTable(timeline, select));
        MaintainedTable table = held.maintained;
        PatchFeed patches = new PatchFeed(table, nextEpoch());
        table.attach(patches);
        Handle handle =
                handle(
                        table.toString(),
                        () -> {
                            table.detach(patches);
                            release(select, held);
                        });
        return new TableView<>(table, mapping, patches, handle);
    }

    /**
     * A value made of the rows of a select.
     *
     * @throws Unsupported when the select is limited: which rows are in would depend on the order
     */
    public <V> ValueView<V> value(Select select, Aggregate<V> aggregate) {
        if (select.isLimited()) {
            throw new Unsupported("be aggregated; leave the limit out", select.toString());
        }
        Select set = select.asSet();
        Question question = new Question(set, aggregate);
        Shared<MaintainedValue<?, V>> held =
                hold(
                        question,
                        set,
                        () -> MaintainedValue.of(timeline, set, aggregate, nextEpoch()));
        MaintainedValue<?, V> value = held.maintained;
        return new ValueView<>(value, handle(value.toString(), () -> release(question, held)));
    }

    /** Names a numbering of this opening that no other feed has. */
    private String nextEpoch() {
        return timeline.epoch() + ".v" + opened.incrementAndGet();
    }

    private Handle handle(String name, Runnable release) {
        Handle handle =
                new Handle(
                        name,
                        self -> {
                            handles.remove(self);
                            release.run();
                        });
        handles.add(handle);
        if (closed) { // in between: nobody else would close this one
            handle.close();
            throw new Closed("views");
        }
        return handle;
    }

    @SuppressWarnings("unchecked") // a question is answered by one kind of result
    private <M extends Maintained<?>> Shared<M> hold(
            Object question, Select select, Supplier<M> making) {
        checkTimeline(select);
        select.requireColumns();
        Shared<M> held;
        registry.lock();
        try {
            if (closed) {
                throw new Closed("views");
            }
            Shared<?> known = shared.get(question);
            held =
                    known != null && !known.maintained.isBroken()
                            ? (Shared<M>) known
                            : new Shared<>(making.get());
            shared.put(question, held);
            held.holders++;
        } finally {
            registry.unlock();
        }
        try {
            held.open();
            return held;
        } catch (RuntimeException | Error e) {
            release(question, held);
            throw e;
        }
    }

    private void checkTimeline(Select select) {
        checkTimeline(select.from());
        if (select.join() != null) {
            checkTimeline(select.join().relation());
        }
    }

    private void checkTimeline(Versioned<?, ?> relation) {
        if (relation.timeline() != timeline) {
            throw new Unsupported("read " + relation.name(), "a view of another timeline");
        }
    }

    private void release(Object question, Shared<?> held) {
        registry.lock();
        try {
            if (--held.holders > 0) {
                return;
            }
            shared.remove(question, held);
        } finally {
            registry.unlock();
        }
        held.close();
    }

    /** How many results are kept up. */
    public int size() {
        registry.lock();
        try {
            return shared.size();
        } finally {
            registry.unlock();
        }
    }

    /** Closes every view that is open, and refuses new ones; idempotent. */
    @Override
    public void close() {
        closed = true;
        handles.forEach(Handle::close);
    }
}
