package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** What replicas say to one another, {@code docs/formats/graph.md}. Immutable. */
sealed interface SyncMessage {
    /** The protocol that is spoken here. */
    int VERSION = 1;

    /** The longest message, in bytes. */
    int MOST_BYTES = 8 << 20;

    /** The most hashes, roots or ranges in one message. */
    int MOST_PARTS = 4_096;

    // ---- questions

    /**
     * Which entries are here, in short; answered by {@link Same} or {@link Holds}.
     *
     * @param replica the name of the replica that asks
     */
    record Hello(String graph, String replica, Bytes digest) implements SyncMessage {}

    /**
     * Send what this vector does not know and came to you behind {@code after}; answered by {@link
     * Entries}, or by {@link Based} when some of it was compacted.
     *
     * @param roots the roots that are known, which a vector does not tell apart
     * @param most how many bytes of entries can be taken, about
     */
    record Pull(String graph, VersionVector vector, List<Hash> roots, long after, int most)
            implements SyncMessage {}

    /** Take these entries; answered by {@link Taken}. */
    record Push(String graph, Bytes chunk) implements SyncMessage {}

    /** Which entries are in these ranges; answered by {@link Parts}. */
    record Compare(String graph, List<HashRange> ranges) implements SyncMessage {}

    /**
     * Send these entries; answered by {@link Entries}, with as many of them as fit, or by {@link
     * Based} when some were compacted.
     */
    record Fetch(String graph, List<Hash> hashes) implements SyncMessage {}

    /** Send a part of a base, from a byte on; answered by {@link BasePart}. */
    record FetchBase(String graph, Hash base, int from) implements SyncMessage {}

    /** Take a part of a base, from a byte on; answered by {@link BaseTaken}. */
    record OfferBase(String graph, BaseName base, int from, Bytes part) implements SyncMessage {}

    /**
     * Send what belongs to a topic and is not here; answered by {@link OfTopic}, or by {@link
     * Based} when some of it was compacted.
     */
    record AskTopic(TopicQuestion question) implements SyncMessage {}

    // ---- answers

    /** The same entries are here. */
    record Same(String replica) implements SyncMessage {}

    /** What is here. */
    record Holds(String replica, Bytes digest, Hash schema, VersionVector vector, List<Hash> roots)
            implements SyncMessage {}

    /**
     * Entries.
     *
     * @param after where to go on
     * @param more whether there is something there
     */
    record Entries(Bytes chunk, long after, boolean more) implements SyncMessage {}

    /** What became of entries that were pushed. */
    record Taken(long added, long waiting, long refused) implements SyncMessage {}

    /** What is in ranges that differ: smaller ranges, or all hashes of one. */
    record Parts(List<HashRange> ranges, List<Listed> listed) implements SyncMessage {}

    /** What was asked for is in these bases, which come first. */
    record Based(List<BaseName> bases) implements SyncMessage {}

    /** The bytes of a base from the place that was asked for. */
    record BasePart(Bytes part) implements SyncMessage {}

    /**
     * What became of a part of a base.
     *
     * @param from from which byte on the rest is lacking
     * @param added when nothing is: how many entries of it were new; -1 before
     */
    record BaseTaken(int from, long added) implements SyncMessage {}

    /** What belongs to a topic. */
    record OfTopic(TopicAnswer answer) implements SyncMessage {}

    /** The question is not answered now, but may be asked again. */
    record Later(long millis) implements SyncMessage {}

    /** The question cannot be answered, and why. */
    record Refusal(String why) implements SyncMessage {}

    /**
     * A base.
     *
     * @param length how many bytes it has, packed
     */
    record BaseName(Hash hash, int length, Optional<PackedBase.Signed> signed) {
        static BaseName of(StoredBase base) {
            return new BaseName(base.hash(), base.length(), base.signed());
        }

        private void write(CborWriter out) {
            out.beginList(3);
            out.bytes(hash.toArray());
            out.whole(length);
            PackedBase.Signed.write(out, signed);
            out.end();
        }

        private static BaseName read(CborReader in) {
            if (in.tryBeginList() != 3) {
                throw in.damaged("a base has a hash, a length and perhaps a signature");
            }
            Hash hash = Hash.from(in.bytes().toArray());
            long length = in.whole();
            if (length < 1) {
                throw in.damaged("a base has a length");
            }
            if (length > PackedBase.MOST_BYTES) {
                throw new LimitExceeded("bytes of a base", PackedBase.MOST_BYTES, length);
            }
            BaseName base = new BaseName(hash, (int) length, PackedBase.Signed.read(in));
            in.end();
            return base;
        }
    }

    /** All hashes of a range. */
    record Listed(HashRange range, List<Hash> hashes) {
        public Listed {
            hashes = List.copyOf(hashes);
        }
    }

    // ---- bytes

    /** The message as bytes. */
    default byte[] encode() {
        CborWriter out = new CborWriter();
        switch (this) {
            case Hello(String graph, String replica, Bytes digest) -> {
                begin(out, 1, 3);
                out.text(graph);
                out.text(replica);
                bytes(out, digest);
            }
            case Pull(
                            String graph,
                            VersionVector vector,
                            List<Hash> roots,
                            long after,
                            int most) -> {
                begin(out, 2, 5);
                out.text(graph);
                vector(out, vector);
                hashes(out, roots);
                out.whole(after);
                out.whole(most);
            }
            case Push(String graph, Bytes chunk) -> {
                begin(out, 3, 2);
                out.text(graph);
                bytes(out, chunk);
            }
            case Compare(String graph, List<HashRange> ranges) -> {
                begin(out, 4, 2);
                out.text(graph);
                ranges(out, ranges);
            }
            case Fetch(String graph, List<Hash> hashes) -> {
                begin(out, 5, 2);
                out.text(graph);
                hashes(out, hashes);
            }
            case Same(String replica) -> {
                begin(out, 6, 1);
                out.text(replica);
            }
            case Holds(
                            String replica,
                            Bytes digest,
                            Hash schema,
                            VersionVector vector,
                            List<Hash> roots) -> {
                begin(out, 7, 5);
                out.text(replica);
                bytes(out, digest);
                out.bytes(schema.toArray());
                vector(out, vector);
                hashes(out, roots);
            }
            case Entries(Bytes chunk, long after, boolean more) -> {
                begin(out, 8, 3);
                bytes(out, chunk);
                out.whole(after);
                out.flag(more);
            }
            case Taken(long added, long waiting, long refused) -> {
                begin(out, 9, 3);
                out.whole(added);
                out.whole(waiting);
                out.whole(refused);
            }
            case Parts(List<HashRange> ranges, List<Listed> listed) -> {
                begin(out, 10, 2);
                ranges(out, ranges);
                out.beginList(listed.size());
                for (Listed each : listed) {
                    out.beginList(2);
                    each.range().write(out);
                    hashes(out, each.hashes());
                    out.end();
                }
                out.end();
            }
            case Refusal(String why) -> {
                begin(out, 11, 1);
                out.text(why);
            }
            case Later(long millis) -> {
                begin(out, 17, 1);
                out.whole(millis);
            }
            case AskTopic(TopicQuestion question) -> {
                begin(out, 18, 2);
                checked(out, question::write);
            }
            case OfTopic(TopicAnswer answer) -> {
                begin(out, 19, 2);
                checked(out, answer::write);
            }
            case FetchBase(String graph, Hash base, int from) -> {
                begin(out, 12, 3);
                out.text(graph);
                out.bytes(base.toArray());
                out.whole(from);
            }
            case OfferBase(String graph, BaseName base, int from, Bytes part) -> {
                begin(out, 13, 4);
                out.text(graph);
                base.write(out);
                out.whole(from);
                bytes(out, part);
            }
            case Based(List<BaseName> bases) -> {
                begin(out, 14, 1);
                out.beginList(bases.size());
                bases.forEach(base -> base.write(out));
                out.end();
            }
            case BasePart(Bytes part) -> {
                begin(out, 15, 1);
                bytes(out, part);
            }
            case BaseTaken(int from, long added) -> {
                begin(out, 16, 2);
                out.whole(from);
                out.whole(added);
            }
        }
        out.end();
        return out.toByteArray();
    }

    private static void begin(CborWriter out, int kind, int fields) {
        out.beginList(2 + fields);
        out.whole(VERSION);
        out.whole(kind);
    }

    /** Writes a body with a check: what was changed on the way would be believed for ever. */
    private static void checked(CborWriter out, Consumer<CborWriter> body) { // law G68
        CborWriter inner = new CborWriter();
        body.accept(inner);
        byte[] bytes = inner.toByteArray();
        out.bytes(bytes);
        out.bytes(Hash.of(bytes).toArray());
    }

    private static CborReader checked(CborReader in) {
        byte[] bytes = in.bytes().toArray();
        if (!Hash.of(bytes).equals(hash(in))) {
            throw in.damaged("what is said of a topic arrives as it was sent");
        }
        return new CborReader(bytes);
    }

    private static <T> T whole(CborReader in, Function<CborReader, T> read) {
        CborReader body = checked(in);
        T all = read.apply(body);
        body.expectEnd();
        return all;
    }

    private static void bytes(CborWriter out, Bytes bytes) {
        out.bytes(bytes.toArray());
    }

    static void hashes(CborWriter out, List<Hash> hashes) {
        out.beginList(hashes.size());
        hashes.forEach(hash -> out.bytes(hash.toArray()));
        out.end();
    }

    private static void ranges(CborWriter out, List<HashRange> ranges) {
        out.beginList(ranges.size());
        ranges.forEach(range -> range.write(out));
        out.end();
    }

    static void vector(CborWriter out, VersionVector vector) {
        out.beginList(vector.newest().size());
        vector.newest()
                .forEach((author, known) -> {
                    out.beginList(3);
                    out.text(author);
                    out.whole(known.sequence());
                    out.whole(known.check());
                    out.end();
                });
        out.end();
    }

    /**
     * The message of these bytes.
     *
     * @throws Invalid when they are none
     * @throws LimitExceeded when they are too many
     * @throws Unsupported when a newer version wrote them
     */
    static SyncMessage decode(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            throw new LimitExceeded("bytes of a message", MOST_BYTES, bytes.length);
        }
        CborReader in = new CborReader(bytes);
        int fields = in.tryBeginList();
        if (fields < 2) {
            throw in.damaged("a message is a list");
        }
        long version = in.whole();
        if (version != VERSION) {
            throw new Unsupported("read a message of version " + version, "version " + VERSION);
        }
        long kind = in.whole();
        if (kind < 1 || kind > FieldCounts.KINDS || fields != 2 + FieldCounts.of((int) kind)) {
            throw in.damaged("a message is of a known kind and has its fields");
        }
        SyncMessage message =
                switch ((int) kind) {
                    case 1 -> new Hello(in.text(), Limits.author(in.text()), in.bytes());
                    case 2 -> new Pull(in.text(), vector(in), hashes(in), place(in), most(in));
                    case 3 -> new Push(in.text(), in.bytes());
                    case 4 -> new Compare(in.text(), ranges(in));
                    case 5 -> new Fetch(in.text(), hashes(in));
                    case 6 -> new Same(Limits.author(in.text()));
                    case 7 ->
                            new Holds(
                                    Limits.author(in.text()),
                                    in.bytes(),
                                    hash(in),
                                    vector(in),
                                    hashes(in));
                    case 8 -> new Entries(in.bytes(), place(in), flag(in));
                    case 9 -> new Taken(in.whole(), in.whole(), in.whole());
                    case 10 -> new Parts(ranges(in), listed(in));
                    case 11 -> new Refusal(in.text());
                    case 12 -> new FetchBase(in.text(), hash(in), count(in));
                    case 13 -> new OfferBase(in.text(), BaseName.read(in), count(in), in.bytes());
                    case 14 -> new Based(bases(in));
                    case 15 -> new BasePart(in.bytes());
                    case 16 -> new BaseTaken(count(in), in.whole());
                    case 17 -> new Later(place(in));
                    case 18 -> new AskTopic(whole(in, TopicQuestion::read));
                    default -> new OfTopic(whole(in, TopicAnswer::read));
                };
        in.end();
        in.expectEnd();
        return message;
    }

    /** How many fields each kind of message has. */
    final class FieldCounts {
        private static final int[] OF = {3, 5, 2, 2, 2, 1, 5, 3, 3, 2, 1, 3, 4, 1, 1, 2, 1, 2, 2};
        static final int KINDS = OF.length;

        private FieldCounts() {}

        static int of(int kind) {
            return OF[kind - 1];
        }
    }

    static long place(CborReader in) {
        long place = in.whole();
        if (place < 0) {
            throw in.damaged("an arrival number is not negative");
        }
        return place;
    }

    private static Hash hash(CborReader in) {
        return Hash.from(in.bytes().toArray());
    }

    private static int count(CborReader in) {
        long count = in.whole();
        if (count < 0 || count > PackedBase.MOST_BYTES) {
            throw in.damaged("a place in a base is within it");
        }
        return (int) count;
    }

    private static List<BaseName> bases(CborReader in) {
        int count = begin(in, MOST_PARTS);
        List<BaseName> bases = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            bases.add(BaseName.read(in));
        }
        in.end();
        return bases;
    }

    static int most(CborReader in) {
        long most = in.whole();
        if (most < 1 || most > Integer.MAX_VALUE) {
            throw in.damaged("a credit is positive");
        }
        return (int) most;
    }

    static boolean flag(CborReader in) {
        if (in.value() instanceof Boolean flag) {
            return flag;
        }
        throw in.damaged("a flag is true or false");
    }

    static int begin(CborReader in, int most) {
        int count = in.tryBeginList();
        if (count < 0) {
            throw in.damaged("many of something are a list");
        }
        if (count > most) {
            throw new LimitExceeded("parts of a message", most, count);
        }
        return count;
    }

    static List<Hash> hashes(CborReader in) {
        int count = begin(in, MOST_PARTS);
        List<Hash> hashes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            hashes.add(Hash.from(in.bytes().toArray()));
        }
        in.end();
        return hashes;
    }

    private static List<HashRange> ranges(CborReader in) {
        int count = begin(in, MOST_PARTS);
        List<HashRange> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ranges.add(HashRange.read(in));
        }
        in.end();
        return ranges;
    }

    private static List<Listed> listed(CborReader in) {
        int count = begin(in, MOST_PARTS);
        List<Listed> listed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            if (begin(in, 2) != 2) {
                throw in.damaged("a listed range has two parts");
            }
            listed.add(new Listed(HashRange.read(in), hashes(in)));
            in.end();
        }
        in.end();
        return listed;
    }

    static VersionVector vector(CborReader in) {
        int count = begin(in, Integer.MAX_VALUE);
        TreeMap<String, VersionVector.Known> newest = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            if (begin(in, 3) != 3) {
                throw in.damaged("what is known of an author has three parts");
            }
            newest.put(in.text(), new VersionVector.Known(in.whole(), in.whole()));
            in.end();
        }
        in.end();
        return new VersionVector(newest);
    }
}
