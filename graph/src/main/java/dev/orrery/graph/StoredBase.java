package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a base is in a store, {@code docs/formats/graph.md}: records that each hold a part of it
 * and of the arrival numbers of its entries, and behind them one that says what they are.
 *
 * @param length how many bytes it has, packed
 * @param rows how many entries
 * @param isOwn whether it was made here, and not taken in from a peer
 * @param position of the record of the first part
 */
record StoredBase(
        Hash hash,
        int length,
        int rows,
        boolean isOwn,
        long position,
        Optional<PackedBase.Signed> signed) {
    /** How many bytes are in each part but the last. */
    static final int PART_BYTES = 1 << 20;

    /** What stands before the bytes of a part: format, kind, hash, where in the whole it is. */
    static final int PART_HEAD_BYTES = 2 + Hash.BYTES + Integer.BYTES;

    private static final int ARRIVAL_BYTES = Integer.BYTES;

    /** The records of a base but the last. */
    static List<byte[]> parts(PackedBase base, int[] arrivals) {
        byte[] packed = base.packed().toArray();
        ByteBuffer whole =
                ByteBuffer.allocate(
                        Math.addExact(
                                packed.length, Math.multiplyExact(ARRIVAL_BYTES, arrivals.length)));
        whole.put(packed);
        for (int arrival : arrivals) {
            whole.putInt(arrival);
        }
        List<byte[]> parts = new ArrayList<>();
        for (int from = 0; from < whole.capacity(); from += PART_BYTES) {
            int length = Math.min(PART_BYTES, whole.capacity() - from);
            parts.add(
                    ByteBuffer.allocate(PART_HEAD_BYTES + length)
                            .put(EntryRecord.FORMAT)
                            .put(EntryRecord.BASE_PART)
                            .put(base.hash().toArray())
                            .putInt(from)
                            .put(whole.array(), from, length)
                            .array());
        }
        return parts;
    }

    /** How many records of parts there are. */
    int parts() {
        return (bytes() + PART_BYTES - 1) / PART_BYTES;
    }

    private int bytes() {
        return length + ARRIVAL_BYTES * rows;
    }

    /** What the last record says, and a checkpoint. */
    byte[] encode() {
        CborWriter out = new CborWriter();
        out.beginList(6);
        out.bytes(hash.toArray());
        out.whole(length);
        out.whole(rows);
        out.flag(isOwn);
        out.whole(position);
        PackedBase.Signed.write(out, signed);
        out.end();
        return out.toByteArray();
    }

    static StoredBase decode(byte[] bytes) {
        CborReader in = new CborReader(bytes);
        if (in.tryBeginList() != 6) {
            throw in.damaged("what is said of a base has six parts");
        }
        StoredBase base =
                new StoredBase(
                        Hash.from(in.bytes().toArray()),
                        Math.toIntExact(in.whole()),
                        Math.toIntExact(in.whole()),
                        Boolean.TRUE.equals(in.value()),
                        in.whole(),
                        PackedBase.Signed.read(in));
        in.end();
        in.expectEnd();
        return base;
    }

    /** The whole of it, put together from the bytes of its parts. */
    Whole whole(List<byte[]> parts) {
        ByteBuffer all = ByteBuffer.allocate(bytes());
        for (byte[] part : parts) {
            if (part.length > all.remaining()) {
                throw new Invalid("base", "has its parts", hash);
            }
            all.put(part);
        }
        if (all.hasRemaining()) {
            throw new Invalid("base", "has all its parts", hash);
        }
        all.position(length);
        int[] arrivals = new int[rows];
        all.asIntBuffer().get(arrivals);
        Bytes packed = Bytes.of(Arrays.copyOf(all.array(), length));
        return new Whole(new PackedBase(hash, packed, signed), arrivals);
    }

    /** A base with the arrival numbers its entries have here. */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Whole(PackedBase base, int[] arrivals) {}
}
