package dev.orrery.channel;

import java.util.Locale;

/** What somebody wants to do with a {@link Resource}. */
public enum Action {
    READ,
    SUBSCRIBE,
    PRESENCE,
    PUBLISH,
    CALL,
    WRITE,
    REBUILD,
    OPERATE;

    /** The verb as it reads in a message: {@code subscribe}. */
    String verb() {
        return name().toLowerCase(Locale.ROOT);
    }
}
