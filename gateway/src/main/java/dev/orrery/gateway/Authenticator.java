package dev.orrery.gateway;

import dev.orrery.channel.Principal;
import java.util.Optional;

/** Tells who holds a token. Called on the connection's thread; may block. */
@FunctionalInterface
public interface Authenticator {
    /**
     * Everybody is {@link Principal#ANONYMOUS}, whatever they show; the access policy still
     * decides.
     */
    Authenticator ANYBODY = _ -> Optional.of(Principal.ANONYMOUS);

    /**
     * The principal behind a token, or empty when the token is not good.
     *
     * @param token what the client showed; empty text when it showed nothing
     */
    Optional<Principal> authenticate(String token);
}
