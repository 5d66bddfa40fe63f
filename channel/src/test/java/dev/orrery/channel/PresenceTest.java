package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is in a channel: users, not tabs. Law H8. */
@Timeout(60)
class PresenceTest {
    private static final Join LOBBY = Join.of("lobby").withPresence();

    private final Room room = new Room();
    private final Channel<String> lobby =
            room.channels.define("lobby", String.class).presence().create();

    private static Presence.Change change(Message message) {
        return ((Message.Came) message).change();
    }

    private static List<String> users(List<Presence.Member> members) {
        return members.stream().map(Presence.Member::user).toList();
    }

    @Test
    void aMemberIsThereWithWhatIsShownOfIt() { // Q01
        Connection ann = room.enter("ann");
        ann.attach("lobby");
        assertThat(lobby.presence().members())
                .containsExactly(
                        new Presence.Member("ann", Room.user("ann").info(), List.of(ann.id())));
    }

    @Test
    void theOthersAreToldAndTheJoinerIsNot() { // Q02, Q03
        Attachment ann = room.enter("ann").attach(LOBBY);
        Attachment bob = room.enter("bob").attach(LOBBY);
        assertThat(change(ann.next()))
                .isInstanceOfSatisfying(
                        Presence.Joined.class,
                        joined -> assertThat(joined.member().user()).isEqualTo("bob"));
        assertThat(bob.next(Room.NOW)).isEmpty();
        bob.close();
        assertThat(change(ann.next()))
                .isInstanceOfSatisfying(
                        Presence.Left.class,
                        left -> assertThat(left.member().user()).isEqualTo("bob"));
        assertThat(ann.next(Room.NOW)).isEmpty();
    }

    @Test
    void aRoomOfFiveIsHandedToWhoeverJoins() { // Q05
        for (String user : List.of("a", "b", "c", "d", "e")) {
            room.enter(user).attach("lobby");
        }
        Attachment late = room.enter("late").attach(LOBBY);
        assertThat(users(late.roster().orElseThrow()))
                .as("the five and the newcomer, who is told nothing of itself")
                .containsExactly("a", "b", "c", "d", "e", "late");
        assertThat(late.next(Room.NOW)).isEmpty();
    }

    @Test
    void twoTabsAreOneUserWhicheverIsClosedFirst() { // Q02, Q03 with two tabs
        Attachment watcher = room.enter("watcher").attach(LOBBY);
        for (boolean olderFirst : new boolean[] {true, false}) {
            Connection older = room.enter("ann");
            Connection newer = room.enter("ann");
            older.attach("lobby");
            newer.attach("lobby");
            assertThat(change(watcher.next())).isInstanceOf(Presence.Joined.class);
            assertThat(lobby.presence().members().getLast().connections())
                    .containsExactly(older.id(), newer.id());
            (olderFirst ? older : newer).close();
            assertThat(watcher.next(Room.NOW)).as("one tab is left").isEmpty();
            (olderFirst ? newer : older).close();
            assertThat(change(watcher.next())).isInstanceOf(Presence.Left.class);
            assertThat(watcher.next(Room.NOW)).isEmpty();
        }
    }

    @Test
    void messagesAndComingsKeepTheirOrder() {
        Attachment watcher = room.enter("watcher").attach(LOBBY);
        Attachment bob = room.enter("bob").attach(LOBBY);
        lobby.publish("one");
        bob.close();
        lobby.publish("two");
        assertThat(watcher.nextBatch(9, Room.NOW))
                .extracting(message ->
                        switch (message) {
                            case Message.Entry entry -> entry.value();
                            case Message.Came came -> came.change().getClass().getSimpleName();
                            default -> message;
                        })
                .containsExactly("Joined", "one", "Left", "two");
    }

    @Test
    void whoeverFallsBehindTheComingsJoinsAgain() { // H5
        Attachment watcher = room.enter("watcher").attach(LOBBY);
        lobby.publish("one");
        for (int i = 0; i < 300; i++) {
            room.enter("guest" + i).attach("lobby").close();
        }
        assertThat(watcher.next()).isInstanceOf(Message.Gap.class);
        assertThat(watcher.cursor().text()).isEqualTo("e1:0");
        Attachment again = room.enter("watcher").attach(LOBBY.after(watcher.cursor().text()));
        assertThat(again.next()).isInstanceOf(Message.Entry.class);
        assertThat(users(again.roster().orElseThrow())).containsExactly("watcher");
    }

    @Test
    void whoMayNotKnowFollowsWithoutBeingTold() { // H4
        room.policy =
                (who, action, what) ->
                        Access.allowedIf(action != Action.PRESENCE || who.name().equals("ann"));
        Connection ann = room.enter("ann");
        Connection bob = room.enter("bob");
        Attachment one = ann.attach(LOBBY);
        Attachment other = bob.attach(LOBBY);
        assertThat(one.roster()).isPresent();
        assertThat(other.roster()).isEmpty();
        room.enter("eve").attach("lobby");
        assertThat(one.nextBatch(9, Room.NOW)).hasSize(2);
        assertThat(other.next(Room.NOW)).isEmpty();
        assertThat(users(ann.members("lobby"))).containsExactly("ann", "bob", "eve");
        assertThatThrownBy(() -> bob.members("lobby")).isInstanceOf(OrreryException.Denied.class);
    }

    @Test
    void aChannelWithoutPresenceSaysSo() {
        room.channels.channel("quiet", String.class);
        Connection ann = room.enter("ann");
        assertThat(ann.attach(Join.of("quiet").withPresence()).roster()).isEmpty();
        assertThatThrownBy(() -> ann.members("quiet"))
                .isInstanceOf(OrreryException.Unsupported.class);
    }

    @Test
    void thisProcessIsToldToo() {
        try (Subscription<Delivery<Presence.Change>> changes =
                lobby.presence().changes().subscribe()) {
            room.enter("ann").attach("lobby").close();
            assertThat(changes.nextBatch(9, Room.NOW))
                    .extracting(each -> ((Delivery.Item<Presence.Change>) each).value())
                    .extracting(each -> each.getClass().getSimpleName())
                    .containsExactly("Joined", "Left");
        }
    }

    /** Joins and leaves from several threads: a roster and what follows it make the members. */
    @Test
    void aRosterAndWhatFollowsItAreTheMembersWhoeverComesMeanwhile() throws Exception {
        List<Thread> guests = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int seed = i;
            guests.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                SplittableRandom random = new SplittableRandom(seed);
                                for (int n = 0; n < 500; n++) {
                                    room.enter("guest" + random.nextInt(6)).attach("lobby").close();
                                }
                                room.enter("guest" + seed).attach("lobby");
                            }));
        }
        for (int round = 0; round < 50; round++) {
            follow();
        }
        for (Thread guest : guests) {
            guest.join();
        }
        assertThat(follow()).containsExactlyInAnyOrder("w", "guest0", "guest1", "guest2", "guest3");
    }

    /** Follows for a while; a user joins only who is not there, and leaves only who is. */
    private Set<String> follow() {
        try (Connection watcher = room.enter("w");
                Attachment watching = watcher.attach(LOBBY)) {
            Set<String> here = new HashSet<>(users(watching.roster().orElseThrow()));
            for (Message message : watching.nextBatch(100, Room.NOW)) {
                if (message instanceof Message.Gap) {
                    return Set.of();
                }
                switch (change(message)) {
                    case Presence.Joined(var member) ->
                            assertThat(here.add(member.user())).as("%s joins", member).isTrue();
                    case Presence.Left(var member) ->
                            assertThat(here.remove(member.user())).as("%s left", member).isTrue();
                }
            }
            return here;
        }
    }
}
