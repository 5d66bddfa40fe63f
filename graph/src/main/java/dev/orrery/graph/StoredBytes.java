package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an entry as a store has them, and its arrival number. Confined, one after another.
 */
final class StoredBytes {
    private final long arrival;
    private final byte[] bytes;
    private final boolean loose;
    private final boolean again;
    private final long moved;

    /** The entry, or the exception that says why it is none; null before it was decoded. */
    private @Nullable Object decoded;

    StoredBytes(long arrival, byte[] bytes, boolean loose, boolean again, long moved) {
        this.arrival = arrival;
        this.bytes = bytes;
        this.loose = loose;
        this.again = again;
        this.moved = moved;
    }

    long arrival() {
        return arrival;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Whether it came without what it follows. */
    boolean isLoose() {
        return loose;
    }

    /** Whether it came again, in the place of what cannot be read. */
    boolean isAgain() {
        return again;
    }

    boolean isSame(StoredBytes other) {
        return arrival == other.arrival && Arrays.equals(bytes, other.bytes);
    }

    /**
     * The greatest number of those that were moved with it, {@link EntryRecord#NOT_MOVED} when it
     * was not.
     */
    long moved() {
        return moved;
    }

    /** Decodes it, so that {@link #entry} can tell. */
    void decode(EntryCodec codec) {
        try {
            decoded = codec.decode(bytes);
        } catch (Invalid | LimitExceeded | Unsupported unreadable) {
            decoded = unreadable;
        }
    }

    /**
     * The entry that was decoded.
     *
     * @throws Invalid when it cannot be read
     * @throws LimitExceeded when it is too long
     * @throws Unsupported when a newer version wrote it
     */
    Entry entry() {
        return switch (decoded) {
            case Entry entry -> entry;
            case RuntimeException unreadable -> throw unreadable;
            case null, default -> throw new IllegalStateException("it was not decoded");
        };
    }
}
