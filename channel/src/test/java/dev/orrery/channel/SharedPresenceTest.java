package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException;
import dev.orrery.testkit.Seeded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is here, over processes that share a store; each test holds their clocks. Law H13. */
@Timeout(60)
class SharedPresenceTest {
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final KeyValueStore store = KeyValueStore.inMemory();
    private int processes;

    /** One process. */
    private final class Node {
        final Room room = new Room();
        final Channel<String> lobby =
                room.channels.define("lobby", String.class).presence().create();
        final SharedPresence shared =
                new SharedPresence(room.channels, store, "p" + processes++, LEASE);

        Attachment enter(String user) {
            return room.enter(user).attach(Join.of("lobby").withPresence());
        }

        Set<String> users() {
            return new TreeSet<>(
                    lobby.presence().members().stream().map(Presence.Member::user).toList());
        }

        void stepAfter(Duration time) {
            room.pass(time);
            shared.step();
        }
    }

    private static void steps(Node... processes) {
        for (int round = 0; round < 2; round++) {
            for (Node each : processes) {
                each.stepAfter(Duration.ofSeconds(1));
            }
        }
    }

    private static List<String> told(Attachment attachment) {
        return attachment.nextBatch(100, Room.NOW).stream()
                .map(message -> ((Message.Came) message).change())
                .map(change -> change.getClass().getSimpleName() + " " + change.member().user())
                .toList();
    }

    @Test
    void aJoinIsSeenInTheOtherProcessAndSoIsTheLeave() { // Q07
        Node a = new Node();
        Node b = new Node();
        Attachment watching = b.enter("watcher");
        steps(a, b);
        Attachment ann = a.enter("ann");
        a.shared.step();
        b.shared.step();
        assertThat(told(watching)).containsExactly("Joined ann");
        assertThat(b.lobby.presence().members().getLast())
                .isEqualTo(a.lobby.presence().members().getLast());
        ann.close();
        steps(a, b);
        assertThat(told(watching)).containsExactly("Left ann");
        assertThat(a.users()).containsExactly("watcher");
        assertThat(b.enter("late").roster().orElseThrow()).hasSize(2);
    }

    @Test
    void whoIsConnectedToTwoIsOneUser() { // Q07
        Node a = new Node();
        Node b = new Node();
        Attachment watching = b.enter("watcher");
        Attachment one = a.enter("ann");
        steps(a, b);
        Attachment other = b.enter("ann");
        steps(a, b);
        one.close();
        steps(a, b);
        assertThat(told(watching))
                .as("came once, and is there still")
                .containsExactly("Joined ann");
        assertThat(a.users()).containsExactly("ann", "watcher");
        other.close();
        steps(a, b);
        assertThat(told(watching)).containsExactly("Left ann");
        assertThat(a.users()).containsExactly("watcher");
    }

    @Test
    void thoseOfAProcessThatDiedHaveLeft() { // Q07
        Node a = new Node();
        Node b = new Node();
        Attachment watching = b.enter("watcher");
        a.enter("ann");
        steps(a, b);
        assertThat(told(watching)).containsExactly("Joined ann");
        b.stepAfter(LEASE.minusNanos(1));
        assertThat(b.users()).as("it may be slow").contains("ann");
        b.stepAfter(Duration.ofNanos(1));
        assertThat(told(watching)).containsExactly("Left ann");
        assertThat(b.users()).containsExactly("watcher");
        assertThat(new Node().users()).as("nothing of it is left behind").isEmpty();
        assertThat(store.scan(new byte[0], null, 100)).as("one number, one roster").hasSize(2);
    }

    @Test
    void aProcessThatOnlyPausedIsThereAgain() { // Q07
        Node a = new Node();
        Node b = new Node();
        Attachment watching = b.enter("watcher");
        a.enter("ann");
        steps(a, b);
        b.stepAfter(LEASE);
        assertThat(told(watching)).containsExactly("Joined ann", "Left ann");
        steps(a, b, a, b);
        assertThat(told(watching)).containsExactly("Joined ann");
        assertThat(a.users()).containsExactly("ann", "watcher");
    }

    @Test
    void aProcessThatGoesSaysSo() {
        Node a = new Node();
        Node b = new Node();
        Attachment watching = b.enter("watcher");
        a.enter("ann");
        steps(a, b);
        a.shared.close();
        assertThat(a.users()).as("it knows of the others no more").containsExactly("ann");
        b.shared.step();
        assertThat(told(watching)).containsExactly("Joined ann", "Left ann");
        assertThatThrownBy(a.shared::step).isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void randomHistoriesEndWithOneRosterEverywhere() {
        Seeded.runs(200, this::history);
    }

    private void history(Seeded random) {
        store.scan(new byte[0], null, 1_000).forEach(entry -> store.delete(entry.key()));
        List<Node> alive = new ArrayList<>();
        List<List<Seat>> seats = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            alive.add(new Node());
            seats.add(new ArrayList<>());
        }
        for (int n = 0; n < 80; n++) {
            int at = random.below(alive.size());
            switch (random.below(8)) {
                case 0, 1, 2 -> {
                    String user = "user" + random.below(4);
                    seats.get(at).add(new Seat(user, alive.get(at).enter(user)));
                }
                case 3, 4 -> {
                    if (!seats.get(at).isEmpty()) {
                        int left = random.below(seats.get(at).size());
                        seats.get(at).remove(left).attachment().close();
                    }
                }
                case 5, 6 -> alive.get(at).stepAfter(Duration.ofMillis(random.below(2_000)));
                default -> {
                    if (random.below(10) == 0) {
                        alive.set(at, new Node());
                        seats.set(at, new ArrayList<>());
                    }
                }
            }
        }
        for (int round = 0; round < 8; round++) {
            alive.forEach(each -> each.stepAfter(Duration.ofMillis(700)));
        }
        Set<String> expected = new TreeSet<>();
        seats.forEach(some -> some.forEach(seat -> expected.add(seat.user())));
        int connections = seats.stream().mapToInt(List::size).sum();
        for (Node each : alive) {
            assertThat(each.users()).isEqualTo(expected);
            assertThat(
                            each.lobby.presence().members().stream()
                                    .mapToInt(member -> member.connections().size())
                                    .sum())
                    .as("connections, of which two processes may give two the same id")
                    .isLessThanOrEqualTo(connections);
        }
    }

    /** Somebody who follows, as the oracle knows it. */
    private record Seat(String user, Attachment attachment) {}
}
