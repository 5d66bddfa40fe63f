package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What replicas say to one another, {@code docs/formats/graph.md}. Immutable. */
sealed interface SyncMessage {
    /** The protocol that is spoken here. */
    int VERSION = 1;

    /** The longest message, in bytes. */
    int MOST_BYTES = 8 << 20;

    /** The most hashes, roots or ranges in one message. */
    int MOST_PARTS = 4_096;

    // ---- questions

    /** Which entries are here, in short; answered by {@link Same} or {@link Holds}. */
    record Hello(String graph, Bytes digest) implements SyncMessage {}

    /**
     * Send what this vector does not know and came to you behind {@code after}; answered by {@link
     * Entries}.
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

    /** Send these entries; answered by {@link Entries}, with as many of them as fit. */
    record Fetch(String graph, List<Hash> hashes) implements SyncMessage {}

    // ---- answers

    /** The same entries are here. */
    record Same() implements SyncMessage {}

    /** What is here. */
    record Holds(Bytes digest, Hash schema, VersionVector vector, List<Hash> roots)
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

    /** The question cannot be answered, and why. */
    record Refusal(String why) implements SyncMessage {}

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
            case Hello(String graph, Bytes digest) -> {
                begin(out, 1, 2);
                out.text(graph);
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
            case Same() -> begin(out, 6, 0);
            case Holds(Bytes digest, Hash schema, VersionVector vector, List<Hash> roots) -> {
                begin(out, 7, 4);
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
        }
        out.end();
        return out.toByteArray();
    }

    private static void begin(CborWriter out, int kind, int fields) {
        out.beginList(2 + fields);
        out.whole(VERSION);
        out.whole(kind);
    }

    private static void bytes(CborWriter out, Bytes bytes) {
        out.bytes(bytes.toArray());
    }

    private static void hashes(CborWriter out, List<Hash> hashes) {
        out.beginList(hashes.size());
        hashes.forEach(hash -> out.bytes(hash.toArray()));
        out.end();
    }

    private static void ranges(CborWriter out, List<HashRange> ranges) {
        out.beginList(ranges.size());
        ranges.forEach(range -> range.write(out));
        out.end();
    }

    private static void vector(CborWriter out, VersionVector vector) {
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
        if (kind < 1 || kind > 11 || fields != 2 + FieldCounts.of((int) kind)) {
            throw in.damaged("a message is of a known kind and has its fields");
        }
        SyncMessage message =
                switch ((int) kind) {
                    case 1 -> new Hello(in.text(), in.bytes());
                    case 2 -> new Pull(in.text(), vector(in), hashes(in), place(in), most(in));
                    case 3 -> new Push(in.text(), in.bytes());
                    case 4 -> new Compare(in.text(), ranges(in));
                    case 5 -> new Fetch(in.text(), hashes(in));
                    case 6 -> new Same();
                    case 7 ->
                            new Holds(
                                    in.bytes(),
                                    Hash.from(in.bytes().toArray()),
                                    vector(in),
                                    hashes(in));
                    case 8 -> new Entries(in.bytes(), place(in), flag(in));
                    case 9 -> new Taken(in.whole(), in.whole(), in.whole());
                    case 10 -> new Parts(ranges(in), listed(in));
                    default -> new Refusal(in.text());
                };
        in.end();
        in.expectEnd();
        return message;
    }

    /** How many fields each kind of message has. */
    final class FieldCounts {
        private static final int[] OF = {2, 5, 2, 2, 2, 0, 4, 3, 3, 2, 1};

        private FieldCounts() {}

        static int of(int kind) {
            return OF[kind - 1];
        }
    }

    private static long place(CborReader in) {
        long place = in.whole();
        if (place < 0) {
            throw in.damaged("an arrival number is not negative");
        }
        return place;
    }

    private static int most(CborReader in) {
        long most = in.whole();
        if (most < 1 || most > Integer.MAX_VALUE) {
            throw in.damaged("a credit is positive");
        }
        return (int) most;
    }

    private static boolean flag(CborReader in) {
        if (in.value() instanceof Boolean flag) {
            return flag;
        }
        throw in.damaged("a flag is true or false");
    }

    private static int begin(CborReader in, int most) {
        int count = in.tryBeginList();
        if (count < 0) {
            throw in.damaged("many of something are a list");
        }
        if (count > most) {
            throw new LimitExceeded("parts of a message", most, count);
        }
        return count;
    }

    private static List<Hash> hashes(CborReader in) {
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

    private static VersionVector vector(CborReader in) {
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
