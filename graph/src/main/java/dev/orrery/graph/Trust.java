package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Unsupported;
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
    private static final Trust OPEN = new Trust(false, Map.of(), Set.of(), Set.of());

    private final boolean strict;
    private final Map<String, Set<Bytes>> keys;
    private final Set<Hash> roots;
    private final Set<String> compactors;

    private Trust(
            boolean strict, Map<String, Set<Bytes>> keys, Set<Hash> roots, Set<String> compactors) {
        this.strict = strict;
        this.keys = Map.copyOf(keys);
        this.roots = Set.copyOf(roots);
        this.compactors = Set.copyOf(compactors);
    }

    /** Everybody is trusted, sealed or not; what a graph begins with. */
    public static Trust open() {
        return OPEN;
    }

    /** Nobody is trusted until he is allowed. */
    public static Trust strict() {
        return new Trust(true, Map.of(), Set.of(), Set.of());
    }

    /**
     * An author's entries are taken in when they are sealed with this key, or with another of his.
     */
    public Trust allow(String author, Bytes publicKey) {
        Map<String, Set<Bytes>> more = new HashMap<>(keys);
        Set<Bytes> his = new HashSet<>(more.getOrDefault(author, Set.of()));
        his.add(publicKey);
        more.put(author, Set.copyOf(his));
        return new Trust(strict, more, roots, compactors);
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
        return new Trust(strict, fewer, roots, compactors);
    }

    /** A root is taken in beside the one that is here: the first schema of another version. */
    public Trust allowRoot(Hash root) {
        Set<Hash> more = new HashSet<>(roots);
        more.add(root);
        return new Trust(strict, keys, more, compactors);
    }

    /**
     * What an author compacted and signed is taken in: what it says that others wrote is believed,
     * since their seals went with the entries. Open trust asks for no signature; strict trust takes
     * in no base but those.
     */
    public Trust allowBases(String author) {
        Set<String> more = new HashSet<>(compactors);
        more.add(author);
        return new Trust(strict, keys, roots, more);
    }

    /**
     * Refuses a base by whoever is not trusted with that.
     *
     * @throws Unsupported when he is not
     */
    void requireTrusted(PackedBase base) {
        String author = base.signed().map(PackedBase.Signed::author).orElse("");
        boolean fits =
                base.signed()
                        .map(by -> allows(author, by.publicKey()) && by.fits(base.hash()))
                        .orElse(false);
        boolean isTrusted = strict ? fits && compactors.contains(author) : fits || !knows(author);
        if (!isTrusted) {
            throw new Unsupported(
                    "take in what " + (author.isEmpty() ? "nobody" : author) + " compacted",
                    "this trust; allow his key and his bases, or sync with a replica that has the"
                            + " entries");
        }
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
