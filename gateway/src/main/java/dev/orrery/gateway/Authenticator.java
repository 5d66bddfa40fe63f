package dev.orrery.gateway;

import dev.orrery.channel.Principal;
import java.util.Optional;

/**
 * Tells who holds a token. Called on the connection's thread, possibly by many at once; may block.
 *
 * <p>It says who somebody is, never what they may: that is the access policy's.
 */
@FunctionalInterface
public interface Authenticator {
    /**
     * Everybody is {@link Principal#ANONYMOUS}, whatever they show; the access policy still
     * decides.
     */
    Authenticator ANYBODY = _ -> new Credentials.Good(Principal.ANONYMOUS, Optional.empty());

    /**
     * The principal behind a token.
     *
     * @param token what the client showed; empty text when it showed nothing
     */
    Credentials check(String token);

    /**
     * What a token for one channel says of somebody who is known already: the same principal, with
     * more roles or claims. Not taken by default.
     *
     * @param token what the client showed for this channel, not empty
     */
    default Credentials checkFor(Principal who, String channel, String token) {
        return new Credentials.Bad("tokens for channels are not taken here");
    }
}
