package dev.orrery.query;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Reference;
import dev.orrery.core.Type;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Values that are kept once each, under ids: equal values have the same id, and ids are compared as
 * objects, however large the values are. Thread-safe.
 *
 * <p>An id is an immutable fact: interning makes no revision, puts nothing in doubt, and can be
 * done anywhere, in a body or outside; an id can be read in any snapshot, also an older one. A
 * value is kept as long as somebody holds its id (a remembered result, an input's value, your own
 * code), and goes with the last of them. Its number is not given to another value, ever.
 *
 * <p>With a store an id keeps its number over a restart, and can be part of the keys and values of
 * inputs and queries that are defined after this.
 */
public final class Interned<V> {
    private final String name;
    private final Type<V> type;
    private final Map<V, Held<V>> byValue = new ConcurrentHashMap<>();
    private final Map<Long, Held<V>> byNumber = new ConcurrentHashMap<>();

    /** Ids that came from a store and that nobody has asked for in this life. */
    private final Map<Long, Id<V>> untouched = new ConcurrentHashMap<>();

    private final ReferenceQueue<Id<V>> left = new ReferenceQueue<>();
    private BooleanSupplier mayLetGo = () -> true;
    private long greatest;

    /** An entry as long as its id is held by somebody. */
    private static final class Held<V> extends WeakReference<Id<V>> {
        final V value;
        final long number;

        /** Whether it is in the store; guarded by the save that is under way. */
        boolean stored;

        Held(Id<V> id, ReferenceQueue<Id<V>> left) {
            super(id, left);
            this.value = id.value;
            this.number = id.number;
        }
    }

    /**
     * What stands for an interned value. There is one for equal values, as long as anybody holds
     * it, so ids are compared by identity. Ordered by number. Immutable.
     */
    public static final class Id<V> implements Reference, Comparable<Id<V>> {
        private final Interned<V> home;
        private final long number;
        private final V value;

        private Id(Interned<V> home, long number, V value) {
            this.home = home;
            this.number = number;
            this.value = value;
        }

        /** The number, from 1 on; it is never another value's in the same place. */
        public long number() {
            return number;
        }

        /** The value. */
        public V value() {
            return value;
        }

        @Override
        public String text() {
            return number + " " + home.name;
        }

        /** By number: in the order of interning. */
        @Override
        @SuppressWarnings("ComparableType") // ids are compared with those of their own values
        public int compareTo(Id<V> other) {
            return Long.compare(number, other.number);
        }

        @Override
        public String toString() {
            return home.name + " " + number + " (" + value + ")";
        }
    }

    Interned(String name, Type<V> type) {
        this.name = name;
        this.type = type;
    }

    /** The name it was defined under. */
    public String name() {
        return name;
    }

    /** The values' type, as defined. */
    public Type<V> valueType() {
        return type;
    }

    /** The id of a value: the one it has, or a new one. */
    public Id<V> of(V value) {
        Objects.requireNonNull(value, "nothing cannot be interned");
        forgetLeft();
        Id<V> known = held(byValue.get(value));
        return known != null ? known : make(value);
    }

    private synchronized Id<V> make(V value) { // law Q37
        Id<V> known = held(byValue.get(value));
        if (known != null) {
            return known;
        }
        Id<V> id = new Id<>(this, ++greatest, value);
        keep(id);
        return id;
    }

    private Held<V> keep(Id<V> id) {
        Held<V> held = new Held<>(id, left);
        byValue.put(id.value, held);
        byNumber.put(id.number, held);
        return held;
    }

    private @Nullable Id<V> held(@Nullable Held<V> held) {
        if (held == null) {
            return null;
        }
        Id<V> id = held.get();
        if (id != null && !untouched.isEmpty()) {
            untouched.remove(id.number); // from now on it is kept by those who hold it
        }
        return id;
    }

    /** The id with a number, if its value is there. */
    public Optional<Id<V>> find(long number) {
        return Optional.ofNullable(held(byNumber.get(number)));
    }

    /**
     * The id with a number.
     *
     * @throws Missing when there is none, or nobody holds it any more
     */
    public Id<V> require(long number) {
        return find(number).orElseThrow(() -> new Missing(name, number));
    }

    /** How many values are kept. */
    public long size() {
        forgetLeft();
        return byNumber.size();
    }

    /** Drops the entries whose ids nobody holds any more. */
    @SuppressWarnings("unchecked") // the queue has entries of this only
    private void forgetLeft() {
        for (var gone = left.poll(); gone != null; gone = left.poll()) {
            forget((Held<V>) gone);
        }
    }

    private synchronized void forget(Held<V> gone) {
        if (gone.stored && !mayLetGo.getAsBoolean()) {
            if (byValue.get(gone.value) == gone) {
                stay(new Id<>(this, gone.number, gone.value), true);
            }
            return;
        }
        byValue.remove(gone.value, gone);
        byNumber.remove(gone.number, gone);
    }

    /** Keeps an id that came from the store whether anybody holds it or not. */
    private void stay(Id<V> id, boolean stored) {
        untouched.put(id.number, id);
        keep(id).stored = stored;
    }

    // over a restart

    /** What a number stands for in a store. */
    record Entry<V>(long number, V value) {}

    /**
     * Takes over what a store has, before anybody interns.
     *
     * @param after no number up to this one is given to another value
     * @param stored whether the store has them just so
     */
    synchronized void restore(List<Entry<V>> entries, long after, boolean stored) {
        greatest = Math.max(greatest, after);
        for (Entry<V> each : entries) {
            if (!byNumber.containsKey(each.number) && !byValue.containsKey(each.value)) {
                stay(new Id<>(this, each.number, each.value), stored);
            }
        }
    }

    /** Lets go of what is in the store only when all that may name it there has been read. */
    void keepWhile(BooleanSupplier isUnread) {
        mayLetGo = () -> !isUnread.getAsBoolean();
    }

    /** Everything that is kept, or what of it a store does not have. */
    List<Entry<V>> entries(boolean all) {
        forgetLeft();
        List<Entry<V>> entries = new ArrayList<>();
        for (Held<V> held : byNumber.values()) {
            if (all || !held.stored) {
                entries.add(new Entry<>(held.number, held.value));
            }
        }
        return entries;
    }

    /** These are in the store now. */
    void stored(List<Entry<V>> entries) {
        for (Entry<V> each : entries) {
            Held<V> held = byNumber.get(each.number);
            if (held != null) {
                held.stored = true;
            }
        }
    }

    /** The greatest number given so far. */
    synchronized long greatest() {
        return greatest;
    }

    @Override
    public String toString() {
        return name + ": " + type;
    }
}
