package dev.orrery.graph;

import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far a topic is somewhere: of every id that belongs to it by an entry within the vector, every
 * entry within the vector is there. Immutable.
 *
 * @param types those of which entries within the vector make an id belong
 */
record Cut(VersionVector vector, SortedSet<TypeName> types) { // law G68
    Cut {
        types = Collections.unmodifiableSortedSet(new TreeSet<>(types));
    }

    /** Whether an entry of an author is within it. */
    boolean covers(String author, long sequence) {
        return vector.covers(author, sequence);
    }

    /** Whether everything within another is within this. */
    boolean isBeyond(Cut other) {
        return other.vector.newest().entrySet().stream()
                .allMatch(known -> vector.covers(known.getKey(), known.getValue().sequence()));
    }

    /** Without what some authors wrote. */
    Cut without(SortedSet<String> authors) {
        TreeMap<String, VersionVector.Known> fewer = new TreeMap<>(vector.newest());
        fewer.keySet().removeAll(authors);
        return new Cut(new VersionVector(fewer), types);
    }

    void write(CborWriter out) {
        out.beginList(2);
        SyncMessage.vector(out, vector);
        out.beginList(2 * types.size());
        types.forEach(type -> {
            out.flag(type.isEdge());
            out.text(type.name());
        });
        out.end();
        out.end();
    }

    static Cut read(CborReader in) {
        if (in.tryBeginList() != 2) {
            throw in.damaged("a cut has a vector and types");
        }
        VersionVector vector = SyncMessage.vector(in);
        int count = SyncMessage.begin(in, 2 * SyncMessage.MOST_PARTS);
        if (count % 2 != 0) {
            throw in.damaged("a type has a kind and a name");
        }
        SortedSet<TypeName> types = new TreeSet<>();
        for (int i = 0; i < count; i += 2) {
            types.add(new TypeName(SyncMessage.flag(in), Limits.type(in.text())));
        }
        in.end();
        in.end();
        return new Cut(vector, types);
    }
}
