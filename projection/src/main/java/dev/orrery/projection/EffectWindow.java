package dev.orrery.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Which events of a log are handled: all up to a position, and some above it while earlier ones are
 * under way. Numbers are those of positions and may have holes. Confined to one thread.
 */
final class EffectWindow {
    private final int size;
    private final TreeSet<Long> open = new TreeSet<>();
    private final TreeSet<Long> above;
    private final List<Long> fresh = new ArrayList<>();
    private long stored;
    private long read;

    /**
     * A window as it was stored.
     *
     * @param size how many events may be read and not be below the position
     * @param position everything up to here is handled
     * @param above what is handled above it
     */
    EffectWindow(int size, long position, List<Long> above) {
        this.size = size;
        this.stored = position;
        this.read = position;
        this.above = new TreeSet<>(above);
    }

    /** Takes note of the next event read; false when it was handled before a restart. */
    boolean arrive(long number) {
        read = number;
        if (above.contains(number)) {
            return false;
        }
        open.add(number);
        return true;
    }

    /** Takes note that an event is handled. */
    void handle(long number) {
        open.remove(number);
        above.add(number);
        fresh.add(number);
    }

    /** The position as of what is handled; everything up to it is. */
    long position() {
        return open.isEmpty() ? read : open.first() - 1;
    }

    /** The position that {@link #store} was told last. */
    long stored() {
        return stored;
    }

    /** What is handled above a position and was not stored yet. */
    List<Long> freshAbove(long position) {
        return fresh.stream().filter(number -> number > position).toList();
    }

    /** Takes note that what is handled so far, and this position, are stored. */
    void store(long position) {
        stored = position;
        fresh.clear();
        above.headSet(position, true).clear();
    }

    /** Whether there is something to be stored. */
    boolean hasChanged() {
        return position() > stored || !fresh.isEmpty();
    }

    /** How many events are handled above the position. */
    int above() {
        return above.size();
    }

    /** How many more events may be read. */
    int room() {
        return size - open.size() - above.size();
    }
}
