package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.graph.Operation.Seal;
import dev.orrery.graph.spi.Ed25519;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The seals among entries that arrive together: which are good, and what they vouch for. Confined.
 */
final class Seals { // laws G16, G66
    /** Stands before what is signed, so that a signature means nothing elsewhere. */
    private static final byte[] DOMAIN = "orrery graph seal 1".getBytes(StandardCharsets.UTF_8);

    private static final class Scheme {
        static final Ed25519 CHOSEN =
                ServiceLoader.load(Ed25519.class).findFirst().orElseGet(JdkEd25519::new);
    }

    private final Trust given;
    private final Map<Hash, Entry> entries;

    /** What was said about keys by what is here, and by what was vouched for. */
    private KeyStatements said;

    /** What is trusted with that. */
    private Trust trust;

    /** What a seal vouches for, or somebody who had seen it. */
    private final Set<Hash> vouched = new HashSet<>();

    /** What only a seal with a key vouches for that was revoked. */
    private final Set<Hash> doubtful = new HashSet<>();

    private final Map<Hash, String> broken = new HashMap<>();

    /** Signatures that were looked at. */
    private final Map<Hash, Boolean> fitting = new HashMap<>();

    /**
     * Seals among some entries.
     *
     * @param given what is trusted whatever is said about keys
     * @param known what is said about them by what is here
     */
    Seals(Trust given, KeyStatements known, Map<Hash, Entry> entries) {
        this.given = given;
        this.said = known;
        this.trust = given.under(known);
        this.entries = entries;
    }

    static Ed25519 scheme() {
        return Scheme.CHOSEN;
    }

    /** A seal of an author's entries so far. */
    static Entry make(
            EntryCodec codec,
            Identity identity,
            long sequence,
            @Nullable Hash previous,
            HybridTime time,
            List<Hash> parents) {
        Entry unsigned =
                codec.encode(
                        identity.name(),
                        sequence,
                        previous,
                        time,
                        parents,
                        Seal.unsigned(identity.publicKey()));
        byte[] signature = scheme().sign(identity.seed().toArray(), message(unsigned));
        return codec.encode(
                identity.name(),
                sequence,
                previous,
                time,
                parents,
                new Seal(identity.publicKey(), Bytes.of(signature)));
    }

    /** What is signed: the whole entry, with nothing in the place of the signature. */
    private static byte[] message(Entry unsigned) {
        byte[] message = Arrays.copyOf(DOMAIN, DOMAIN.length + Hash.BYTES);
        System.arraycopy(unsigned.hash().toArray(), 0, message, DOMAIN.length, Hash.BYTES);
        return message;
    }

    /**
     * Looks at the seals among the entries, in the order of their times: what is said about keys
     * counts for those that are later. // law G66
     */
    void check(EntryCodec codec) {
        List<Entry> open = new ArrayList<>();
        entries.values().stream()
                .filter(entry -> entry.operation() instanceof Seal)
                .sorted(Comparator.comparing(Entry::stamp))
                .forEach(open::add);
        KeyStatements before;
        do {
            before = said;
            open.removeIf(seal -> look(codec, seal));
            endorse();
        } while (!before.equals(said)); // a key may be known by now
    }

    /** Looks at one seal; true when it is good. */
    private boolean look(EntryCodec codec, Entry entry) {
        Seal seal = (Seal) entry.operation();
        broken.remove(entry.hash());
        if (!trust.knows(entry.author())) {
            return false;
        }
        boolean wasRevoked = trust.wasRevoked(entry.author(), seal.publicKey());
        if (!wasRevoked && !trust.allows(entry.author(), seal.publicKey())) {
            broken.put(entry.hash(), "is sealed with a key that is not trusted");
        } else if (!fitting.computeIfAbsent(entry.hash(), _ -> fits(codec, entry, seal))) {
            broken.put(entry.hash(), "is sealed with a signature that does not fit");
        } else if (wasRevoked) {
            add(entry, doubtful);
        } else {
            add(entry, vouched).forEach(this::hear);
            return true;
        }
        return false;
    }

    private static boolean fits(EntryCodec codec, Entry entry, Seal seal) {
        Entry unsigned =
                codec.encode(
                        entry.author(),
                        entry.sequence(),
                        entry.previous().orElse(null),
                        entry.time(),
                        entry.parents(),
                        Seal.unsigned(seal.publicKey()));
        return scheme().verify(
                        seal.publicKey().toArray(), message(unsigned), seal.signature().toArray());
    }

    /**
     * Adds a seal and what its author linked below it, which it is for; those that were not there.
     */
    private List<Entry> add(Entry seal, Set<Hash> to) {
        List<Entry> added = new ArrayList<>();
        Entry next = seal;
        while (next != null && to.add(next.hash())) {
            added.add(next);
            Hash previous = next.previous().orElse(null);
            next = previous == null ? null : entries.get(previous);
        }
        return added;
    }

    private void hear(Entry entry) {
        if (entry.isAboutKeys()) {
            said = said.and(entry);
            trust = given.under(said);
        }
    }

    /** Who is trusted vouches for what he had seen, where its author had sealed it. */
    private void endorse() {
        if (doubtful.isEmpty()) {
            return;
        }
        Deque<Hash> open = new ArrayDeque<>(vouched);
        while (!open.isEmpty()) {
            Entry entry = entries.get(open.remove());
            if (entry != null) {
                entry.follows().filter(this::endorse).forEach(open::add);
            }
        }
        doubtful.removeAll(vouched);
    }

    private boolean endorse(Hash seen) {
        if (!doubtful.contains(seen) || !vouched.add(seen)) {
            return false;
        }
        Entry entry = entries.get(seen);
        if (entry != null) {
            hear(entry);
        }
        return true;
    }

    /** Why an entry is refused for who wrote it, or null. */
    @Nullable String refusal(Entry entry) {
        if (entry.isRoot()) {
            return trust.allowsRoot(entry.hash()) ? null : "is a root that is not allowed";
        }
        if (trust.isStrict() && !trust.knows(entry.author())) {
            return "is by an author who is not trusted";
        }
        return broken.get(entry.hash());
    }

    /** Why an entry waits for a seal, or null. */
    Merged.@Nullable Cause lacking(Entry entry) {
        if (entry.isRoot() || vouched.contains(entry.hash())) {
            return null;
        }
        if (doubtful.contains(entry.hash())) {
            return Merged.Cause.REVOKED;
        }
        return trust.isStrict() ? Merged.Cause.UNSEALED : null;
    }
}
