package dev.orrery.query;

import dev.orrery.core.Condition;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Slot;
import dev.orrery.core.Tracking;
import dev.orrery.core.Versioned;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One access under way: the pinned revision all its reads are of, and the body that is running now.
 * Confined to its thread, and refuses to be used from another.
 */
final class Context implements Tracking.Frame {
    final Engine engine;
    final long revision;
    final Strand strand;
    private final Thread owner = Thread.currentThread();

    /** What the running body has read; null in a snapshot's own reads, which nobody remembers. */
    @Nullable Recording recording;

    private @Nullable Recording outermost;

    /** The circle whose members' bodies run now; reads are of their provisional values. */
    @Nullable FixedPoint evaluation;

    /** How many bodies are running one inside another on this thread. */
    int depth;

    /**
     * Set when something was interrupted, so that no body can make a result out of what is left.
     */
    boolean cancelled;

    Context(Engine engine, long revision, Strand strand) {
        this.engine = engine;
        this.revision = revision;
        this.strand = strand;
    }

    /** The recording for a body inside the one that another belongs to. */
    Recording inner(@Nullable Recording outer) {
        if (outer != null) {
            return outer.inner();
        }
        Recording known = outermost;
        if (known == null) {
            known = new Recording(null);
            outermost = known;
        }
        return known;
    }

    /** Binds this to its thread while an access runs. */
    <T> T within(ScopedValue.CallableOp<? extends T, RuntimeException> access) {
        return Tracking.<T, RuntimeException>within(this, access);
    }

    @Override
    public long revision() {
        return revision;
    }

    /** The memo of a query's key at this context's revision, recorded. */
    Memo read(Node node) {
        checkThread();
        FixedPoint circle = evaluation;
        if (circle != null) {
            return circle.read(node);
        }
        if (depth == 0 && recording == null) {
            cancelled = false; // a snapshot goes on after an interrupt
        }
        Memo memo = node.valueAt(revision);
        if (memo == null) {
            memo = Obtain.memo(this, node);
        } else {
            node.definition.hit(memo);
        }
        if (recording != null) {
            recording.read(node, memo, engine.faults);
        }
        return memo;
    }

    @Override
    public <K, V> Optional<V> find(Versioned<K, V> source, K key) {
        checkThread();
        Versioned<K, V> own = engine.timeline.own(source);
        if (own.isFrozen() && engine.root.saving() == null) { // another life may have other facts
            Optional<V> value = own.findAt(key, revision);
            if (value.isPresent() || engine.faults.has(Fault.FROZEN_ABSENCE_FORGOTTEN)) {
                holdsSince(value.isPresent() ? own.changedAt(key) : 0); // law Q43
                return value;
            }
        }
        FixedPoint circle = evaluation;
        Recording reads = recording;
        if (circle == null && reads == null) {
            return own.findAt(key, revision);
        }
        Leaf leaf = engine.sources.key(own, key);
        record(leaf);
        return leaf.valueAt(own, key, revision);
    }

    /** The same for a key whose place is known. */
    <K, V> Optional<V> find(LocalRelation<K, V> source, Slot<K, V> slot) {
        if (source.timeline() != engine.timeline) {
            return find(source, slot.key());
        }
        checkThread();
        if (evaluation != null || recording != null) {
            record(engine.sources.at(source, slot));
        }
        return slot.at(revision);
    }

    private void record(Leaf leaf) {
        FixedPoint circle = evaluation;
        Recording reads = recording;
        if (circle != null) {
            circle.read(leaf);
        } else if (reads != null) {
            reads.read(leaf, revision);
        }
    }

    /** Something was read that need not be recorded, since it stays for ever. */
    private void holdsSince(long from) {
        FixedPoint circle = evaluation;
        if (circle != null) {
            circle.holdsSince(from);
        } else if (recording != null) {
            recording.holdsSince(from);
        }
    }

    @Override
    public <K, V> List<Map.Entry<K, V>> select(Versioned<K, V> source, Condition condition) {
        checkThread();
        if (recording == null && evaluation == null) {
            return engine.timeline.own(source).selectAt(condition, revision);
        }
        return engine.sets.select(this, source, condition);
    }

    /** Reads the source itself for the node that remembers a set. */
    <K, V> List<Map.Entry<K, V>> scan(Versioned<K, V> source, Condition condition) {
        Versioned<K, V> own = engine.timeline.own(source);
        FixedPoint circle = evaluation;
        if (circle != null) {
            circle.read(engine.sources.set(own, condition));
        } else if (recording != null) {
            recording.read(engine.sources.set(own, condition), revision);
        }
        return List.copyOf(own.selectAt(condition, revision));
    }

    /** Refuses to go on in another thread. */
    void checkThread() {
        if (!Thread.currentThread().equals(owner)) {
            throw new OrreryException.Unsupported(
                    "be read for a query in another thread than the one that runs its body",
                    "a source");
        }
    }
}
