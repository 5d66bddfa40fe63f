package dev.orrery.log;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Invalid;

/**
 * A place in the order of an event log: the events up to and including one, all of which are
 * committed. Immutable.
 *
 * @param log names the life of the log the number belongs to; a log that was started over is
 *     another one
 * @param number how many events lie at or before this place; zero is the place before the first
 */
public record Position(String log, long number) implements Cursor {
    public Position {
        if (log.isEmpty() || log.indexOf(':') >= 0 || number < 0) {
            throw new Invalid("position", "is log:number", log + ":" + number);
        }
    }

    /**
     * Whether this place has everything up to another.
     *
     * @throws Invalid when the other is a place in another log
     */
    public boolean atLeast(Position other) {
        if (!log.equals(other.log)) {
            throw new Invalid("position", "is one of log " + log, other);
        }
        return number >= other.number;
    }

    @Override
    public String text() {
        return log + ":" + number;
    }

    /** Reads the {@link #text()} form; {@code Invalid} when it is none. */
    static Position parse(String text) {
        Numbered numbered = Numbered.parse(text);
        return new Position(numbered.epoch(), numbered.offset());
    }

    @Override
    public String toString() {
        return text();
    }
}
