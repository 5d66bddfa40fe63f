package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The window between those who produce for a connection and the one who writes. */
// law G2
@Timeout(30)
class OutboxTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(20);
    private static final Outbox.Owner ALIVE = () -> false;

    @Test
    void whatWaitsGoesOutInOneFrameUpToItsSize() throws Exception {
        Outbox outbox = new Outbox(1_000);
        for (byte i = 1; i <= 5; i++) {
            outbox.put(new byte[] {i, i}, ALIVE);
        }
        assertThat(outbox.take(4, LONG)).containsExactly(1, 1, 2, 2);
        assertThat(outbox.take(100, LONG)).containsExactly(3, 3, 4, 4, 5, 5);
        assertThat(outbox.take(100, 0)).isEmpty();
        outbox.put(new byte[500], ALIVE);
        assertThat(outbox.take(4, LONG)).as("a single entry larger than a frame").hasSize(500);
    }

    @Test
    void producersWaitWhileTheWindowIsFull() throws Exception {
        Outbox outbox = new Outbox(100);
        CompletableFuture<Void> produced = new CompletableFuture<>();
        Thread producer =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < 1_000; i++) {
                                outbox.put(new byte[10], ALIVE);
                            }
                            produced.complete(null);
                        });
        int taken = 0;
        while (taken < 10_000) {
            assertThat(outbox.bytes()).isLessThanOrEqualTo(110);
            taken += outbox.take(30, LONG).length;
        }
        produced.get();
        producer.join();
    }

    @Test
    void whatIsForAnEndedOwnerIsNotWritten() throws Exception {
        Outbox outbox = new Outbox(1_000);
        AtomicBoolean ended = new AtomicBoolean();
        outbox.put(new byte[] {1}, ended::get);
        outbox.put(new byte[] {2}, ALIVE);
        ended.set(true);
        assertThat(outbox.take(100, LONG)).containsExactly(2);
        assertThat(outbox.bytes()).isZero();
    }

    @Test
    void closingEndsEveryWait() throws Exception {
        Outbox outbox = new Outbox(1);
        outbox.put(new byte[1], ALIVE);
        CompletableFuture<Throwable> producer = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        outbox.put(new byte[1], ALIVE);
                    } catch (OrreryException.Closed closed) {
                        producer.complete(closed);
                    }
                });
        outbox.close();
        assertThat(producer.get()).hasMessage("the connection is closed");
        assertThatThrownBy(() -> outbox.take(1, LONG)).isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void whoseEntriesWereHandedToTheNetworkIsTold() throws InterruptedException {
        Outbox outbox = new Outbox(100);
        List<String> sent = new ArrayList<>();
        outbox.put(new byte[] {1}, telling(sent, "kept", false));
        outbox.put(new byte[] {2}, telling(sent, "left", true));
        outbox.take(1_000, 0);
        assertThat(sent).isEmpty();
        outbox.sent();
        outbox.sent();
        assertThat(sent).containsExactly("kept");
    }

    private static Outbox.Owner telling(List<String> sent, String name, boolean ended) {
        return new Outbox.Owner() {
            @Override
            public boolean ended() {
                return ended;
            }

            @Override
            public void sent() {
                sent.add(name);
            }
        };
    }
}
