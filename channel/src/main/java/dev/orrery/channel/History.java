package dev.orrery.channel;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How much of a channel is kept for those who come back. Immutable.
 *
 * @param messages how many at most; 0 keeps none
 * @param age how old at most; without a limit when empty
 */
public record History(int messages, Optional<Duration> age) {
    /** The newest thousand, however old. */
    public static final History DEFAULT = new History(1_000, Optional.empty());

    public History {
        if (messages < 0 || age.filter(limit -> !limit.isPositive()).isPresent()) {
            throw new OrreryException.Invalid(
                    "history", "has no negative limits", messages + ", " + age);
        }
    }

    /**
     * What is asked for.
     *
     * @param place of the last one the reader has; exclusive, in both directions
     * @param most how many at most
     * @param newestFirst back from the place, or the newest, instead of on from it, or the oldest
     */
    public record Range(Optional<Numbered> place, int most, boolean newestFirst) {
        /** The first so many after a place. */
        public static Range after(Numbered place, int most) {
            return new Range(Optional.of(place), most, false);
        }

        /** The first so many of all that is kept. */
        public static Range oldest(int most) {
            return new Range(Optional.empty(), most, false);
        }

        /** The newest so many, the newest first. */
        public static Range newest(int most) {
            return new Range(Optional.empty(), most, true);
        }
    }

    /**
     * What was found.
     *
     * @param head the newest place when it was read
     * @param messages entries and messages of clients, each with its place
     */
    public record Page(Numbered head, List<Message> messages) {
        public Page {
            messages = List.copyOf(messages);
        }
    }
}
