package dev.orrery.graph;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The named consumers of a graph and where they are. Guarded by the lock of its graph. */
final class Leases {
    private final Map<String, Lease> byConsumer = new HashMap<>();

    /**
     * A consumer's place.
     *
     * @param acknowledged after the last entry that was dealt with
     * @param expires when it no longer holds back compaction, in milliseconds since 1970
     */
    record Lease(String consumer, ArrivalCursor acknowledged, long expires) {
        private static final int FIXED_BYTES = 3 * Long.BYTES;

        /** What a store keeps of it; {@code docs/formats/graph.md}. */
        byte[] bytes() {
            byte[] name = consumer.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(FIXED_BYTES + name.length)
                    .putLong(acknowledged.number())
                    .putLong(acknowledged.check())
                    .putLong(expires)
                    .put(name)
                    .array();
        }

        static Lease read(ByteBuffer in) {
            ArrivalCursor acknowledged = new ArrivalCursor(in.getLong(), in.getLong());
            long expires = in.getLong();
            byte[] name = new byte[in.remaining()];
            in.get(name);
            return new Lease(new String(name, StandardCharsets.UTF_8), acknowledged, expires);
        }

        boolean isReleased() {
            return expires == 0;
        }
    }

    /** Takes the newest that is known of a consumer. */
    void put(Lease lease) {
        if (lease.isReleased()) {
            byConsumer.remove(lease.consumer());
        } else {
            byConsumer.put(lease.consumer(), lease);
        }
    }

    Optional<Lease> of(String consumer) {
        return Optional.ofNullable(byConsumer.get(consumer));
    }

    /** The leases that hold something back at a moment. */
    List<Lease> heldAt(long millis) {
        List<Lease> held = new ArrayList<>(byConsumer.values());
        held.removeIf(lease -> lease.expires() <= millis);
        return held;
    }
}
