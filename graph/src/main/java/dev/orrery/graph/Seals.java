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
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
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
    private final Map<Hash, Candidate> candidates;

    /** What was said about keys by what is here, and by what was vouched for. */
    private KeyStatements said;

    /** What is trusted with that. */
    private Trust trust;

    /** Whether some are doubtful that nobody else vouches for. */
    private boolean hasDoubtful;

    /**
     * Seals among some entries.
     *
     * @param given what is trusted whatever is said about keys
     * @param known what is said about them by what is here
     */
    Seals(Trust given, KeyStatements known, Map<Hash, Candidate> candidates) {
        this.given = given;
        this.said = known;
        this.trust = given.under(known);
        this.candidates = candidates;
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
        List<Candidate> open = new ArrayList<>();
        candidates.values().stream()
                .filter(candidate -> candidate.entry().operation() instanceof Seal)
                .sorted(Comparator.comparing(seal -> seal.entry().stamp()))
                .forEach(open::add);
        KeyStatements before;
        do {
            before = said;
            open.removeIf(seal -> look(codec, seal));
            endorse();
        } while (!before.equals(said)); // a key may be known by now
    }

    /** Looks at one seal; true when it is good. */
    private boolean look(EntryCodec codec, Candidate candidate) {
        Entry entry = candidate.entry();
        Seal seal = (Seal) entry.operation();
        candidate.broken = null;
        if (!trust.knows(entry.author())) {
            return false;
        }
        boolean wasRevoked = trust.wasRevoked(entry.author(), seal.publicKey());
        if (!wasRevoked && !trust.allows(entry.author(), seal.publicKey())) {
            candidate.broken = "is sealed with a key that is not trusted";
        } else if (!fits(codec, candidate, seal)) {
            candidate.broken = "is sealed with a signature that does not fit";
        } else if (wasRevoked) {
            doubt(candidate);
        } else {
            vouch(candidate);
            return true;
        }
        return false;
    }

    private static boolean fits(EntryCodec codec, Candidate candidate, Seal seal) {
        Boolean known = candidate.fits;
        boolean fits = known == null ? fits(codec, candidate.entry(), seal) : known;
        candidate.fits = fits;
        return fits;
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

    /** A seal is for itself and for what its author linked below it. */
    private void vouch(Candidate seal) {
        Candidate next = seal;
        while (next != null && !next.isVouched) {
            next.isVouched = true;
            hear(next.entry());
            next = previous(next);
        }
    }

    private void doubt(Candidate seal) {
        Candidate next = seal;
        while (next != null && !next.isDoubtful) {
            next.isDoubtful = true;
            hasDoubtful |= !next.isVouched;
            next = previous(next);
        }
    }

    private @Nullable Candidate previous(Candidate of) {
        Hash previous = of.entry().previous().orElse(null);
        return previous == null ? null : candidates.get(previous);
    }

    private void hear(Entry entry) {
        if (entry.isAboutKeys()) {
            said = said.and(entry);
            trust = given.under(said);
        }
    }

    /** Who is trusted vouches for what he had seen, where its author had sealed it. */
    private void endorse() {
        if (!hasDoubtful) {
            return;
        }
        Deque<Candidate> open = new ArrayDeque<>();
        candidates.values().stream().filter(each -> each.isVouched).forEach(open::add);
        while (!open.isEmpty()) {
            open.remove().entry().follows().forEach(seen -> endorse(seen, open));
        }
    }

    private void endorse(Hash seen, Deque<Candidate> open) {
        Candidate candidate = candidates.get(seen);
        if (candidate != null && candidate.isDoubtful && !candidate.isVouched) {
            candidate.isVouched = true;
            hear(candidate.entry());
            open.add(candidate);
        }
    }

    /** Why an entry is refused for who wrote it, or null. */
    @Nullable String refusal(Candidate candidate) {
        Entry entry = candidate.entry();
        if (entry.isRoot()) {
            return trust.allowsRoot(entry.hash()) ? null : "is a root that is not allowed";
        }
        if (trust.isStrict() && !trust.knows(entry.author())) {
            return "is by an author who is not trusted";
        }
        return candidate.broken;
    }

    /** Why an entry waits for a seal, or null. */
    Merged.@Nullable Cause lacking(Candidate candidate) {
        if (candidate.entry().isRoot() || candidate.isVouched) {
            return null;
        }
        if (candidate.isDoubtful) {
            return Merged.Cause.REVOKED;
        }
        return trust.isStrict() ? Merged.Cause.UNSEALED : null;
    }
}
