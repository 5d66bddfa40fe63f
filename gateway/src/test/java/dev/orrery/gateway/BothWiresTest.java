package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Attachment;
import dev.orrery.channel.Channel;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Principal;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A channel is the same over a WebSocket and as an event stream. Law G1. */
@Timeout(60)
class BothWiresTest {
    private static final Pattern PUBLICATION =
            Pattern.compile("\\{\"data\":(\"[^\"]*\")(?:,\"info\":\\{[^}]*}})?,\"offset\":(\\d+)}");

    private final HttpClient http = HttpClient.newHttpClient();

    /** The next blocks of a stream, in one line each. */
    private static List<String> blocks(BufferedReader lines, int count) throws Exception {
        List<String> blocks = new ArrayList<>();
        List<String> block = new ArrayList<>();
        while (blocks.size() < count) {
            String line = lines.readLine();
            if (!line.isEmpty()) {
                block.add(line);
            } else {
                blocks.add(String.join(" / ", block));
                block.clear();
            }
        }
        return blocks;
    }

    private BufferedReader stream(Served served, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(served.http(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new BufferedReader(
                new InputStreamReader(
                        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                                .body(),
                        StandardCharsets.UTF_8));
    }

    @Test
    void aPlaceGivenBackBringsTheSameEntriesInTheSameOrder() throws Exception { // W14
        try (Served served = new Served();
                JsonClient client = JsonClient.connected(served)) {
            Channel<String> talk =
                    served.channels.define("talk", String.class).clientMessages(100, 100).create();
            Connection bob =
                    served.channels.connect(new Principal("bob", Set.of(), Map.of()), "b1");
            try (Attachment _ = bob.attach("talk")) {
                for (int i = 1; i <= 10; i++) {
                    talk.publish("ours " + i);
                    bob.publish("talk", "theirs " + i, 10);
                }
                client.send(
                        "{\"id\":2,\"subscribe\":{\"channel\":\"talk\",\"recover\":true,"
                                + "\"epoch\":\"epoch1\",\"offset\":5}}");
                List<String> overSocket = new ArrayList<>();
                publications(client.next(), overSocket);
                BufferedReader events = stream(served, "/sse/talk", "Last-Event-ID", "epoch1:5");
                blocks(events, 2);
                List<String> overHttp = new ArrayList<>(entries(blocks(events, 15)));
                assertThat(overHttp).hasSize(15).isEqualTo(overSocket);
                talk.publish("live");
                publications(client.next(), overSocket);
                overHttp.addAll(entries(blocks(events, 1)));
                assertThat(overHttp).hasSize(16).isEqualTo(overSocket);
            }
        } finally {
            http.shutdownNow();
        }
    }

    /** Offset and content of each publication in a line. */
    private static void publications(String line, List<String> found) {
        Matcher matcher = PUBLICATION.matcher(line);
        while (matcher.find()) {
            found.add(matcher.group(2) + " " + matcher.group(1));
        }
    }

    /** The same of the blocks of a stream. */
    private static List<String> entries(List<String> blocks) {
        Pattern block =
                Pattern.compile(
                        "id: epoch1:(\\d+) / event: (?:delta / data: (.*)|client / data:"
                                + " .*\"data\":(\".*\")})");
        return blocks.stream()
                .map(text -> {
                    Matcher matcher = block.matcher(text);
                    assertThat(matcher.matches()).as(text).isTrue();
                    return matcher.group(1)
                            + " "
                            + (matcher.group(2) == null ? matcher.group(3) : matcher.group(2));
                })
                .toList();
    }

    @Test
    void anEventStreamIsToldWhoIsHereWhenItAsks() throws Exception { // Q02, Q05
        try (Served served = new Served()) {
            served.channels.define("room", String.class).presence().create();
            Connection bob =
                    served.channels.connect(
                            new Principal("bob", Set.of(), Map.of(), Map.of("name", "Bob")), "b1");
            bob.attach("room");
            BufferedReader events = stream(served, "/sse/room?presence");
            assertThat(blocks(events, 3).getLast())
                    .startsWith(
                            "event: present / data: [{\"user\":\"bob\",\"info\":{\"name\":\"Bob\"},"
                                    + "\"connections\":[\"b1\"]},{\"user\":\"anonymous\"");
            bob.close();
            assertThat(blocks(events, 1).getFirst())
                    .isEqualTo(
                            "event: left / data: {\"user\":\"bob\",\"info\":{\"name\":\"Bob\"},"
                                    + "\"connections\":[\"b1\"]}");
        } finally {
            http.shutdownNow();
        }
    }
}
