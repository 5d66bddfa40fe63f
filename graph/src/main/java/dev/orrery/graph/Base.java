package dev.orrery.graph;

import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unsupported;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a set of entries says, joined, and which entries they are, without what each said by itself:
 * what compaction leaves of them. With each entry everything it follows is in the set, so the same
 * set has the same base on every replica, byte for byte. Not changed once it is made.
 *
 * @param rows which entries
 * @param heads those of them that no other of them follows, in the order of hashes
 * @param state what they say
 */
record Base(String graph, Rows rows, List<Hash> heads, State state) { // law G60
    static final int VERSION = 2;

    /** Entries in the order of authors, then of sequence numbers, then of hashes. */
    static final class Rows {
        private final List<Stamp> stamps;

        private Rows(List<Stamp> stamps) {
            this.stamps = stamps;
        }

        /** These entries of an index. */
        static Rows of(EntryIndex index, BitSet arrivals) {
            List<Stamp> stamps = new ArrayList<>(arrivals.cardinality());
            arrivals.stream().forEach(arrival -> stamps.add(index.stamp(arrival)));
            stamps.sort(ORDER);
            return new Rows(stamps);
        }

        int size() {
            return stamps.size();
        }

        Stamp stamp(int row) {
            return stamps.get(row);
        }

        Hash hash(int row) {
            return stamps.get(row).hash();
        }

        /** The greatest time of them. */
        HybridTime greatestTime() {
            HybridTime greatest = HybridTime.ZERO;
            for (Stamp stamp : stamps) {
                greatest = greatest.max(stamp.time());
            }
            return greatest;
        }

        private Map<Hash, Integer> places() {
            Map<Hash, Integer> places = HashMap.newHashMap(stamps.size());
            for (int row = 0; row < stamps.size(); row++) {
                places.put(stamps.get(row).hash(), row);
            }
            return places;
        }
    }

    private static final Comparator<Stamp> ORDER =
            Comparator.comparing(Stamp::author)
                    .thenComparingLong(Stamp::sequence)
                    .thenComparing(Stamp::hash);

    /** Its canonical bytes, {@code docs/formats/graph.md}. */
    byte[] encode() {
        CborWriter out = new CborWriter();
        out.beginList(5);
        out.whole(VERSION);
        out.text(graph);
        write(out, rows.stamps);
        out.beginList(heads.size());
        heads.forEach(head -> out.bytes(head.toArray()));
        out.end();
        Map<Hash, Integer> places = rows.places();
        StateCodec.write(
                out, state, stamp -> out.whole(Objects.requireNonNull(places.get(stamp.hash()))));
        out.end();
        return out.toByteArray();
    }

    private static void write(CborWriter out, List<Stamp> rows) {
        Map<String, List<Stamp>> byAuthor = new TreeMap<>();
        rows.forEach(
                row -> byAuthor.computeIfAbsent(row.author(), _ -> new ArrayList<>()).add(row));
        out.beginList(2 * byAuthor.size());
        byAuthor.forEach((author, his) -> {
            out.text(author);
            out.beginList(4 * his.size());
            long sequence = 0;
            long millis = 0;
            for (Stamp row : his) {
                out.whole(row.sequence() - sequence);
                out.whole(row.time().millis() - millis);
                out.whole(row.time().counter());
                out.bytes(row.hash().toArray());
                sequence = row.sequence();
                millis = row.time().millis();
            }
            out.end();
        });
        out.end();
    }

    /**
     * The base of these bytes.
     *
     * @throws Invalid when they are damaged or not canonical
     * @throws Unsupported when a newer version wrote them
     */
    static Base decode(byte[] bytes) {
        CborReader in = new CborReader(bytes);
        if (in.tryBeginList() != 5) {
            throw in.damaged("a base has five parts");
        }
        long version = in.whole();
        if (version != VERSION) {
            throw new Unsupported("read a base of version " + version, "version " + VERSION);
        }
        String graph = in.text();
        Rows rows = new Rows(rows(in));
        List<Hash> heads = heads(in, rows.places());
        State state = StateCodec.read(in, graph, () -> stamp(in, rows));
        in.end();
        in.expectEnd();
        return new Base(graph, rows, heads, state);
    }

    private static Stamp stamp(CborReader in, Rows rows) {
        long row = in.whole();
        if (row < 0 || row >= rows.size()) {
            throw in.damaged("what a base says was said by one of its entries");
        }
        return rows.stamp((int) row);
    }

    private static List<Stamp> rows(CborReader in) {
        int authors = in.tryBeginList();
        if (authors < 0 || authors % 2 != 0) {
            throw in.damaged("authors have a name and entries");
        }
        List<Stamp> rows = new ArrayList<>();
        String before = null;
        for (int i = 0; i < authors; i += 2) {
            String author = in.text();
            if (before != null && before.compareTo(author) >= 0) {
                throw in.damaged("authors are in order, each once");
            }
            before = author.isEmpty() ? author : Limits.author(author);
            rowsOf(in, author, rows);
        }
        in.end();
        return rows;
    }

    private static void rowsOf(CborReader in, String author, List<Stamp> rows) {
        int parts = in.tryBeginList();
        if (parts < 4 || parts % 4 != 0) {
            throw in.damaged("an entry of a base has four parts");
        }
        Stamp last = null;
        long sequence = 0;
        long millis = 0;
        for (int part = 0; part < parts; part += 4) {
            long step = in.whole();
            boolean fits = author.isEmpty() ? step == 0 : last == null ? step == 1 : step >> 1 == 0;
            if (!fits) {
                throw in.damaged("an author's entries are all there from the first on");
            }
            sequence += step;
            millis += in.whole();
            long counter = in.whole();
            if (millis < 0 || counter < 0 || counter > Integer.MAX_VALUE) {
                throw in.damaged("a time is not negative");
            }
            Hash hash = Hash.from(in.bytes().toArray());
            Stamp row = new Stamp(new HybridTime(millis, (int) counter), author, sequence, hash);
            if (last != null && ORDER.compare(last, row) >= 0) {
                throw in.damaged("entries are in order, each once");
            }
            rows.add(row);
            last = row;
        }
        in.end();
    }

    private static List<Hash> heads(CborReader in, Map<Hash, Integer> places) {
        int count = in.tryBeginList();
        List<Hash> heads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Hash head = Hash.from(in.bytes().toArray());
            if (!places.containsKey(head) || (i > 0 && heads.getLast().compareTo(head) >= 0)) {
                throw in.damaged("heads are entries of the base, in order, each once");
            }
            heads.add(head);
        }
        if (count < 1) {
            throw in.damaged("a base has a head");
        }
        in.end();
        return heads;
    }
}
