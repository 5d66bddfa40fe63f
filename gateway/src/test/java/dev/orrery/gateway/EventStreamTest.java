package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Channels as {@code curl -N} and {@code EventSource} see them. */
@Timeout(60)
class EventStreamTest {
    /** A stream under way, read event by event. */
    private static final class Events implements AutoCloseable {
        final HttpClient http = HttpClient.newHttpClient();
        final HttpResponse<InputStream> response;
        private final BufferedReader lines;

        Events(URI address, String... headers) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(address);
            if (headers.length > 0) {
                request.headers(headers);
            }
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            lines =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        /** The next block of lines, with slashes between them. */
        String next() throws IOException {
            List<String> block = new ArrayList<>();
            for (String line = lines.readLine();
                    line != null && !line.isEmpty();
                    line = lines.readLine()) {
                block.add(line);
            }
            return String.join(" / ", block);
        }

        @Override
        public void close() {
            http.shutdownNow();
        }
    }

    @Test
    void streamBeginsWithTheWholeAndGoesOnWithDeltas() throws Exception {
        try (Served served = new Served()) {
            Served.Numbers numbers = new Served.Numbers("a", 100);
            numbers.publish(2);
            served.channels.serve("some numbers", numbers.feed());
            try (Events events = new Events(served.http("/sse/some%20numbers"))) {
                assertThat(events.response.headers().firstValue("content-type"))
                        .hasValue("text/event-stream; charset=utf-8");
                assertThat(events.next()).isEqualTo("retry: 1000");
                assertThat(events.next()).isEqualTo("id: a:2 / event: whole / data: [0,2]");
                numbers.publish(1);
                assertThat(events.next()).isEqualTo("id: a:3 / event: delta / data: 3");
            }
        }
    }

    @Test
    void lastEventIdIsContinuedByExactlyWhatWasMissed() throws Exception {
        try (Served served = new Served()) {
            Served.Numbers numbers = new Served.Numbers("a", 100);
            numbers.publish(4);
            served.channels.serve("numbers", numbers.feed());
            try (Events events =
                    new Events(served.http("/sse/numbers?after=a:1"), "Last-Event-ID", "a:2")) {
                events.next();
                assertThat(events.next()).isEqualTo(": continued");
                assertThat(events.next()).isEqualTo("id: a:3 / event: delta / data: 3");
                assertThat(events.next()).isEqualTo("id: a:4 / event: delta / data: 4");
            }
            try (Events events = new Events(served.http("/sse/numbers?after=a:3"))) {
                events.next();
                assertThat(events.next()).isEqualTo(": continued");
                assertThat(events.next()).isEqualTo("id: a:4 / event: delta / data: 4");
            }
        }
    }

    @Test
    void placeThatCannotBeContinuedIsResetToTheWhole() throws Exception {
        try (Served served = new Served()) {
            Served.Numbers numbers = new Served.Numbers("b", 100);
            numbers.publish(4);
            served.channels.serve("numbers", numbers.feed());
            for (String place : List.of("a:2", "b:99", "nonsense")) {
                try (Events events =
                        new Events(served.http("/sse/numbers"), "Last-Event-ID", place)) {
                    events.next();
                    assertThat(events.next())
                            .as(place)
                            .isEqualTo(
                                    "event: reset / data: {\"reason\":\"what was missed is no"
                                            + " longer held\"}");
                    assertThat(events.next()).isEqualTo("id: b:4 / event: whole / data: [0,4]");
                }
            }
        }
    }

    // law G3
    @Test
    void streamThatFellBehindIsResetAndEndsAtTheNewest() throws Exception {
        try (Served served = new Served()) {
            Served.Numbers numbers = new Served.Numbers("a", 4);
            served.channels.serve("numbers", numbers.feed());
            try (Events events = new Events(served.http("/sse/numbers"))) {
                AtomicBoolean overrun = new AtomicBoolean();
                Thread publisher =
                        Thread.ofPlatform()
                                .start(() -> {
                                    while (!overrun.get()) {
                                        numbers.publish(1_000);
                                    }
                                    numbers.publish(1);
                                });
                String event = events.next();
                while (!event.startsWith("event: reset")) {
                    event = events.next();
                }
                overrun.set(true);
                publisher.join();
                String newest = numbers.feed().head().text();
                assertThat(events.next()).contains("event: whole");
                while (!event.startsWith("id: " + newest + " /")) {
                    event = events.next();
                }
            }
        }
    }

    @Test
    void messageChannelTellsItsPlaceFirst() throws Exception {
        try (Served served = new Served()) {
            var talk = served.channels.channel("talk", String.class);
            talk.publish("before");
            try (Events events = new Events(served.http("/sse/talk"))) {
                events.next();
                assertThat(events.next()).isEqualTo("id: epoch1:1");
                talk.publish("two\nlines");
                assertThat(events.next())
                        .isEqualTo("id: epoch1:2 / event: delta / data: \"two\\nlines\"");
            }
        }
    }

    @Test
    void quietStreamShowsThatItLives() throws Exception {
        try (Served served = new Served(Served.quick())) {
            served.channels.channel("talk", String.class);
            try (Events events = new Events(served.http("/sse/talk"))) {
                events.next();
                events.next();
                assertThat(events.next()).isEqualTo(": beat");
            }
        }
    }

    @Test
    void unknownChannelAndRefusedPrincipalGetOneLine() throws Exception { // A08
        try (Served served = new Served();
                Events events = new Events(served.http("/sse/nobody"))) {
            assertThat(events.response.statusCode()).isEqualTo(404);
            assertThat(events.next()).isEqualTo("nothing under nobody in the channels");
            assertThat(served.channels.connections()).isZero();
            assertThat(served.gateway.connections()).isZero();
        }
        try (Served served = new Served((who, action, what) -> Access.refused(), Limits.DEFAULT);
                Events events = new Events(served.http("/sse/secret"))) {
            assertThat(events.response.statusCode()).isEqualTo(403);
            assertThat(events.next()).isEqualTo("not allowed to subscribe channel secret");
        }
    }

    @Test
    void clientThatLeftIsForgotten() throws Exception {
        try (Served served = new Served(Served.quick())) {
            served.channels.channel("talk", String.class);
            try (Events events = new Events(served.http("/sse/talk"))) {
                events.next();
                assertThat(served.gateway.connections()).isEqualTo(1);
            }
            while (served.gateway.connections() > 0) {
                Thread.onSpinWait();
            }
        }
    }
}
