package dev.orrery.projection;

import dev.orrery.core.OrreryException.StorageFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Several encoded states in one string of bytes: each with its length before it. */
final class PackedStates {
    private PackedStates() {}

    static byte[] pack(Collection<byte[]> states) {
        int bytes = 0;
        for (byte[] state : states) {
            bytes += Integer.BYTES + state.length;
        }
        ByteBuffer packed = ByteBuffer.allocate(bytes);
        for (byte[] state : states) {
            packed.putInt(state.length).put(state);
        }
        return packed.array();
    }

    /**
     * The states packed together.
     *
     * @param where what they are, for the error
     * @throws StorageFailure when the lengths do not add up
     */
    static List<byte[]> unpack(byte[] packed, String where) {
        List<byte[]> states = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(packed);
        while (rest.hasRemaining()) {
            int length = rest.remaining() < Integer.BYTES ? -1 : rest.getInt();
            if (length < 0 || length > rest.remaining()) {
                throw new StorageFailure(StorageFailure.Kind.DAMAGED, where, null);
            }
            byte[] state = new byte[length];
            rest.get(state);
            states.add(state);
        }
        return states;
    }
}
