package dev.orrery.core;

/**
 * What stands on sources and follows each commit. For authors of runtimes: the query engine marks,
 * views maintain themselves.
 *
 * <p>Called by the committing thread under the commit lock, one commit at a time, in the order of
 * attachment. An implementation must be quick, must not commit, and must not wait for another
 * thread. What it throws is logged and costs only its own work for that commit.
 *
 * <ol>
 *   <li>{@link #derive}: all versions are installed and not yet visible; sources derived from
 *       others add their changes.
 *   <li>{@link #mark}: all changes of the commit are known; results that stand on them are marked.
 *   <li>the revision is published;
 *   <li>{@link #published}: whoever watches is told;
 *   <li>{@link #finished}: all of them were.
 * </ol>
 */
public interface CommitHook {
    /** Adds the changes of derived sources to the commit, through {@code derivation}. */
    default void derive(Commit commit, Derivation derivation) {}

    /** Marks what stands on the changed keys. */
    default void mark(Commit commit) {}

    /** Tells whoever watches; the revision is visible. */
    default void published(Commit commit) {}

    /** Every hook has told whoever watches: the place to note what a commit led to. */
    default void finished(Commit commit) {}

    /** Adds changes of derived relations to the commit under way. */
    interface Derivation {
        /**
         * Gives a key of a derived relation its value as of this commit; an equal value is no
         * change.
         */
        <K, V> void put(LocalRelation<K, V> relation, K key, V value);

        /** Takes a key's value away as of this commit. */
        <K, V> void remove(LocalRelation<K, V> relation, K key);
    }
}
