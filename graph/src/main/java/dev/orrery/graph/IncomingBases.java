package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bases of which a part has come: kept until the rest has, so that an exchange that broke off goes
 * on where it was, with whichever peer. They take no more memory together than the longest base
 * may; the one that was begun first is forgotten for another. Thread-safe.
 */
final class IncomingBases {
    /** What a base that was begun counts for at least, so that there are not many. */
    private static final int LEAST_BYTES = StoredBase.PART_BYTES;

    private final Map<Hash, ByteArrayOutputStream> begun = new LinkedHashMap<>();
    private final long mostBytes;

    /** Bases that take up so many bytes together. */
    IncomingBases(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** From which byte on a base is lacking. */
    synchronized int reached(Hash base) {
        ByteArrayOutputStream known = begun.get(base);
        return known == null ? 0 : known.size();
    }

    /**
     * Takes a part that begins where the one before ended, any other is left alone; the base when
     * that was the last.
     */
    synchronized Optional<PackedBase> take(SyncMessage.BaseName name, int from, Bytes part) {
        if (from != reached(name.hash())) {
            return Optional.empty();
        }
        if (part.length() > name.length() - from) {
            begun.remove(name.hash());
            throw new Invalid("base", "has as many bytes as is said", name.length());
        }
        ByteArrayOutputStream bytes =
                begun.computeIfAbsent(name.hash(), _ -> new ByteArrayOutputStream());
        bytes.writeBytes(part.toArray());
        makeRoom(name.hash());
        if (bytes.size() < name.length()) {
            return Optional.empty();
        }
        begun.remove(name.hash());
        return Optional.of(
                new PackedBase(name.hash(), Bytes.of(bytes.toByteArray()), name.signed()));
    }

    private void makeRoom(Hash but) {
        long all = begun.values().stream().mapToLong(IncomingBases::size).sum();
        var oldest = begun.entrySet().iterator();
        while (all > mostBytes && oldest.hasNext()) {
            Map.Entry<Hash, ByteArrayOutputStream> next = oldest.next();
            if (!next.getKey().equals(but)) {
                all -= size(next.getValue());
                oldest.remove();
            }
        }
    }

    private static long size(ByteArrayOutputStream bytes) {
        return Math.max(LEAST_BYTES, bytes.size());
    }
}
