package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.graph.Operation.Seal;
import dev.orrery.graph.spi.Ed25519;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
final class Seals { // law G16
    /** Stands before what is signed, so that a signature means nothing elsewhere. */
    private static final byte[] DOMAIN = "orrery graph seal 1".getBytes(StandardCharsets.UTF_8);

    private static final class Scheme {
        static final Ed25519 CHOSEN =
                ServiceLoader.load(Ed25519.class).findFirst().orElseGet(JdkEd25519::new);
    }

    private final Trust trust;
    private final Map<Hash, Entry> entries;
    private final Set<Hash> vouched = new HashSet<>();
    private final Map<Hash, String> broken = new HashMap<>();

    Seals(Trust trust, Map<Hash, Entry> entries) {
        this.trust = trust;
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

    /** Looks at the seals among the entries. */
    void check(EntryCodec codec) {
        for (Entry entry : entries.values()) {
            if (entry.operation() instanceof Seal seal && trust.knows(entry.author())) {
                String rule = brokenBy(codec, entry, seal);
                if (rule != null) {
                    broken.put(entry.hash(), rule);
                } else {
                    vouch(entry);
                }
            }
        }
    }

    private @Nullable String brokenBy(EntryCodec codec, Entry entry, Seal seal) {
        if (!trust.allows(entry.author(), seal.publicKey())) {
            return "is sealed with a key that is not trusted";
        }
        Entry unsigned =
                codec.encode(
                        entry.author(),
                        entry.sequence(),
                        entry.previous().orElse(null),
                        entry.time(),
                        entry.parents(),
                        Seal.unsigned(seal.publicKey()));
        boolean fits =
                scheme().verify(
                                seal.publicKey().toArray(),
                                message(unsigned),
                                seal.signature().toArray());
        return fits ? null : "is sealed with a signature that does not fit";
    }

    /** A seal vouches for itself and for what its author linked below it. */
    private void vouch(Entry seal) {
        Entry next = seal;
        while (next != null && vouched.add(next.hash())) {
            Hash previous = next.previous().orElse(null);
            next = previous == null ? null : entries.get(previous);
        }
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

    /** Whether an entry waits for its author's seal. */
    boolean isLacking(Entry entry) {
        return trust.isStrict() && !entry.isRoot() && !vouched.contains(entry.hash());
    }
}
