package dev.orrery.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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
    /*
     * Most reads are outside of all scopes, so that is found out first: how many threads are inside of one is counted
     * in stripes, and a thread whose stripe counts none is in none. It has counted itself there, and no count is lost.
     * Threads that were started in a frame are counted too, all together, until whoever started them leaves it.
     */
    private static final int STRIPES = 64;
    private static final int APART = 32;
    private static final int[] INSIDE = new int[(STRIPES + 1) * APART];
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);
    private static final AtomicInteger STRAYS = new AtomicInteger();

    private static int stripe() {
        return (1 + ((int) Thread.currentThread().threadId() & (STRIPES - 1))) * APART;
    }

    /** Whether this thread is in no scope for sure. */
    private static boolean isOutside() {
        return (int) COUNT.getOpaque(INSIDE, stripe()) == 0 && STRAYS.get() == 0;
    }

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
                                case Frame frame -> parent.stray(frame);
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

        /** How many threads were started in frames since the outermost scope was entered. */
        private int strays;

        private Stray stray(Frame frame) {
            strays++;
            STRAYS.incrementAndGet();
            return new Stray(this, frame);
        }
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
        if (isOutside()) {
            return null;
        }
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
        return isOutside() ? null : PLACE.get().around;
    }

    /** Runs a body whose reads belong to a frame. */
    public static <T, X extends Throwable> T within(
            Frame frame, ScopedValue.CallableOp<? extends T, X> body) throws X {
        return in(frame, frame, body);
    }

    static <T, X extends Throwable> T within(
            Transaction transaction, ScopedValue.CallableOp<? extends T, X> body) throws X {
        return in(transaction, null, body);
    }

    private static <T, X extends Throwable> T in(
            Scope inner, @Nullable Frame frame, ScopedValue.CallableOp<? extends T, X> body)
            throws X {
        Place place = PLACE.get();
        Scope scope = place.scope;
        if (scope == null || scope instanceof Stray) {
            return outermost(place, inner, frame, body);
        }
        Frame around = place.around;
        place.scope = inner;
        place.around = frame == null ? around : frame;
        try {
            return body.call();
        } finally { // by stores alone, for which there is always room on the stack
            place.scope = scope;
            place.around = around;
        }
    }

    private static <T, X extends Throwable> T outermost(
            Place place,
            Scope inner,
            @Nullable Frame frame,
            ScopedValue.CallableOp<? extends T, X> body)
            throws X {
        Scope scope = place.scope;
        COUNT.getAndAdd(INSIDE, stripe(), 1);
        place.scope = inner;
        place.around = frame;
        try {
            return body.call();
        } finally { // stores first; without room for the rest more is looked at than has to be
            place.scope = scope;
            place.around = null;
            COUNT.getAndAdd(INSIDE, stripe(), -1);
            if (place.strays > 0) {
                STRAYS.addAndGet(-place.strays);
                place.strays = 0;
            }
        }
    }

    /**
     * Runs a body whose reads are not recorded and answer with the newest value, also inside a
     * query.
     */
    public static <T> T untracked(Supplier<T> body) {
        return Tracking.<T, RuntimeException>in(Untracked.INSTANCE, null, body::get);
    }
}
