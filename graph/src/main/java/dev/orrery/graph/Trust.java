package dev.orrery.graph;

import dev.orrery.core.Bytes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whose entries are taken in. Immutable: each method gives a trust with one thing changed.
 *
 * <p>An author's seal vouches for everything he wrote up to it, since his entries are linked by
 * hash. Where an author's key is known, a seal that does not fit is refused. Strict trust takes in
 * only what a known author has sealed; what is not sealed yet waits for its seal. An author may
 * have several keys, so that one can be changed for another.
 */
public final class Trust {
    private static final Trust OPEN = new Trust(false, Map.of(), Set.of());

    private final boolean strict;
    private final Map<String, Set<Bytes>> keys;
    private final Set<Hash> roots;

    private Trust(boolean strict, Map<String, Set<Bytes>> keys, Set<Hash> roots) {
        this.strict = strict;
        this.keys = Map.copyOf(keys);
        this.roots = Set.copyOf(roots);
    }

    /** Everybody is trusted, sealed or not; what a graph begins with. */
    public static Trust open() {
        return OPEN;
    }

    /** Nobody is trusted until he is allowed. */
    public static Trust strict() {
        return new Trust(true, Map.of(), Set.of());
    }

    /**
     * An author's entries are taken in when they are sealed with this key, or with another of his.
     */
    public Trust allow(String author, Bytes publicKey) {
        Map<String, Set<Bytes>> more = new HashMap<>(keys);
        Set<Bytes> his = new HashSet<>(more.getOrDefault(author, Set.of()));
        his.add(publicKey);
        more.put(author, Set.copyOf(his));
        return new Trust(strict, more, roots);
    }

    /**
     * What an author seals with this key from now on is not taken in; what was taken in before
     * stays.
     */
    public Trust revoke(String author, Bytes publicKey) {
        Map<String, Set<Bytes>> fewer = new HashMap<>(keys);
        Set<Bytes> his = new HashSet<>(fewer.getOrDefault(author, Set.of()));
        his.remove(publicKey);
        fewer.put(author, Set.copyOf(his));
        return new Trust(strict, fewer, roots);
    }

    /** A root is taken in beside the one that is here: the first schema of another version. */
    public Trust allowRoot(Hash root) {
        Set<Hash> more = new HashSet<>(roots);
        more.add(root);
        return new Trust(strict, keys, more);
    }

    boolean isStrict() {
        return strict;
    }

    /** Whether anything is known of an author. */
    boolean knows(String author) {
        return keys.containsKey(author);
    }

    boolean allows(String author, Bytes publicKey) {
        return keys.getOrDefault(author, Set.of()).contains(publicKey);
    }

    boolean allowsRoot(Hash root) {
        return !strict || roots.contains(root);
    }
}
