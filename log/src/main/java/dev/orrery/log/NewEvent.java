package dev.orrery.log;

import dev.orrery.core.OrreryException.Invalid;
import org.jspecify.annotations.Nullable;

/**
 * An event about to be appended, perhaps with the id that makes it count once. Immutable.
 *
 * @param event the fact
 * @param id names the event in its log for ever; null leaves that to its position
 */
public record NewEvent<E>(E event, @Nullable String id) {
    public NewEvent {
        if (id != null && id.isBlank()) {
            throw new Invalid("event id", "is not blank", id);
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
