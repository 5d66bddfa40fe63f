package dev.orrery.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The place of a key in a {@link LocalRelation}, there as long as the relation, whether the key has
 * a value or not. For authors of runtimes, who read it without looking it up and keep one thing of
 * their own beside it. Thread-safe.
 */
public sealed interface Slot<K, V> permits Cell {
    /** The key. */
    K key();

    /** The value as of a revision, which must be pinned; not tracked. */
    Optional<V> at(long revision);

    /**
     * The revision that gave the key its newest value, counting a commit whose versions are
     * installed but not yet published; zero when no commit has.
     */
    long changedAt();

    /** What is kept beside it; null when nothing is. */
    @Nullable Object attached();

    /**
     * Keeps something beside it for ever, unless something is already.
     *
     * @return what is kept
     */
    Object attach(Object thing);
}
