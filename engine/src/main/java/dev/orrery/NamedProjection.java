package dev.orrery;

import dev.orrery.core.Codec;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.projection.LiveProjection;
import org.jspecify.annotations.Nullable;

/**
 * A running projection as those outside speak of it: its keys as text, its states as value trees.
 * Immutable.
 */
public final class NamedProjection<K, S> {
    private final LiveProjection<K, S> live;
    private final Codec<K> keys;
    private final Codec<S> states;

    NamedProjection(LiveProjection<K, S> live, Codec<K> keys, Codec<S> states) {
        this.live = live;
        this.keys = keys;
        this.states = states;
    }

    /** The projection itself. */
    public LiveProjection<K, S> live() {
        return live;
    }

    /**
     * The key of a text, as in the names of its channels.
     *
     * @throws OrreryException.Invalid when no key is written so
     */
    public K key(String text) {
        return keys.fromKey(Key.parse(text));
    }

    /** The text of a key. */
    public String text(K key) {
        return keys.toKey(key).text();
    }

    /**
     * The state of a value tree.
     *
     * @throws OrreryException.Invalid when it does not make one
     */
    public S state(@Nullable Object tree) {
        return states.fromValue(tree);
    }
}
