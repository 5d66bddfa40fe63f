package dev.orrery.gateway;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Under which names this server is asked, and pages of which origins may act for a user. Immutable.
 *
 * <p>A page that is not ours can have its own name lead to this address; a browser then takes it
 * for ours. So a name must be one of ours: an address, {@code localhost}, or allowed. // law G15
 */
record Hosts(Set<String> names, Set<String> origins) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");

    /** Whether a request may come under this name, with or without a port. */
    boolean allows(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
        return name.equals("localhost") || ADDRESS.matcher(name).matches() || names.contains(name);
    }

    /**
     * A browser names the page's origin: only our own pages, and those allowed by name, may act for
     * a user.
     */
    boolean allowsPage(@Nullable String origin, @Nullable String host) {
        return origin == null
                || origins.contains(origin)
                || origin.equals("http://" + host)
                || origin.equals("https://" + host);
    }
}
