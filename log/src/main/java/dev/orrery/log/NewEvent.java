package dev.orrery.log;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import org.jspecify.annotations.Nullable;

/**
 * An event about to be appended, perhaps with the id that makes it count once. Immutable.
 *
 * @param event the fact
 * @param id names the event in its log for ever, at most 512 characters; null leaves that to its
 *     position
 */
public record NewEvent<E>(E event, @Nullable String id) {
    /** The greatest length of an id, in characters. */
    static final int MOST_ID_LENGTH = 512;

    public NewEvent {
        if (id != null) {
            requireName("event id", id);
        }
    }

    /** Sees to it that a text can name something in every database. */
    static void requireName(String what, String name) {
        if (name.isBlank() || name.indexOf('\0') >= 0) {
            throw new Invalid(what, "is not blank and has no zero characters", name);
        }
        if (name.length() > MOST_ID_LENGTH) {
            throw new LimitExceeded("characters of an " + what, MOST_ID_LENGTH, name.length());
        }
    }

    /** An event that is new each time it is appended. */
    public static <E> NewEvent<E> of(E event) {
        return new NewEvent<>(event, null);
    }

    /**
     * The same event under an id: appended a second time it changes nothing and answers with its
     * first position.
     */
    public NewEvent<E> withId(String id) {
        return new NewEvent<>(event, id);
    }
}
