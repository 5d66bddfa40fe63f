package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Channel;
import dev.orrery.channel.Channels;
import dev.orrery.channel.Outgoing;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session over a wire the test holds in its hand: it lets one frame through at a time. */
// law G4
@Timeout(60)
class ClientSessionTest {
    private final Channels channels = new Channels(Served.EVERYBODY, () -> "e", System::nanoTime);
    private final Channel<String> talk = channels.channel("talk", String.class, 4);
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Semaphore frames = new Semaphore(0);
    private final ClientSession session = session();

    private ClientSession session() {
        Json json = new Json();
        Services services =
                new Services(
                        channels,
                        new Rpc(),
                        Authenticator.ANYBODY,
                        Limits.DEFAULT.sizes(64 << 10, 1, 4 << 20, 10),
                        json,
                        Outgoing.NONE,
                        () -> "c",
                        InstantSource.system(),
                        System::nanoTime,
                        Thread.ofVirtual().factory());
        Wire wire =
                new Wire() {
                    @Override
                    public void send(byte[] frame) throws InterruptedException {
                        frames.acquire();
                        new String(frame, UTF_8).lines().forEach(lines::add);
                    }

                    @Override
                    public void close(int code, String reason) {
                        lines.add("closed " + code);
                    }

                    @Override
                    public void cut() {
                        lines.add("cut");
                    }
                };
        return new ClientSession(services, new JsonForm(json), wire, _ -> {});
    }

    @AfterEach
    void end() {
        session.end();
    }

    private void send(String frame) {
        session.receive(frame.getBytes(UTF_8));
    }

    private String next() throws InterruptedException {
        frames.release();
        return lines.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void nothingOfAChannelIsWrittenAfterItWasLeft() throws Exception {
        session.begin();
        send("{\"id\":1,\"connect\":{}}");
        next();
        send("{\"id\":2,\"subscribe\":{\"channel\":\"talk\"}}");
        assertThat(next()).startsWith("{\"id\":2,");
        for (int round = 3; round < 200; round += 2) {
            talk.publish("a");
            talk.publish("b");
            Thread leaving = leave(round);
            List<String> heard = new ArrayList<>();
            do {
                heard.add(next());
            } while (!heard.getLast().startsWith("{\"id\":" + (round + 1) + ","));
            leaving.join();
            int left = heard.indexOf("{\"id\":" + round + ",\"unsubscribe\":{}}");
            assertThat(heard.subList(left + 1, heard.size()))
                    .as("between leaving and joining again")
                    .singleElement()
                    .asString()
                    .contains("subscribe");
        }
    }

    /** Leaves and joins again while the writer is held up. */
    private Thread leave(int id) {
        return Thread.ofVirtual()
                .start(() ->
                        send(
                                "{\"id\":"
                                        + id
                                        + ",\"unsubscribe\":{\"channel\":\"talk\"}}\n{\"id\":"
                                        + (id + 1)
                                        + ",\"subscribe\":{\"channel\":\"talk\"}}"));
    }

    @Test
    void replyComesBeforeTheFirstPushHoweverFastThePublisher() throws Exception { // W07
        session.begin();
        send("{\"id\":1,\"connect\":{}}");
        next();
        Thread publisher =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!session.over()) {
                                talk.publish("x");
                            }
                        });
        send("{\"id\":2,\"subscribe\":{\"channel\":\"talk\"}}");
        assertThat(next()).startsWith("{\"id\":2,\"subscribe\":");
        session.end();
        publisher.join();
    }
}
