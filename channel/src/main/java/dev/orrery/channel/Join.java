package dev.orrery.channel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How somebody wants to follow a channel. Immutable.
 *
 * @param channel its name
 * @param after the text of a cursor this channel gave out, when the reader holds a place
 * @param part which part of an {@link Individual} channel; other channels do not look at it
 * @param presence whether it wants to know who is here, and be told who comes and goes
 * @param who as whom, when a token for this channel says more than the connection's
 */
public record Join(
        String channel,
        Optional<String> after,
        @Nullable Object part,
        boolean presence,
        Optional<Principal> who) {
    /** From now, all of it. */
    public static Join of(String channel) {
        return new Join(channel, Optional.empty(), null, false, Optional.empty());
    }

    /** From a place the reader holds. */
    public Join after(String place) {
        return new Join(channel, Optional.of(place), part, presence, who);
    }

    /** A part of it. */
    public Join part(@Nullable Object asked) {
        return new Join(channel, after, asked, presence, who);
    }

    /** With the roster, and whoever comes and goes. */
    public Join withPresence() {
        return new Join(channel, after, part, true, who);
    }

    /** As somebody of whom more is known than of the connection's principal. */
    public Join as(Principal principal) {
        return new Join(channel, after, part, presence, Optional.of(principal));
    }
}
