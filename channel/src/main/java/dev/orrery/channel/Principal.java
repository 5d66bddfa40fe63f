package dev.orrery.channel;

import dev.orrery.core.OrreryException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody outside the process, as established by whoever accepted the connection.
 *
 * @param name who it is; {@link #ANONYMOUS} when nobody said
 * @param roles what a policy may ask with {@link #has}
 * @param claims further facts, by name
 * @param info what others are shown of it, as a value tree without nulls
 */
public record Principal(
        String name, Set<String> roles, Map<String, String> claims, Map<String, Object> info) {
    /** Somebody who showed nothing. */
    public static final Principal ANONYMOUS = new Principal("anonymous", Set.of(), Map.of());

    public Principal {
        roles = Set.copyOf(roles);
        claims = Map.copyOf(claims);
        info = Map.copyOf(info);
    }

    /** Somebody of whom others are shown nothing but the name. */
    public Principal(String name, Set<String> roles, Map<String, String> claims) {
        this(name, roles, claims, Map.of());
    }

    /** Whether this principal has a role. */
    public boolean has(String role) {
        return roles.contains(role);
    }

    /**
     * A claim that must be there; {@code Missing} otherwise, which a policy need not catch: it is a
     * refusal.
     */
    public String claim(String claim) {
        return Optional.ofNullable(claims.get(claim))
                .orElseThrow(() -> new OrreryException.Missing("the claims of " + name, claim));
    }
}
