package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.Type;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Names what an effect does for an event, the same in every life of the process: a hash of the
 * log's life, the effect's name and the event's id. Thread-safe. // law F2
 */
final class DeduplicationKeys {
    private static final int BYTES = 16;

    private final Codec<List<String>> parts = Codec.of(Type.listOf(String.class));
    private final String log;
    private final String effect;

    DeduplicationKeys(String log, String effect) {
        this.log = log;
        this.effect = effect;
    }

    String of(String id) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(parts.encode(List.of(log, effect, id)));
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java machine has SHA-256", e);
        }
    }
}
