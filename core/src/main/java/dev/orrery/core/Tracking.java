package dev.orrery.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a read knows where it happens: inside a query's frame, inside a commit's work, or nowhere in
 * particular.
 *
 * <p>The scope is bound with a {@link ScopedValue} once per outermost access or thread hop, never
 * handed in. Inside a frame every read of a source is answered as of the frame's revision and, if
 * the frame is a query's, recorded. For authors of sources and of runtimes; users need {@link
 * #untracked} at most.
 */
public final class Tracking {
    private static final ScopedValue<Scope> SCOPE = ScopedValue.newInstance();

    private Tracking() {}

    /** What an access can be inside of. */
    public sealed interface Scope permits Frame, Transaction, Untracked {}

    /** The reads of one computation: all as of one pinned revision. Confined to its thread. */
    public non-sealed interface Frame extends Scope {
        /** The pinned revision all reads are of. */
        long revision();

        /** Reads a key, absence included. */
        <K, V> Optional<V> find(Versioned<K, V> source, K key);

        /** Reads the entries that meet a condition, in the order of their keys. */
        <K, V> List<Map.Entry<K, V>> select(Versioned<K, V> source, Condition condition);
    }

    /** The scope of {@link #untracked}: reads answer with the newest value and are not recorded. */
    static final class Untracked implements Scope {
        private static final Untracked INSTANCE = new Untracked();
    }

    /** The scope of the calling thread, null outside all. */
    public static @Nullable Scope scope() {
        return SCOPE.isBound() ? SCOPE.get() : null;
    }

    /** The frame of the calling thread, null when it is in none. */
    public static @Nullable Frame frame() {
        return scope() instanceof Frame frame ? frame : null;
    }

    /** Runs a body whose reads belong to a frame. */
    public static <T, X extends Throwable> T within(
            Frame frame, ScopedValue.CallableOp<? extends T, X> body) throws X {
        return ScopedValue.where(SCOPE, (Scope) frame).<T, X>call(body);
    }

    static <T, X extends Throwable> T within(
            Transaction transaction, ScopedValue.CallableOp<? extends T, X> body) throws X {
        return ScopedValue.where(SCOPE, (Scope) transaction).<T, X>call(body);
    }

    /**
     * Runs a body whose reads are not recorded and answer with the newest value, also inside a
     * query.
     */
    public static <T> T untracked(Supplier<T> body) {
        return ScopedValue.where(SCOPE, (Scope) Untracked.INSTANCE).call(body::get);
    }
}
