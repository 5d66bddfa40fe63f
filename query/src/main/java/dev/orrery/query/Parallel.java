package dev.orrery.query;

import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads that are done side by side: inside a query's body they belong to it as if they were done
 * one after the other, in the order they are given in; inside a snapshot, and outside, all of them
 * are of one revision. Stateless.
 *
 * <p>The caller waits for all, also when some fail, so that what is read and what comes of it do
 * not depend on who was faster; the first failure in the given order is thrown. An interrupt stops
 * all, and is {@code Cancelled} when they have ended. Threads are the runtime's, as many at once as
 * there are results to compute, up to 128. Within a circle that is computed in rounds, and inside a
 * commit's work, it is one after the other.
 */
public final class Parallel {
    private Parallel() {}

    /**
     * The results of a query for keys, in the order of the keys. Those that are there are taken on
     * the caller's own thread.
     */
    public static <K, V> List<V> map(Collection<? extends K> keys, Query<K, V> query) {
        if (!(query instanceof Definition<K, V> definition)) {
            List<V> values = new ArrayList<>(keys.size());
            keys.forEach(key -> values.add(query.of(key)));
            return values;
        }
        return memos(definition, keys, definition::value);
    }

    /** The results of a query for keys, in the order of the keys, each a value or its failure. */
    public static <K, V> List<Outcome<V>> outcomes(
            Collection<? extends K> keys, Query<K, V> query) {
        if (!(query instanceof Definition<K, V> definition)) {
            List<Outcome<V>> outcomes = new ArrayList<>(keys.size());
            keys.forEach(key -> outcomes.add(query.outcome(key)));
            return outcomes;
        }
        return memos(definition, keys, definition::outcome);
    }

    /** What some functions return, in their order; each may read whatever it wants. */
    public static <T> List<T> all(Collection<? extends Supplier<? extends T>> functions) {
        if (Tracking.frame() instanceof Context context && context.evaluation == null) {
            context.checkThread();
            List<Part<T>> parts = new ArrayList<>(functions.size());
            functions.forEach(function -> parts.add(new Part<>(context, function)));
            return results(context, parts);
        }
        List<T> results = new ArrayList<>(functions.size());
        functions.forEach(function -> results.add(function.get()));
        return results;
    }

    private static <T> List<T> results(Context context, List<Part<T>> parts) {
        @Nullable Throwable[] thrown = Fork.all(context, parts);
        Recording recording = context.recording;
        if (recording != null && !context.engine.faults.has(Fault.PARTS_FORGOTTEN)) {
            parts.forEach(part -> recording.read(part.recording));
        }
        List<T> results = new ArrayList<>(parts.size());
        for (int i = 0; i < thrown.length; i++) {
            Fork.rethrow(thrown[i]);
            results.add(parts.get(i).result());
        }
        return results;
    }

    private static <K, V, R> List<R> memos(
            Definition<K, V> definition, Collection<? extends K> keys, Function<Memo, R> result) {
        Function<Context, List<R>> access =
                context -> memos(context, definition, keys).stream().map(result).toList();
        return switch (Tracking.scope()) {
            case Context context when context.engine.root == definition.engine ->
                    access.apply(context);
            case Tracking.Frame _ -> keys.stream().map(definition::memo).map(result).toList();
            case Transaction transaction -> definition.engine.of(transaction).access(access);
            case null, default -> definition.engine.access(access);
        };
    }

    /** Obtains what is not there side by side, then reads all in order. */
    private static <K> List<Memo> memos(
            Context context, Definition<K, ?> definition, Collection<? extends K> keys) {
        context.checkThread();
        List<Node> nodes = new ArrayList<>(keys.size());
        keys.forEach(key -> nodes.add(context.engine.node(definition, key)));
        if (context.evaluation == null) {
            Set<Node> missing = new LinkedHashSet<>(nodes);
            missing.removeIf(node -> node.valueAt(context.revision) != null);
            if (missing.size() > 1) {
                Fork.all(context, missing.stream().map(Parallel::obtaining).toList());
            }
        }
        return nodes.stream().map(context::read).toList();
    }

    private static Fork.Task obtaining(Node node) {
        return inner -> Obtain.memo(inner, node);
    }

    /** A function that is one of several side by side. */
    private static final class Part<T> implements Fork.Task {
        private final Supplier<? extends T> function;
        private final boolean records;
        final Recording recording;
        private @Nullable T result;

        Part(Context context, Supplier<? extends T> function) {
            this.function = function;
            this.records = context.recording != null;
            this.recording = new Recording(null).begin(null);
        }

        @Override
        public void run(Context context) {
            if (records) {
                context.recording = recording;
            }
            result = function.get();
        }

        @SuppressWarnings("NullAway") // what the function returned, null too if that is its way
        T result() {
            return result;
        }
    }
}
