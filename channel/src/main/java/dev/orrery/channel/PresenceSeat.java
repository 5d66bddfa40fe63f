package dev.orrery.channel;

import java.util.Map;

/** One connection's place in a channel's roster. Immutable. */
record PresenceSeat(String user, Map<String, Object> info, String connection) {
    static PresenceSeat of(Principal who, String connection) {
        return new PresenceSeat(who.name(), who.info(), connection);
    }
}
