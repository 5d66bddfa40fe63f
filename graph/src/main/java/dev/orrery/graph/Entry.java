package dev.orrery.graph;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One fact of a graph: an operation, who did it as which of his operations, when, and after what.
 * Named by the hash of its canonical bytes, in which everything of it is. Immutable.
 */
public final class Entry {
    private final Stamp stamp;
    private final @Nullable Hash previous;
    private final List<Hash> parents;
    private final Operation operation;
    private final byte[] bytes;

    /** Made by {@link EntryCodec}, which knows that the parts agree with the bytes. */
    Entry(
            Stamp stamp,
            @Nullable Hash previous,
            List<Hash> parents,
            Operation operation,
            byte[] bytes) {
        this.stamp = stamp;
        this.previous = previous;
        this.parents = parents;
        this.operation = operation;
        this.bytes = bytes;
    }

    /** What names it. */
    public Hash hash() {
        return stamp.hash();
    }

    /** The replica that wrote it; empty for a root. */
    public String author() {
        return stamp.author();
    }

    /** The how manieth entry of its author it is, from 1; 0 for a root. */
    public long sequence() {
        return stamp.sequence();
    }

    /** When it was written, by its author's clock. */
    public HybridTime time() {
        return stamp.time();
    }

    /** Its author's entry before it. */
    public Optional<Hash> previous() {
        return Optional.ofNullable(previous);
    }

    /** The newest entries its author knew, in the order of hashes. */
    public List<Hash> parents() {
        return parents;
    }

    /** What it does. */
    public Operation operation() {
        return operation;
    }

    /** Whether it begins a graph. */
    public boolean isRoot() {
        return operation instanceof Operation.Define;
    }

    /** Whether it says whose a key is. */
    boolean isAboutKeys() {
        return operation instanceof Operation.Grant || operation instanceof Operation.Revoke;
    }

    /** All that it follows: its parents, and its author's entry before it. */
    Stream<Hash> follows() {
        return Stream.concat(parents.stream(), previous().stream());
    }

    Stamp stamp() {
        return stamp;
    }

    /** The canonical bytes themselves, for reading only. */
    byte[] content() {
        return bytes;
    }

    /** The canonical bytes, in a fresh array. */
    public byte[] toArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Entry entry && hash().equals(entry.hash());
    }

    @Override
    public int hashCode() {
        return hash().hashCode();
    }

    @Override
    public String toString() {
        return author() + " " + sequence() + " at " + time() + ": " + operation;
    }
}
