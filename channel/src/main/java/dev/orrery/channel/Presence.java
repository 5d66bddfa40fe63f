package dev.orrery.channel;

import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import java.util.List;
import java.util.Map;

/**
 * Who follows a channel: users, not connections. Whoever opens a second tab is there once, and gone
 * when the last one closes. // law H8 — Thread-safe.
 */
public interface Presence {
    /** Whoever is here now, the first to come first. */
    List<Member> members();

    /** Every change from now on; who falls behind what is kept is told, and reads the members. */
    Feed<Delivery<Change>> changes();

    /**
     * One user who is here.
     *
     * @param user the name of its principal
     * @param info what is shown of it, as its first connection brought it
     * @param connections the ids of its connections, the first to come first
     */
    record Member(String user, Map<String, Object> info, List<String> connections) {
        public Member {
            info = Map.copyOf(info);
            connections = List.copyOf(connections);
        }
    }

    /** Somebody came or went. */
    sealed interface Change {
        /** Who. */
        Member member();
    }

    /** A user's first connection follows the channel. */
    record Joined(Member member) implements Change {}

    /** A user's last connection left. */
    record Left(Member member) implements Change {}
}
