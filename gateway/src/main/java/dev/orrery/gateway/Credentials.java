package dev.orrery.gateway;

import dev.orrery.channel.Principal;
import java.time.Instant;
import java.util.Optional;

/** What a token turned out to be. Immutable. */
public sealed interface Credentials {
    /**
     * It says who this is.
     *
     * @param until when that ends unless a newer token is brought; never when empty
     */
    record Good(Principal principal, Optional<Instant> until) implements Credentials {}

    /** It was good once; a newer one is asked for. */
    record Expired() implements Credentials {}

    /**
     * It is not good.
     *
     * @param why in a few words for whoever holds it, without what it said
     */
    record Bad(String why) implements Credentials {}
}
