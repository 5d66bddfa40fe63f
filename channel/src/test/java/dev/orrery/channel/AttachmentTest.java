package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How following a channel begins and goes on, whatever is behind its name. */
@Timeout(30)
class AttachmentTest {
    private static final AccessPolicy EVERYBODY = (who, action, what) -> Access.allowed();
    private static final Duration SOON = Duration.ofSeconds(10);

    private final AtomicInteger epochs = new AtomicInteger();
    private final Channels channels =
            new Channels(EVERYBODY, () -> "e" + epochs.incrementAndGet(), System::nanoTime);
    private final Connection connection = channels.connect(Principal.ANONYMOUS);

    private static Cursor at(String epoch, long offset) {
        return new Cursor.Numbered(epoch, offset);
    }

    private Broadcast<String> serveState(String name, String epoch, int history) {
        Broadcast<String> deltas = new Broadcast<>(epoch, history);
        channels.serve(
                name,
                new StateFeed<>(
                        deltas,
                        () ->
                                new Update.Whole<>(
                                        deltas.head(), "whole of " + deltas.head().offset())));
        return deltas;
    }

    @Test
    void messagesBeginAtTheHeadAndFollowInOrder() {
        Channel<String> talk = channels.channel("talk", String.class);
        talk.publish("before");
        try (Attachment attachment = connection.attach("talk")) {
            assertThat(attachment.beginning())
                    .isEqualTo(new Beginning.Fresh(at("e1", 1), Optional.empty()));
            talk.publish("one");
            talk.publish("two");
            assertThat(attachment.next(SOON)).contains(new Message.Entry(at("e1", 2), "one"));
            assertThat(attachment.next()).isEqualTo(new Message.Entry(at("e1", 3), "two"));
            assertThat(attachment.cursor()).isEqualTo(at("e1", 3));
            assertThat(attachment.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void stateBeginsWithTheWhole() {
        Broadcast<String> deltas = serveState("state", "s", 10);
        deltas.publish("a");
        try (Attachment attachment = connection.attach("state")) {
            assertThat(attachment.beginning())
                    .isEqualTo(new Beginning.Fresh(at("s", 1), Optional.of("whole of 1")));
            deltas.publish("b");
            assertThat(attachment.next()).isEqualTo(new Message.Entry(at("s", 2), "b"));
        }
    }

    @Test
    void placeIsContinuedWithNothingTwiceAndNothingLeftOut() {
        Broadcast<String> deltas = serveState("state", "s", 10);
        for (String change : "a b c d".split(" ")) {
            deltas.publish(change);
        }
        try (Attachment attachment = connection.attach("state", Optional.of("s:2"))) {
            assertThat(attachment.beginning())
                    .isEqualTo(new Beginning.Continued(at("s", 2), at("s", 4)));
            assertThat(attachment.cursor()).isEqualTo(at("s", 2));
            assertThat(attachment.nextBatch(10, Duration.ZERO))
                    .containsExactly(
                            new Message.Entry(at("s", 3), "c"), new Message.Entry(at("s", 4), "d"));
        }
        try (Attachment attachment = connection.attach("state", Optional.of("s:4"))) {
            assertThat(attachment.beginning())
                    .isEqualTo(new Beginning.Continued(at("s", 4), at("s", 4)));
            assertThat(attachment.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void placeThatCannotBeContinuedIsReset() {
        Broadcast<String> deltas = serveState("state", "s", 2);
        Channel<String> talk = channels.channel("talk", String.class, 2);
        for (int i = 0; i < 5; i++) {
            deltas.publish("d");
            talk.publish("m");
        }
        for (String place : new String[] {"s:1", "other:4", "s:6", "nonsense", ":", "s:-1"}) {
            try (Attachment attachment = connection.attach("state", Optional.of(place))) {
                assertThat(attachment.beginning())
                        .as(place)
                        .isEqualTo(new Beginning.Reset(at("s", 5), Optional.of("whole of 5")));
            }
        }
        for (String place : new String[] {"e1:6", "other:4"}) {
            try (Attachment attachment = connection.attach("talk", Optional.of(place))) {
                assertThat(attachment.beginning())
                        .as(place)
                        .isEqualTo(new Beginning.Reset(at("e1", 5), Optional.empty()));
            }
        }
        try (Attachment attachment = connection.attach("talk", Optional.of("e1:1"))) {
            assertThat(attachment.beginning())
                    .isEqualTo(new Beginning.Reset(at("e1", 3), Optional.empty()));
            assertThat(attachment.next()).isEqualTo(new Message.Entry(at("e1", 4), "m"));
            assertThat(channels.totals()).isEqualTo(new Channels.Totals(1, 1, 9, 0));
        }
    }

    @Test
    void slowReaderIsToldOfTheGap() { // law H1
        Broadcast<String> deltas = serveState("state", "s", 2);
        Channel<String> talk = channels.channel("talk", String.class, 2);
        try (Attachment state = connection.attach("state");
                Attachment messages = connection.attach("talk")) {
            for (int i = 0; i < 300; i++) {
                deltas.publish("d");
                talk.publish("m");
            }
            assertThat(state.next()).isEqualTo(new Message.Gap(at("s", 0), at("s", 300)));
            assertThat(state.cursor()).as("the place to come back with").isEqualTo(at("s", 0));
            assertThat(messages.next()).isEqualTo(new Message.Gap(at("e1", 0), at("e1", 44)));
            assertThat(channels.totals()).isEqualTo(new Channels.Totals(1, 2, 0, 2));
            assertThat(messages.cursor()).isEqualTo(at("e1", 0));
        }
    }

    @Test
    void endOfTheConnectionEndsWhatItFollows() throws Exception {
        channels.channel("talk", String.class);
        Attachment attachment = connection.attach("talk");
        Thread closer = Thread.ofVirtual().start(connection::close);
        assertThatThrownBy(attachment::next).isInstanceOf(OrreryException.Closed.class);
        closer.join();
        assertThat(connection.attachments()).isZero();
        assertThat(channels.connections()).isZero();
        assertThatThrownBy(() -> connection.attach("talk"))
                .isInstanceOf(OrreryException.Closed.class);
        assertThat(connection.attachments()).isZero();
    }
}
