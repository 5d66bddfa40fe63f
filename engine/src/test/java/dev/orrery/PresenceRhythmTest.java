package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Channel;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Join;
import dev.orrery.channel.Message;
import dev.orrery.channel.Presence;
import dev.orrery.channel.Principal;
import dev.orrery.core.KeyValueStore;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two engines that share presence. Law E18, case Q07. */
@Timeout(60)
class PresenceRhythmTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Orrery open(KeyValueStore store) {
        Orrery orrery = Orrery.configure().access((_, _, _) -> Access.allowed()).open();
        orrery.sharePresence(store, Duration.ofMillis(400));
        return orrery;
    }

    private static Channel<String> lobby(Orrery orrery) {
        return orrery.channels().define("lobby", String.class).presence().create();
    }

    private static Presence.Change next(Attachment attachment) {
        return ((Message.Came) attachment.next(SOON).orElseThrow()).change();
    }

    @Test
    void whoComesToOneIsSeenInTheOtherAndGoesWithIt() {
        KeyValueStore store = KeyValueStore.inMemory();
        try (Orrery here = open(store)) {
            Orrery there = open(store);
            lobby(here);
            lobby(there);
            try (Connection watcher =
                            here.channels().connect(new Principal("w", Set.of(), Map.of()));
                    Attachment watching = watcher.attach(Join.of("lobby").withPresence())) {
                there.channels().connect(new Principal("ann", Set.of(), Map.of())).attach("lobby");
                assertThat(next(watching))
                        .isInstanceOfSatisfying(
                                Presence.Joined.class,
                                joined -> assertThat(joined.member().user()).isEqualTo("ann"));
                there.close();
                assertThat(next(watching))
                        .isInstanceOfSatisfying(
                                Presence.Left.class,
                                left -> assertThat(left.member().user()).isEqualTo("ann"));
            }
        }
    }
}
