package dev.orrery.core;

/**
 * The revision that one access reads at, held for as short as that takes: to begin and to end one
 * takes no lock and makes no object as long as few threads read at once. For authors of runtimes;
 * whoever holds longer takes a {@link Pin}.
 *
 * <p>Of the thread that began it, which closes it exactly once and does not touch it again.
 */
public final class Reading implements AutoCloseable {
    /** How many places there are. */
    public static final int PLACES = 16;

    private final Pins pins;

    /** The place it is used again at; negative when it is used once. */
    private final int place;

    private long revision;

    Reading(Pins pins, int place) {
        this.pins = pins;
        this.place = place;
    }

    Reading of(long held) {
        revision = held;
        return this;
    }

    /** The number of the revision that every source answers as of. */
    public long revision() {
        return revision;
    }

    /**
     * A number below {@link #PLACES} that no other reading of this timeline has as long as this one
     * is open; negative when there are too many at once.
     */
    public int place() {
        return place;
    }

    @Override
    public void close() {
        pins.end(place, revision);
    }
}
