package dev.orrery.graph;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What other replicas were heard to have. Guarded by the lock of its graph. */
final class Acknowledged {
    private final Map<String, Known> byReplica = new HashMap<>();

    /**
     * What one replica has at least.
     *
     * @param heard when that was, in milliseconds since 1970
     */
    record Known(String replica, VersionVector vector, long heard) {
        /** What a store keeps of it; {@code docs/formats/graph.md}. */
        byte[] bytes() {
            byte[] name = replica.getBytes(StandardCharsets.UTF_8);
            byte[] text = vector.text().getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + name.length + text.length)
                    .putLong(heard)
                    .putInt(name.length)
                    .put(name)
                    .put(text)
                    .array();
        }

        static Known read(ByteBuffer in) {
            long heard = in.getLong();
            byte[] name = new byte[Math.clamp(in.getInt(), 0, in.remaining())];
            in.get(name);
            byte[] text = new byte[in.remaining()];
            in.get(text);
            return new Known(
                    new String(name, StandardCharsets.UTF_8),
                    VersionVector.parse(new String(text, StandardCharsets.UTF_8)),
                    heard);
        }
    }

    /** Takes the newest that is known of a replica; false when that is nothing new. */
    boolean put(Known known) {
        Known before = byReplica.put(known.replica(), known);
        return before == null || !before.vector().equals(known.vector());
    }

    Optional<Known> of(String replica) {
        return Optional.ofNullable(byReplica.get(replica));
    }

    /** Everybody who was heard of. */
    List<Known> all() {
        return List.copyOf(byReplica.values());
    }
}
