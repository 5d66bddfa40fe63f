package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One policy for everything that is asked from outside. Laws H4 and H9. */
@Timeout(30)
class AccessTest {
    private final Room room = new Room();

    private static Principal of(String name, String tenant) {
        return new Principal(name, Set.of(), Map.of("tenant", tenant));
    }

    @Test
    void everyWayToAChannelAsksTheSamePolicy() { // H4, A05
        room.channels.define("room", String.class).presence().clientMessages(9, 9).create();
        List<String> asked = new ArrayList<>();
        EnumSet<Action> allowed = EnumSet.allOf(Action.class);
        room.policy =
                (who, action, what) -> {
                    asked.add(who.name() + " " + action + " " + what);
                    return Access.allowedIf(allowed.contains(action));
                };
        Connection ann = room.enter("ann");
        ann.attach(Join.of("room").withPresence());
        ann.members("room");
        ann.history("room", History.Range.oldest(1));
        ann.publish("room", "x", 3);
        assertThat(asked)
                .containsExactly(
                        "ann SUBSCRIBE channel room",
                        "ann PRESENCE channel room",
                        "ann PRESENCE channel room",
                        "ann READ channel room",
                        "ann PUBLISH channel room");
        allowed.clear();
        for (Runnable way :
                List.<Runnable>of(
                        () -> ann.attach("room"),
                        () -> ann.members("room"),
                        () -> ann.history("room", History.Range.oldest(1)),
                        () -> ann.publish("room", "x", 3),
                        () -> ann.require(Action.REBUILD, new Resource.OfProjection("p", "k")))) {
            assertThatThrownBy(way::run).isInstanceOf(OrreryException.Denied.class);
        }
    }

    @Test
    void theDefinitionAndNotTheNameSaysWhatAChannelIs() { // C03
        for (String name : List.of("orders", "private-orders.1", "presence-chat.1")) {
            room.channels.channel(name, String.class);
        }
        room.channels.define("chat", String.class).presence().create();
        room.policy = AccessPolicy.NOBODY;
        for (String name : List.of("orders", "private-orders.1", "presence-chat.1", "chat")) {
            assertThatThrownBy(() -> room.enter("ann").attach(name))
                    .as("%s needs to be allowed, as all do", name)
                    .isInstanceOf(OrreryException.Denied.class);
        }
        room.policy = (_, _, _) -> Access.allowed();
        assertThatThrownBy(() -> room.enter("ann").members("presence-chat.1"))
                .isInstanceOf(OrreryException.Unsupported.class);
        assertThat(room.enter("ann").members("chat")).isEmpty();
    }

    @Test
    void aReadModelOfOneTenantIsClosedToAnother() { // A10
        room.channels.serveFamily(
                "projection:orders:",
                key -> new Resource.OfProjection("orders", key),
                _ -> Optional.of(new Broadcast<String>("b", 9)));
        room.policy =
                (who, action, what) ->
                        Access.allowedIf(
                                what instanceof Resource.OfProjection(var _, var key)
                                        && key.startsWith(who.claim("tenant") + "/"));
        Connection seven = room.channels.connect(of("ann", "7"));
        Connection eight = room.channels.connect(of("eve", "8"));
        seven.attach("projection:orders:7/o-1").close();
        History.Range head = History.Range.oldest(0);
        seven.history("projection:orders:7/o-1", head);
        assertThatThrownBy(() -> eight.attach("projection:orders:7/o-1"))
                .isInstanceOf(OrreryException.Denied.class);
        assertThatThrownBy(() -> eight.history("projection:orders:7/o-1", head))
                .isInstanceOf(OrreryException.Denied.class);
    }

    @Test
    void namesAndKeysWithSeparatorsAreNeverTakenForOthers() { // A14
        Set<Resource> different =
                Set.of(
                        new Resource.OfProjection("a:b", "c"),
                        new Resource.OfProjection("a", "b:c"),
                        new Resource.OfChannel("a:b:c"),
                        new Resource.OfQuery("a", "b:c"));
        assertThat(different).hasSize(4);
    }

    @Test
    void aRevokedUserLosesWhatItFollowsAndNobodyElseDoes() { // A12
        room.channels.channel("talk", String.class);
        Connection ann = room.enter("ann");
        Connection bob = room.enter("bob");
        Attachment one = ann.attach("talk");
        Attachment other = bob.attach("talk");
        room.policy = (who, _, _) -> Access.allowedIf(!who.name().equals("ann"));
        room.channels.review();
        assertThatThrownBy(one::next)
                .isInstanceOf(OrreryException.Denied.class)
                .hasMessage("not allowed to subscribe channel talk");
        assertThat(other.next(Room.NOW)).isEmpty();
        assertThat(room.channels.followers("talk")).isEqualTo(1);
        room.channels.end("ann");
        assertThat(room.channels.connections()).isEqualTo(1);
        assertThatThrownBy(() -> ann.attach("talk")).isInstanceOf(OrreryException.class);
    }

    @Test
    void whoeverRenewsIsAskedAgainAndStaysTheSame() { // A12, A03
        room.channels.channel("talk", String.class);
        room.channels.channel("secret", String.class);
        room.policy =
                (who, _, what) ->
                        Access.allowedIf(
                                what.equals(new Resource.OfChannel("talk"))
                                        || "7".equals(who.claims().get("tenant")));
        Connection ann = room.channels.connect(of("ann", "7"));
        Attachment talk = ann.attach("talk");
        Attachment secret = ann.attach("secret");
        ann.renew(of("ann", "8"));
        assertThat(talk.next(Room.NOW)).isEmpty();
        assertThatThrownBy(secret::next).isInstanceOf(OrreryException.Denied.class);
        assertThatThrownBy(() -> ann.renew(of("eve", "7")))
                .isInstanceOf(OrreryException.Denied.class);
        assertThat(ann.principal()).isEqualTo(of("ann", "8"));
    }

    @Test
    void aTokenForOneChannelSaysMoreOfTheSameAndOfThatChannelOnly() { // A03
        room.channels.channel("secret", String.class);
        room.policy = (who, _, _) -> Access.allowedIf("7".equals(who.claims().get("tenant")));
        Connection ann = room.channels.connect(of("ann", "none"));
        assertThatThrownBy(() -> ann.attach("secret")).isInstanceOf(OrreryException.Denied.class);
        Attachment secret = ann.attach(Join.of("secret").as(of("ann", "7")));
        assertThatThrownBy(() -> ann.attach(Join.of("secret").as(of("eve", "7"))))
                .isInstanceOf(OrreryException.Denied.class);
        ann.review();
        assertThat(secret.next(Room.NOW)).isEmpty();
        ann.renew(secret, of("ann", "7"));
        assertThat(secret.next(Room.NOW)).isEmpty();
        assertThatThrownBy(() -> ann.renew(secret, of("ann", "8")))
                .isInstanceOf(OrreryException.Denied.class);
        assertThatThrownBy(secret::next).isInstanceOf(OrreryException.Denied.class);
    }
}
