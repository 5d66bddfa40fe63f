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
 *
 * <p>Keys are granted and revoked in the graph itself, too: {@link Graph#grant} and {@link
 * Graph#revoke} count where they are said of oneself or by who {@linkplain #administeredBy
 * administers} keys. What was sealed with a key that was revoked there is taken in when it is part
 * of what somebody who is trusted had seen when he wrote; the rest waits.
 */
public final class Trust {
    private static final Trust OPEN =
            new Trust(false, Map.of(), Map.of(), Set.of(), Set.of(), Set.of());

    private final boolean strict;
    private final Map<String, Set<Bytes>> keys;
    private final Map<String, Set<Bytes>> revoked;
    private final Set<Hash> roots;
    private final Set<String> compactors;
    private final Set<String> administrators;

    private Trust(
            boolean strict,
            Map<String, Set<Bytes>> keys,
            Map<String, Set<Bytes>> revoked,
            Set<Hash> roots,
            Set<String> compactors,
            Set<String> administrators) {
        this.strict = strict;
        this.keys = Map.copyOf(keys);
        this.revoked = Map.copyOf(revoked);
        this.roots = Set.copyOf(roots);
        this.compactors = Set.copyOf(compactors);
        this.administrators = Set.copyOf(administrators);
    }

    /** Everybody is trusted, sealed or not; what a graph begins with. */
    public static Trust open() {
        return OPEN;
    }

    /** Nobody is trusted until he is allowed. */
    public static Trust strict() {
        return new Trust(true, Map.of(), Map.of(), Set.of(), Set.of(), Set.of());
    }

    /**
     * An author's entries are taken in when they are sealed with this key, or with another of his.
     */
    public Trust allow(String author, Bytes publicKey) {
        return withKeys(with(keys, author, publicKey), revoked);
    }

    private Trust withKeys(Map<String, Set<Bytes>> known, Map<String, Set<Bytes>> gone) {
        return new Trust(strict, known, gone, roots, compactors, administrators);
    }

    private static <K, V> Map<K, Set<V>> with(Map<K, Set<V>> sets, K key, V value) {
        Map<K, Set<V>> more = new HashMap<>(sets);
        more.put(key, with(sets.getOrDefault(key, Set.of()), value));
        return more;
    }

    private static <V> Set<V> with(Set<V> set, V value) {
        Set<V> more = new HashSet<>(set);
        more.add(value);
        return Set.copyOf(more);
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
        return withKeys(fewer, revoked);
    }

    /** A root is taken in beside the one that is here: the first schema of another version. */
    public Trust allowRoot(Hash root) {
        return new Trust(strict, keys, revoked, with(roots, root), compactors, administrators);
    }

    /**
     * What an author compacted and signed is taken in: what it says that others wrote is believed,
     * since their seals went with the entries. Open trust asks for no signature; strict trust takes
     * in no base but those.
     */
    public Trust allowBases(String author) {
        return new Trust(strict, keys, revoked, roots, with(compactors, author), administrators);
    }

    /** Keys that an author grants and revokes in the graph count, whosever they are. */
    public Trust administeredBy(String author) {
        return new Trust(strict, keys, revoked, roots, compactors, with(administrators, author));
    }

    /** The keys that an author's entries are taken in with. */
    public Set<Bytes> keys(String author) {
        Set<Bytes> his = new HashSet<>(keys.getOrDefault(author, Set.of()));
        his.removeAll(revoked.getOrDefault(author, Set.of()));
        return Set.copyOf(his);
    }

    /** This, with what was said in the graph as far as it counts. */
    Trust under(KeyStatements statements) { // law G66
        Trust trust = this;
        Trust before;
        do {
            before = trust;
            for (KeyStatements.Statement each : statements.all()) {
                trust = trust.mayAdminister(each.by(), each.author()) ? trust.with(each) : trust;
            }
        } while (!trust.keys.equals(before.keys)); // a grant may make another count
        return trust;
    }

    /** Whether what somebody says about an author's keys counts. */
    boolean mayAdminister(String by, String author) {
        return administrators.contains(by) || (by.equals(author) && knows(author));
    }

    private Trust with(KeyStatements.Statement said) {
        return said.isRevocation()
                ? withKeys(keys, with(revoked, said.author(), said.publicKey()))
                : withKeys(with(keys, said.author(), said.publicKey()), revoked);
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
        return hadAllowed(author, publicKey) && !hasRevoked(author, publicKey);
    }

    /** Whether a key was revoked in the graph that an author had. */
    boolean wasRevoked(String author, Bytes publicKey) {
        return hadAllowed(author, publicKey) && hasRevoked(author, publicKey);
    }

    private boolean hadAllowed(String author, Bytes publicKey) {
        return keys.getOrDefault(author, Set.of()).contains(publicKey);
    }

    private boolean hasRevoked(String author, Bytes publicKey) {
        return revoked.getOrDefault(author, Set.of()).contains(publicKey);
    }

    boolean allowsRoot(Hash root) {
        return !strict || roots.contains(root);
    }
}
