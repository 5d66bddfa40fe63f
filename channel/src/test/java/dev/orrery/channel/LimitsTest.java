package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is counted, and how many there may be. Laws H6 and H12. */
@Timeout(60)
class LimitsTest {
    private final Room room = new Room();

    @Test
    void connectionsAreCounted() { // C01
        Connection ann = room.enter("ann");
        assertThat(room.channels.connections()).isEqualTo(1);
        ann.close();
        assertThat(room.channels.connections()).isZero();
    }

    @Test
    void followersAreCountedAndLeaveNothingBehind() { // C02, C04, C13
        List<String> names = List.of("a", "b", "c");
        Connection ann = room.enter("ann");
        for (String name : names) {
            room.channels.channel(name, String.class);
            ann.attach(name);
            assertThat(room.channels.followers(name)).isEqualTo(1);
        }
        ann.attach("a").close();
        assertThat(room.channels.followers("a")).isEqualTo(1);
        ann.close();
        assertThat(names).allMatch(name -> room.channels.followers(name) == 0);
    }

    @Test
    void aFullChannelRefusesAnotherAndNotWhoIsThere() { // C12
        room.channels.define("one", String.class).followers(1).create();
        Connection ann = room.enter("ann");
        Attachment first = ann.attach("one");
        assertThatThrownBy(() -> room.enter("bob").attach("one"))
                .isInstanceOf(OrreryException.LimitExceeded.class)
                .hasMessage("followers of channel one is limited to 1, asked for 2");
        Attachment again = ann.attach("one");
        first.close();
        assertThatThrownBy(() -> room.enter("bob").attach("one"))
                .isInstanceOf(OrreryException.LimitExceeded.class);
        again.close();
        room.enter("bob").attach("one");
    }

    @Test
    void whoIsRefusedForLackOfRoomIsNotCounted() { // C12
        Channel<String> one =
                room.channels.define("one", String.class).presence().followers(1).create();
        room.enter("ann").attach("one");
        Connection bob = room.enter("bob");
        assertThatThrownBy(() -> bob.attach("one"))
                .isInstanceOf(OrreryException.LimitExceeded.class);
        assertThat(bob.attachments()).isZero();
        assertThat(one.presence().members()).hasSize(1);
    }

    @Test
    void aConnectionThatHasEndedFollowsNothing() { // C16
        Channel<String> room1 = room.channels.define("room", String.class).presence().create();
        Connection ann = room.enter("ann");
        ann.close();
        assertThatThrownBy(() -> ann.attach("room")).isInstanceOf(OrreryException.Closed.class);
        assertThat(room.channels.followers("room")).isZero();
        assertThat(room1.presence().members()).isEmpty();
    }

    @Test
    void whatIsDefinedIsWhatHolds() { // C14
        Channel<String> plain = room.channels.channel("plain", String.class);
        assertThat(plain.definition().history()).isEqualTo(History.DEFAULT);
        assertThat(plain.definition().clients()).isEmpty();
        assertThat(plain.definition().hasPresence()).isFalse();
        assertThat(plain.definition().mostFollowers()).isEqualTo(Integer.MAX_VALUE);
        ChannelDefinition<String> definition = room.channels.define("chat", String.class);
        assertThatThrownBy(() -> definition.clientMessages(0, 1))
                .isInstanceOf(OrreryException.BadDefinition.class);
        assertThatThrownBy(() -> definition.history(-1))
                .isInstanceOf(OrreryException.Invalid.class);
        assertThatThrownBy(() -> definition.history(1, Duration.ZERO))
                .isInstanceOf(OrreryException.Invalid.class);
        assertThatThrownBy(() -> room.channels.define("plain", String.class).create())
                .isInstanceOf(OrreryException.BadDefinition.class);
    }

    @Test
    void aReaderThatStandsStillHoldsUpNobody() throws Exception { // C18
        Channel<Integer> channel =
                room.channels.define("busy", Integer.class).history(100).create();
        try (Attachment stalled = room.enter("stalled").attach("busy");
                Attachment healthy = room.enter("healthy").attach("busy")) {
            AtomicInteger last = new AtomicInteger();
            for (int i = 1; i <= 10_000; i++) {
                channel.publish(i);
                assertThat(healthy.next())
                        .isInstanceOfSatisfying(
                                Message.Entry.class, entry -> last.set((Integer) entry.value()));
                assertThat(last).hasValue(i);
            }
            assertThat(stalled.next()).isInstanceOf(Message.Gap.class);
        }
    }

    @Test
    void followersComeAndGoFromManyThreadsAndTheCountIsExact() throws Exception { // H12
        room.channels.define("few", String.class).followers(3).create();
        AtomicInteger here = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Connection mine = room.enter("user" + i);
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int n = 0; n < 500; n++) {
                                    try (Attachment _ = mine.attach("few")) {
                                        most.accumulateAndGet(here.incrementAndGet(), Math::max);
                                        here.decrementAndGet();
                                    } catch (OrreryException.LimitExceeded full) {
                                        Thread.onSpinWait();
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isBetween(1, 3);
        assertThat(room.channels.followers("few")).isZero();
        for (int i = 0; i < 3; i++) {
            room.enter("late" + i).attach("few");
        }
    }
}
