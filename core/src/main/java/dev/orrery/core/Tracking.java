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
 * <p>The scope belongs to the thread while a body runs, is set once per outermost access or thread
 * hop, and never handed in. Inside a frame every read of a source is answered as of the frame's
 * revision and, if the frame is a query's, recorded. For authors of sources and of runtimes; users
 * need {@link #untracked} at most.
 */
public final class Tracking {
    private static final ThreadLocal<Place> PLACE =
            new InheritableThreadLocal<>() {
                @Override
                protected Place initialValue() {
                    return new Place();
                }

                @Override
                protected Place childValue(Place parent) {
                    Place place = new Place();
                    place.scope =
                            switch (parent.scope) { // law C62
                                case Frame frame -> new Stray(parent, frame);
                                case Stray stray -> stray;
                                case null, default -> null;
                            };
                    return place;
                }
            };

    /** Where a thread is, kept for it: entering a scope and leaving it are stores. */
    private static final class Place {
        private @Nullable Scope scope;

        /** The innermost frame, also where tracking is switched off or a commit's work runs. */
        private @Nullable Frame around;
    }

    private Tracking() {}

    /** What an access can be inside of. */
    public sealed interface Scope permits Frame, Transaction, Untracked, Stray {}

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

    /**
     * Where a thread is that was started in a frame: nowhere the frame knows of, so what it reads
     * would be missing there. Once the frame is left it is a thread like any other.
     */
    private static final class Stray implements Scope {
        private final Place starter;
        private final Frame frame;

        private Stray(Place starter, Frame frame) {
            this.starter = starter;
            this.frame = frame;
        }

        /** Whether the frame was left; it may be found out a little late, never too early. */
        @SuppressWarnings("ReferenceEquality") // the very frame
        private boolean isOver() {
            return starter.around != frame;
        }
    }

    /**
     * The scope of the calling thread, null outside all.
     *
     * @throws OrreryException.Unsupported in a thread that was started in a frame which has not
     *     been left: it cannot read or commit, but {@link #untracked}
     */
    public static @Nullable Scope scope() {
        Place place = PLACE.get();
        return place.scope instanceof Stray stray ? outside(place, stray) : place.scope;
    }

    private static @Nullable Scope outside(Place place, Stray stray) {
        if (!stray.isOver()) {
            throw new OrreryException.Unsupported(
                    "be used in a thread that a query's body has started, unseen by the query",
                    "a source");
        }
        place.scope = null;
        return null;
    }

    /** The frame of the calling thread, null when it is in none. */
    public static @Nullable Frame frame() {
        return scope() instanceof Frame frame ? frame : null;
    }

    /**
     * The innermost frame that the calling thread is in, also where tracking is switched off; null
     * when there is none. For runtimes, to know a computation that goes through other code again.
     */
    public static @Nullable Frame around() {
        return PLACE.get().around;
    }

    /** Runs a body whose reads belong to a frame. */
    public static <T, X extends Throwable> T within(
            Frame frame, ScopedValue.CallableOp<? extends T, X> body) throws X {
        Place place = PLACE.get();
        Scope scope = place.scope;
        Frame around = place.around;
        place.scope = frame;
        place.around = frame;
        try {
            return body.call();
        } finally { // by stores alone, for which there is always room on the stack
            place.scope = scope;
            place.around = around;
        }
    }

    static <T, X extends Throwable> T within(
            Transaction transaction, ScopedValue.CallableOp<? extends T, X> body) throws X {
        return in(transaction, body);
    }

    private static <T, X extends Throwable> T in(
            Scope inner, ScopedValue.CallableOp<? extends T, X> body) throws X {
        Place place = PLACE.get();
        Scope scope = place.scope;
        place.scope = inner;
        try {
            return body.call();
        } finally {
            place.scope = scope;
        }
    }

    /**
     * Runs a body whose reads are not recorded and answer with the newest value, also inside a
     * query.
     */
    public static <T> T untracked(Supplier<T> body) {
        return Tracking.<T, RuntimeException>in(Untracked.INSTANCE, body::get);
    }
}
