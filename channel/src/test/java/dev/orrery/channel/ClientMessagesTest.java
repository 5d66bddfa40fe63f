package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients send to each other. Law H10. */
@Timeout(30)
class ClientMessagesTest {
    private static final Map<String, Object> TYPING = Map.of("typing", "alice");

    private final Room room = new Room();
    private final Channel<String> chat =
            room.channels.define("chat", String.class).clientMessages(100, 10).create();
    private final Connection alice = room.enter("alice");
    private final Connection bob = room.enter("bob");

    private static Numbered at(long offset) {
        return new Numbered("e1", offset);
    }

    private ClientMessage from(Connection sender, Object data) {
        return new ClientMessage(
                sender.principal().name(), sender.id(), sender.principal().info(), data);
    }

    @Test
    void theOthersGetItWithItsSenderAndTheSenderDoesNot() { // C05
        Attachment sending = alice.attach("chat");
        Attachment other = bob.attach("chat");
        assertThat(alice.publish("chat", TYPING, 20)).isEqualTo(at(1));
        assertThat(other.next()).isEqualTo(new Message.FromClient(at(1), from(alice, TYPING)));
        assertThat(sending.next(Room.NOW)).isEmpty();
    }

    @Test
    void itIsNeverTakenForWhatTheApplicationSays() { // H10
        try (var ours = chat.subscribe();
                var theirs = chat.clientMessages().subscribe();
                Attachment other = bob.attach("chat")) {
            alice.attach("chat");
            chat.publish("delta");
            alice.publish("chat", "delta", 7);
            assertThat(ours.nextBatch(9, Room.NOW))
                    .containsExactly(new Delivery.Item<>(at(1), "delta"));
            assertThat(theirs.nextBatch(9, Room.NOW))
                    .containsExactly(new Delivery.Item<>(at(2), from(alice, "delta")));
            assertThat(other.nextBatch(9, Room.NOW))
                    .containsExactly(
                            new Message.Entry(at(1), "delta"),
                            new Message.FromClient(at(2), from(alice, "delta")));
        }
        assertThat(bob.attach("chat", Optional.of("e1:0")).nextBatch(9, Room.NOW)).hasSize(2);
    }

    @Test
    void itIsOffByDefaultAndNeverOnForWhatTheEngineOwns() { // C06
        room.channels.channel("news", String.class);
        room.channels.serve("engine", new Broadcast<String>("b", 9));
        for (String channel : new String[] {"news", "engine"}) {
            alice.attach(channel);
            assertThatThrownBy(() -> alice.publish(channel, TYPING, 20))
                    .as(channel)
                    .isInstanceOf(OrreryException.Unsupported.class);
        }
    }

    @Test
    void onlyWhoMayAndFollowsSends() { // C06, H4
        assertThatThrownBy(() -> alice.publish("chat", TYPING, 20))
                .isInstanceOf(OrreryException.Denied.class);
        alice.attach("chat").close();
        assertThatThrownBy(() -> alice.publish("chat", TYPING, 20))
                .isInstanceOf(OrreryException.Denied.class);
        room.policy = (_, action, _) -> Access.allowedIf(action != Action.PUBLISH);
        alice.attach("chat");
        assertThatThrownBy(() -> alice.publish("chat", TYPING, 20))
                .hasMessage("not allowed to publish channel chat");
        assertThatThrownBy(() -> alice.publish("nowhere", TYPING, 20))
                .isInstanceOf(OrreryException.Denied.class);
        assertThat(chat.head()).isEqualTo(at(0));
    }

    @Test
    void itsSizeAndItsRateAreLimited() { // H10
        alice.attach("chat");
        assertThatThrownBy(() -> alice.publish("chat", "x", 101))
                .hasMessage("bytes of a client message is limited to 100, asked for 101");
        for (int i = 0; i < 10; i++) {
            alice.publish("chat", i, 100);
        }
        assertThatThrownBy(() -> alice.publish("chat", "one more", 10))
                .isInstanceOfSatisfying(
                        OrreryException.LimitExceeded.class,
                        limit ->
                                assertThat(limit.limit()).isEqualTo(ChannelDefinition.CLIENT_RATE));
        bob.attach("chat");
        bob.publish("chat", "another has a rate of its own", 40);
        room.pass(Duration.ofMillis(100));
        alice.publish("chat", "a tenth of a second later", 30);
        assertThatThrownBy(() -> alice.publish("chat", "and no more", 10))
                .isInstanceOf(OrreryException.LimitExceeded.class);
        room.pass(Duration.ofHours(1));
        for (int i = 0; i < 10; i++) {
            alice.publish("chat", i, 100);
        }
        assertThatThrownBy(() -> alice.publish("chat", "rest is not saved up", 10))
                .isInstanceOf(OrreryException.LimitExceeded.class);
    }
}
