package dev.orrery.channel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is in a channel, by user, with the connections of each. Guarded by the channel's lock. */
final class Roster {
    private final Map<String, Seat> users = new LinkedHashMap<>();

    /** One user: what is shown of it, and its connections, each as often as it follows. */
    private record Seat(Map<String, Object> info, List<String> connections) {}

    /** Counts a connection in; the member when it is its user's first. // law H8 */
    Optional<Presence.Member> enter(PresenceSeat taken) {
        Seat seat =
                users.computeIfAbsent(taken.user(), _ -> new Seat(taken.info(), new ArrayList<>()));
        seat.connections().add(taken.connection());
        return seat.connections().size() == 1
                ? Optional.of(member(taken.user(), seat))
                : Optional.empty();
    }

    /** Counts a connection out; the member as it was when it was its user's last. // law H8 */
    Optional<Presence.Member> leave(PresenceSeat left) {
        @Nullable Seat seat = users.get(left.user());
        if (seat == null) {
            return Optional.empty();
        }
        Presence.Member before = member(left.user(), seat);
        seat.connections().remove(left.connection());
        if (!seat.connections().isEmpty()) {
            return Optional.empty();
        }
        users.remove(left.user());
        return Optional.of(before);
    }

    List<Presence.Member> members() {
        List<Presence.Member> members = new ArrayList<>();
        users.forEach((user, seat) -> members.add(member(user, seat)));
        return List.copyOf(members);
    }

    private static Presence.Member member(String user, Seat seat) {
        return new Presence.Member(
                user, seat.info(), seat.connections().stream().distinct().toList());
    }
}
