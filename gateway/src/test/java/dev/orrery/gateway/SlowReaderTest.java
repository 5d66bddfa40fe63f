package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Broadcast;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client that stops reading costs nobody else anything: not the publisher, not its neighbours,
 * not memory.
 */
// laws G2, G3
@Timeout(120)
class SlowReaderTest {
    private static final int MESSAGES = 10_000;
    private static final String BALLAST = "x".repeat(2_000);

    @Test
    void stalledReaderHoldsUpNeitherPublisherNorNeighbour() throws Exception { // C18
        Limits limits =
                Limits.DEFAULT.times(
                        Duration.ofSeconds(25),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(2));
        try (Served served = new Served(limits);
                Socket stalled =
                        new Socket(InetAddress.getLoopbackAddress(), served.gateway.port());
                SdkClient healthy = new SdkClient(served.gateway.port())) {
            Broadcast<List<Object>> messages = new Broadcast<>("a", 20_000);
            served.channels.serve("heavy", messages);
            subscribeAndStopReading(stalled);
            healthy.subscribe("heavy");
            healthy.await("fresh");
            for (long i = 1; i <= MESSAGES; i++) {
                messages.publish(List.of(i, BALLAST));
            }
            assertThat(healthy.publications(MESSAGES))
                    .extracting(SdkClient.Told::number)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, MESSAGES).boxed().toList());
            while (served.gateway.connections() > 1) {
                Thread.sleep(10); // waits for the outcome: the stalled one is disconnected
            }
            assertThat(served.channels.connections()).isEqualTo(1);
        }
    }

    @Test
    void subscriberThatFellBehindIsToldAndComesBackToTheWhole() throws Exception { // C18
        try (Served served = new Served(Limits.DEFAULT.sizes(64 << 10, 1, 4 << 20, 10));
                SdkClient client = new SdkClient(served.gateway.port())) {
            Served.Numbers numbers = new Served.Numbers("a", 4);
            served.channels.serve("numbers", numbers.feed());
            client.subscribe("numbers");
            client.await("fresh");
            SdkClient.Told told = overrun(client, numbers);
            assertThat(told.number()).isEqualTo(2500);
            assertThat(told.text()).startsWith("insufficient state");
            assertThat(client.await("reset").text()).startsWith("[0,");
        }
    }

    /**
     * Publishes faster than the window of one byte lets through until the subscription is dropped.
     */
    private static SdkClient.Told overrun(SdkClient client, Served.Numbers numbers)
            throws InterruptedException {
        while (true) {
            numbers.publish(1_000);
            for (SdkClient.Told told = client.told.poll();
                    told != null;
                    told = client.told.poll()) {
                if (told.what().equals("subscribing")) {
                    return told;
                }
            }
        }
    }

    /**
     * Speaks just enough of WebSocket to subscribe, with masked text frames, and never reads what
     * follows.
     */
    private static void subscribeAndStopReading(Socket socket) throws Exception {
        socket.setReceiveBufferSize(4 << 10);
        OutputStream out = socket.getOutputStream();
        String upgrade =
                String.join(
                        "\r\n",
                        "GET /connection/websocket HTTP/1.1",
                        "Host: localhost",
                        "Upgrade: websocket",
                        "Connection: Upgrade",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "",
                        "");
        out.write(upgrade.getBytes(StandardCharsets.US_ASCII));
        readHeaders(socket.getInputStream());
        out.write(
                frame(
                        "{\"id\":1,\"connect\":{}}\n"
                                + "{\"id\":2,\"subscribe\":{\"channel\":\"heavy\"}}"));
        out.flush();
        socket.getInputStream().readNBytes(100);
    }

    private static void readHeaders(InputStream in) throws Exception {
        int matched = 0;
        while (matched < 4) {
            matched = in.read() == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
        }
    }

    private static byte[] frame(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[content.length + 6];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | content.length);
        System.arraycopy(content, 0, frame, 6, content.length);
        return frame;
    }
}
