package dev.orrery.graph;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Invalid;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far somebody knows each author's entries: a cursor that every replica of the graph
 * understands. Immutable.
 *
 * @param newest by author, the last of his entries that is known; the empty name stands for roots
 */
public record VersionVector(SortedMap<String, Known> newest) implements Cursor {
    private static final String PREFIX = "v:";

    /**
     * The last entry of an author that is known.
     *
     * @param sequence which of his entries it is
     * @param check the first eight bytes of its hash, by which a forked author is noticed
     */
    public record Known(long sequence, long check) {
        /** Checks the number. */
        public Known {
            if (sequence < 0 || sequence >= Integer.MAX_VALUE) {
                throw new Invalid("sequence", "is a number from 0", sequence);
            }
        }
    }

    /** A vector of these. */
    public VersionVector {
        newest = Collections.unmodifiableSortedMap(new TreeMap<>(newest));
    }

    /** Knows nothing. */
    public static VersionVector none() {
        return new VersionVector(new TreeMap<>());
    }

    /** Whether an entry of an author is among those that are known; an author known has roots. */
    boolean covers(String author, long sequence) {
        Known known = newest.get(author);
        return known != null && sequence <= known.sequence();
    }

    /** With one more entry known, and so all of its author's before it. */
    VersionVector and(Entry entry) {
        TreeMap<String, Known> more = new TreeMap<>(newest);
        more.merge(
                entry.author(),
                new Known(entry.sequence(), entry.hash().first()),
                (had, now) -> now.sequence() > had.sequence() ? now : had);
        return new VersionVector(more);
    }

    @Override
    public String text() {
        List<String> parts = new ArrayList<>();
        newest.forEach((author, known) ->
                parts.add(
                        URLEncoder.encode(author, StandardCharsets.UTF_8)
                                + "="
                                + known.sequence()
                                + "."
                                + Long.toHexString(known.check())));
        return PREFIX + String.join(",", parts);
    }

    static boolean isText(String text) {
        return text.startsWith(PREFIX);
    }

    /**
     * Reads the {@link #text} form.
     *
     * @throws Invalid when it is none
     */
    public static VersionVector parse(String text) {
        if (!isText(text)) {
            throw malformed(text);
        }
        TreeMap<String, Known> newest = new TreeMap<>();
        String parts = text.substring(PREFIX.length());
        for (String part : parts.isEmpty() ? new String[0] : parts.split(",", -1)) {
            int equals = part.indexOf('=');
            int dot = part.indexOf('.', equals + 1);
            if (equals < 0 || dot < 0) {
                throw malformed(text);
            }
            try {
                newest.put(
                        URLDecoder.decode(part.substring(0, equals), StandardCharsets.UTF_8),
                        new Known(
                                Long.parseLong(part.substring(equals + 1, dot)),
                                Long.parseUnsignedLong(part.substring(dot + 1), 16)));
            } catch (IllegalArgumentException notHex) {
                throw malformed(text);
            }
        }
        VersionVector vector = new VersionVector(newest);
        if (!vector.text().equals(text)) {
            throw malformed(text);
        }
        return vector;
    }

    private static Invalid malformed(String text) {
        return new Invalid("version vector", "is v:author=sequence.check,…", text);
    }

    /** What an index holds. */
    static VersionVector of(EntryIndex index) {
        Map<String, Known> newest = new TreeMap<>();
        for (String author : index.authors()) {
            long sequence = index.newest(author);
            int arrival = index.find(author, sequence);
            if (arrival != 0) {
                newest.put(author, new Known(sequence, index.hash(arrival).first()));
            }
        }
        return new VersionVector(new TreeMap<>(newest));
    }

    @Override
    public String toString() {
        return text();
    }
}
