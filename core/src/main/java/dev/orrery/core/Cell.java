package dev.orrery.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One key of a local relation: a chain of versions, newest first.
 *
 * <p>Written under the commit lock. A chain always ends either in a version that holds since ever
 * ({@code from == 0}, the restored value or absence) or in one that was cut because no pin and no
 * current reader can need what was behind.
 */
final class Cell<K, V> implements Slot<K, V> {
    final LocalRelation<K, V> relation;
    final K key;

    private static final VarHandle HEAD;
    private static final VarHandle ATTACHED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Cell.class, "head", Version.class);
            ATTACHED = lookup.findVarHandle(Cell.class, "attached", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Version<V> head;

    /** Whether somebody has it as a slot, so that it must stay. */
    private volatile boolean isSlot;

    /** Whether something newer of it is on its way, so that it must stay. */
    private volatile boolean isHeld;

    /** Whether it was looked for lately: a hint, which may be lost. */
    private boolean isUsed;

    private volatile @Nullable Object attached;

    Cell(LocalRelation<K, V> relation, K key, Optional<V> restored) {
        this(relation, key, new Version<>(restored, 0, null));
    }

    /** A cell whose value holds since a revision at the latest, and for every pin there is. */
    Cell(LocalRelation<K, V> relation, K key, Optional<V> value, long from) {
        this(relation, key, new Version<>(value, from, null));
    }

    private Cell(LocalRelation<K, V> relation, K key, Version<V> head) {
        this.relation = relation;
        this.key = key;
        this.head = head;
    }

    /** A cell of another relation with the same versions, each of whose values is mapped. */
    Cell<K, V> copy(LocalRelation<K, V> other, UnaryOperator<Optional<V>> mapping) {
        Version<V> newest = head;
        Version<V> top = new Version<>(mapping.apply(newest.value), newest.from, null);
        Version<V> last = top;
        for (Version<V> version = newest.older; version != null; version = version.older) {
            Version<V> older = new Version<>(mapping.apply(version.value), version.from, null);
            last.older = older;
            last = older;
        }
        return new Cell<>(other, key, top);
    }

    Version<V> head() {
        return head;
    }

    void install(Optional<V> value, long revision) {
        HEAD.setRelease(this, new Version<>(value, revision, head)); // a fence follows them all
    }

    /** The version that holds at a revision; null when the chain was cut above it. */
    @Nullable Version<V> versionAt(long revision) {
        Version<V> version = head;
        while (version != null && version.from > revision) {
            version = version.older;
        }
        return version;
    }

    /** The first revision after another that changed this cell, or the greatest long. */
    long nextAfter(long revision) {
        long next = Long.MAX_VALUE;
        for (Version<V> version = head;
                version != null && version.from > revision;
                version = version.older) {
            next = version.from;
        }
        return next;
    }

    /**
     * Drops what no reader at or after the horizon can see; true when more than the newest version
     * is left.
     */
    boolean cutBelow(long horizon) { // law C5
        Version<V> needed = versionAt(horizon);
        if (needed != null) {
            needed.older = null;
        }
        return head.older != null;
    }

    void announce() {
        relation.announce(key);
    }

    void forget() {
        relation.forget(this);
    }

    boolean isDead(long horizon) {
        return head.value.isEmpty() && head.older == null && head.from <= horizon && !isSlot;
    }

    // as one of many that need not all stay

    /** Whether nobody needs it who can look its value up elsewhere. */
    boolean isDispensable(long horizon) {
        return head.from <= horizon && !isHeld && !isSlot;
    }

    void hold() {
        isHeld = true;
    }

    void letGo() {
        isHeld = false;
    }

    boolean isHeld() {
        return isHeld;
    }

    void use() {
        if (!isUsed) { // a write only where it makes a difference
            isUsed = true;
        }
    }

    /** Whether it was used since this was asked last. */
    boolean takeUse() {
        boolean was = isUsed;
        isUsed = false;
        return was;
    }

    // as a slot

    /** Has it stay. Under the lock of the relation's map. */
    void keep() {
        isSlot = true;
    }

    boolean isSlot() {
        return isSlot;
    }

    @Override
    public K key() {
        return key;
    }

    @Override
    public Optional<V> at(long revision) {
        return relation.valueAt(this, revision);
    }

    @Override
    public long changedAt() {
        return head.from;
    }

    @Override
    public @Nullable Object attached() {
        return attached;
    }

    @Override
    public Object attach(Object thing) {
        Object before = ATTACHED.compareAndExchange(this, (Object) null, thing);
        return before == null ? thing : before;
    }
}
