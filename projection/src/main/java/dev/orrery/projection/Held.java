package dev.orrery.projection;

import org.jspecify.annotations.Nullable;

/** A key in memory. Immutable, but for a hint of whether it was used. */
final class Held<S> {
    private final @Nullable S state;
    private final long version;
    private final long position;
    private final long chunk;

    /** Whether it was looked for lately: a hint, which may be lost. */
    private boolean isUsed;

    /**
     * What is known of a key.
     *
     * @param state its state; null after it was removed
     * @param version the number of its last change in its epoch, removals counted
     * @param position the number of the event that changed it last
     * @param chunk the chunk of kept changes that holds the last ones of it
     */
    Held(@Nullable S state, long version, long position, long chunk) {
        this.state = state;
        this.version = version;
        this.position = position;
        this.chunk = chunk;
    }

    @Nullable S state() {
        return state;
    }

    long version() {
        return version;
    }

    long position() {
        return position;
    }

    long chunk() {
        return chunk;
    }

    /** Whether it was removed so long before an event that nothing is known of it any more. */
    boolean isForgottenAt(long number) {
        return state == null && Remembrance.isOver(position, number);
    }

    void use() {
        if (!isUsed) { // a write only where it makes a difference
            isUsed = true;
        }
    }

    /** Whether it was used since this was asked last. */
    boolean takeUse() {
        boolean was = isUsed;
        isUsed = false;
        return was;
    }
}
