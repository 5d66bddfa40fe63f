package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.util.Optional;

/**
 * The entries whose hashes are in a range, as one replica has them. Immutable.
 *
 * @param from the first hash of the range; none for the least there is
 * @param to the hash behind the range; none for the end
 * @param count how many entries there are
 * @param digest what {@link Fingerprint} says of them
 */
record HashRange(Optional<Hash> from, Optional<Hash> to, long count, Bytes digest) {
    private static final int FIELDS = 4;

    void write(CborWriter out) {
        out.beginList(FIELDS);
        write(out, from);
        write(out, to);
        out.whole(count);
        out.bytes(digest.toArray());
        out.end();
    }

    private static void write(CborWriter out, Optional<Hash> bound) {
        bound.ifPresentOrElse(hash -> out.bytes(hash.toArray()), out::nothing);
    }

    static HashRange read(CborReader in) {
        if (in.tryBeginList() != FIELDS) {
            throw in.damaged("a range has " + FIELDS + " parts");
        }
        Optional<Hash> from = bound(in);
        Optional<Hash> to = bound(in);
        HashRange range = new HashRange(from, to, in.whole(), in.bytes());
        in.end();
        return range;
    }

    private static Optional<Hash> bound(CborReader in) {
        return in.tryNothing() ? Optional.empty() : Optional.of(Hash.from(in.bytes().toArray()));
    }

    boolean sameAs(HashRange other) {
        return count == other.count && digest.equals(other.digest);
    }
}
