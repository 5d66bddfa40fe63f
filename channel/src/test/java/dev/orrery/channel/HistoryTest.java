package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a published channel keeps, hands over and replaces. Laws H2, H3, H11. */
@Timeout(30)
class HistoryTest {
    private final Room room = new Room();
    private final Connection ann = room.enter("ann");

    private static Numbered at(long offset) {
        return new Numbered("e1", offset);
    }

    private static void publish(Channel<Long> channel, long from, long to) {
        LongStream.rangeClosed(from, to).forEach(channel::publish);
    }

    private static List<Long> offsets(List<Message> messages) {
        return messages.stream().map(each -> ((Numbered) each.cursor()).offset()).toList();
    }

    private static List<Long> longs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void whoLeftAtFiveHundredGetsExactlyWhatCameSince() { // X06
        Channel<Long> channel = room.channels.define("talk", Long.class).history(1_000).create();
        publish(channel, 1, 620);
        try (Attachment back = ann.attach("talk", Optional.of("e1:500"))) {
            assertThat(back.beginning()).isEqualTo(new Beginning.Continued(at(500), at(620)));
            assertThat(offsets(back.nextBatch(1_000, Room.NOW))).isEqualTo(longs(501, 620));
        }
    }

    @Test
    void historyIsLimitedByCount() { // H11
        Channel<Long> channel = room.channels.define("talk", Long.class).history(10).create();
        publish(channel, 1, 620);
        assertThat(offsets(channel.history(History.Range.oldest(100)).messages()))
                .isEqualTo(longs(611, 620));
        assertThat(ann.attach("talk", Optional.of("e1:610")).beginning())
                .isInstanceOf(Beginning.Continued.class);
        assertThat(ann.attach("talk", Optional.of("e1:609")).beginning())
                .isEqualTo(new Beginning.Reset(at(610), Optional.empty()));
    }

    @Test
    void aShortHistoryTearsNoHoleIntoABurst() { // H11
        Channel<Long> channel = room.channels.define("talk", Long.class).history(0).create();
        try (Attachment here = ann.attach("talk")) {
            publish(channel, 1, 200);
            assertThat(offsets(here.nextBatch(1_000, Room.NOW))).isEqualTo(longs(1, 200));
        }
        assertThat(channel.history(History.Range.oldest(100)).messages()).isEmpty();
        assertThat(ann.attach("talk", Optional.of("e1:199")).beginning())
                .isInstanceOf(Beginning.Reset.class);
        assertThat(ann.attach("talk", Optional.of("e1:200")).beginning())
                .isInstanceOf(Beginning.Continued.class);
    }

    @Test
    void historyIsLimitedByAge() { // H11
        Channel<Long> channel =
                room.channels
                        .define("talk", Long.class)
                        .history(100, Duration.ofMinutes(10))
                        .create();
        try (Attachment slow = ann.attach("talk")) {
            publish(channel, 1, 3);
            room.pass(Duration.ofMinutes(6));
            publish(channel, 4, 5);
            assertThat(offsets(channel.history(History.Range.oldest(9)).messages()))
                    .isEqualTo(longs(1, 5));
            room.pass(Duration.ofMinutes(5));
            assertThat(offsets(channel.history(History.Range.oldest(9)).messages()))
                    .isEqualTo(longs(4, 5));
            assertThat(slow.next()).isEqualTo(new Message.Gap(at(0), at(3)));
            assertThat(ann.attach("talk", Optional.of("e1:2")).beginning())
                    .isEqualTo(new Beginning.Reset(at(3), Optional.empty()));
        }
        room.pass(Duration.ofMinutes(10));
        assertThat(channel.history(History.Range.oldest(9)))
                .isEqualTo(new History.Page(at(5), List.of()));
    }

    @Test
    void historyIsReadFromAPlaceInBothDirections() { // H11
        Channel<Long> channel = room.channels.define("talk", Long.class).history(50).create();
        publish(channel, 1, 100);
        assertThat(read(History.Range.after(at(60), 3))).isEqualTo(longs(61, 63));
        assertThat(read(History.Range.after(at(99), 3))).isEqualTo(longs(100, 100));
        assertThat(read(History.Range.after(at(100), 3))).isEmpty();
        assertThat(read(History.Range.newest(3))).containsExactly(100L, 99L, 98L);
        assertThat(read(new History.Range(Optional.of(at(98)), 2, true))).containsExactly(97L, 96L);
        assertThat(read(new History.Range(Optional.of(at(52)), 9, true))).containsExactly(51L);
        assertThat(read(History.Range.oldest(0))).isEmpty();
        for (Numbered stale : List.of(at(49), at(101), new Numbered("other", 60))) {
            assertThatThrownBy(() -> ann.history("talk", History.Range.after(stale, 3)))
                    .as(stale.text())
                    .isInstanceOf(OrreryException.StaleCursor.class);
        }
    }

    private List<Long> read(History.Range range) {
        return offsets(ann.history("talk", range).messages());
    }

    @Test
    void aNewerMessageOfItsKeyTakesThePlaceOfOneThatWasNotRead() { // X11
        Channel<String> channel =
                room.channels
                        .define("talk", String.class)
                        .history(4)
                        .conflate(text -> text.startsWith("typing") ? "typing" : null)
                        .create();
        try (Attachment here = ann.attach("talk")) {
            channel.publish("typing a");
            assertThat(here.next()).isEqualTo(new Message.Entry(at(1), "typing a"));
            for (String text : List.of("said x", "typing b", "typing c", "said y", "typing d")) {
                channel.publish(text);
            }
            assertThat(here.nextBatch(9, Room.NOW))
                    .containsExactly(
                            new Message.Entry(at(2), "said x"),
                            new Message.Entry(at(5), "said y"),
                            new Message.Entry(at(6), "typing d"));
        }
        assertThat(ann.attach("talk", Optional.of("e1:1")).nextBatch(9, Room.NOW))
                .as("what was replaced takes no room in the history")
                .extracting(each -> ((Numbered) each.cursor()).offset())
                .containsExactly(2L, 5L, 6L);
        for (int i = 0; i < 1_000; i++) {
            channel.publish("typing " + i);
        }
        assertThat(offsets(channel.history(History.Range.oldest(9)).messages()))
                .containsExactly(2L, 5L, 1_006L);
    }

    @Test
    void theSenderIsPassedOverAndNobodyElse() { // C09
        Channel<String> channel = room.channels.channel("talk", String.class);
        Connection bob = room.enter("bob");
        Connection eve = room.enter("eve");
        Attachment one = ann.attach("talk");
        Attachment two = bob.attach("talk");
        Attachment three = eve.attach("talk");
        channel.publishExcept(bob, "to the others");
        channel.publish("to all");
        assertThat(one.nextBatch(9, Room.NOW)).hasSize(2);
        assertThat(three.nextBatch(9, Room.NOW)).hasSize(2);
        assertThat(two.nextBatch(9, Room.NOW)).containsExactly(new Message.Entry(at(2), "to all"));
        assertThat(two.cursor()).isEqualTo(at(2));
    }

    @Test
    void aGapBeforeOnesOwnMessageIsToldAllTheSame() { // H5, found by random histories
        Channel<String> channel =
                room.channels
                        .define("talk", String.class)
                        .history(9, Duration.ofSeconds(1))
                        .create();
        Attachment here = ann.attach("talk");
        channel.publish("too old when it is read");
        room.pass(Duration.ofSeconds(2));
        channel.publishExcept(ann, "one's own");
        channel.publish("new");
        assertThat(here.next()).isEqualTo(new Message.Gap(at(0), at(1)));
        assertThat(here.next()).isEqualTo(new Message.Entry(at(3), "new"));
    }

    @Test
    void publishingToNobodySucceeds() { // C08
        Channel<String> channel = room.channels.channel("talk", String.class);
        assertThat(channel.publish("anybody?")).isEqualTo(at(1));
        assertThat(channel.head()).isEqualTo(at(1));
    }

    @Test
    void thisProcessFollowsItAsAFeedAndIsToldWhatItMissed() { // H2, H3
        Channel<Long> channel = room.channels.define("talk", Long.class).history(4).create();
        publish(channel, 1, 10);
        try (Subscription<Delivery<Long>> late = channel.subscribe(channel.cursor("e1:8"));
                Subscription<Delivery<Long>> tooLate = channel.subscribe(at(2));
                Subscription<Delivery<Long>> foreign =
                        channel.subscribe(new Cursor.Numbered("old", 2))) {
            assertThat(late.nextBatch(9, Room.NOW))
                    .containsExactly(
                            new Delivery.Item<>(at(9), 9L), new Delivery.Item<>(at(10), 10L));
            assertThat(tooLate.next()).isEqualTo(new Delivery.Lagged<>(at(2), at(6)));
            assertThat(tooLate.next()).isEqualTo(new Delivery.Item<>(at(7), 7L));
            assertThat(foreign.next())
                    .isEqualTo(new Delivery.Lagged<>(new Cursor.Numbered("old", 2), at(10)));
            publish(channel, 11, 11);
            assertThat(foreign.next()).isEqualTo(new Delivery.Item<>(at(11), 11L));
        }
    }

    @Test
    void aServedFeedIsReadOnFromAPlaceAndNothingElse() { // H11
        var deltas = new dev.orrery.core.Broadcast<String>("s", 2);
        room.channels.serve("state", deltas);
        for (String each : List.of("a", "b", "c")) {
            deltas.publish(each);
        }
        Numbered place = new Numbered("s", 1);
        assertThat(ann.history("state", History.Range.after(place, 1)).messages())
                .containsExactly(new Message.Entry(new Numbered("s", 2), "b"));
        assertThat(ann.history("state", History.Range.oldest(0)).head())
                .isEqualTo(new Numbered("s", 3));
        assertThatThrownBy(() -> ann.history("state", History.Range.after(new Numbered("s", 0), 9)))
                .isInstanceOf(OrreryException.StaleCursor.class);
        assertThatThrownBy(() -> ann.history("state", History.Range.newest(9)))
                .isInstanceOf(OrreryException.Unsupported.class);
    }
}
