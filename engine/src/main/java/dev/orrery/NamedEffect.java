package dev.orrery;

import dev.orrery.core.Codec;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.projection.LiveEffect;

/** A running effect as those outside speak of it: its keys as text. Immutable. */
public final class NamedEffect<K> {
    private final LiveEffect<K> live;
    private final Codec<K> keys;

    NamedEffect(LiveEffect<K> live, Codec<K> keys) {
        this.live = live;
        this.keys = keys;
    }

    /** The effect itself. */
    public LiveEffect<K> live() {
        return live;
    }

    /**
     * The key of a text.
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
}
