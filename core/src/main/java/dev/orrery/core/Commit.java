package dev.orrery.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One atomic step of the timeline: its revision, why it was made, and what it changed in each
 * source. Immutable once published; while hooks derive, further change sets may be added.
 */
public final class Commit {
    private final Revision revision;
    private final String cause;
    private final List<Origin> origins;
    private final List<ChangeSet<?, ?>> changes;

    /** The cells that changed, in the order of the changes. */
    final List<Cell<?, ?>> touched;

    /**
     * Facts that a commit is made of, as the author of a source knows them: events that were
     * folded, a write that was asked for. Immutable.
     */
    public interface Origin {}

    Commit(
            Revision revision,
            String cause,
            List<Origin> origins,
            List<ChangeSet<?, ?>> changes,
            int writes) {
        this.touched = new ArrayList<>(writes);
        this.revision = revision;
        this.cause = cause;
        this.origins = origins;
        this.changes = changes;
    }

    /** The revision this commit made. */
    public Revision revision() {
        return revision;
    }

    /** What made the commit, in a word: the name of a projection, a live table, an input. */
    public String cause() {
        return cause;
    }

    /** The facts it is made of, as far as its authors said so. */
    public List<Origin> origins() {
        return origins;
    }

    /** What changed, a set for each source touched. */
    public List<ChangeSet<?, ?>> changes() {
        return Collections.unmodifiableList(changes);
    }

    /** What changed in one source. */
    @SuppressWarnings("unchecked") // a change set carries the types of its source
    public <K, V> Optional<ChangeSet<K, V>> changesOf(Versioned<K, V> source) {
        for (ChangeSet<?, ?> set : changes) {
            if (set.source().equals(source)) {
                return Optional.of((ChangeSet<K, V>) set);
            }
        }
        return Optional.empty();
    }

    /** Tells of what is attached to the slots of the keys that changed, in order. */
    public void forEachAttached(Consumer<Object> action) {
        for (Cell<?, ?> cell : touched) {
            Object attached = cell.attached();
            if (attached != null) {
                action.accept(attached);
            }
        }
    }

    @Override
    public String toString() {
        return revision + " by " + cause + " " + changes;
    }
}
