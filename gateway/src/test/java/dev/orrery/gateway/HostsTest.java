package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page elsewhere cannot make a browser take it for ours. Law G15. */
@Timeout(60)
class HostsTest {
    private final Hosts hosts = new Hosts(Set.of("example.org"), Set.of("https://app.example"));

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LocalHost:8080, true",
        "127.0.0.1:8080, true",
        "192.168.1.7, true",
        "[::1]:8080, true",
        "example.org, true",
        "Example.org:443, true",
        "evil.example, false",
        "evil.example:8080, false",
        "localhost.evil.example, false",
        "127.0.0.1.evil.example, false",
        "example.org.evil, false",
        "'', false",
    })
    void onlyOurNamesAreServed(String host, boolean served) {
        assertThat(hosts.allows(host)).isEqualTo(served);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:80, 127.0.0.1:80, true",
        "https://example.org, example.org, true",
        "https://app.example, example.org, true",
        "https://evil.example, example.org, false",
        "null, example.org, false",
    })
    void onlyOurPagesAndThoseAllowedMayAsk(String origin, String host, boolean may) {
        assertThat(hosts.allowsPage(origin, host)).isEqualTo(may);
    }

    @Test
    void everyRequestIsAskedUnderWhichNameAndFromWhichPage() throws Exception {
        try (Served served = new Served()) {
            for (String path : new String[] {"/health", "/sse/talk", "/connection/websocket"}) {
                assertThat(status(served, path, "Host: evil.example")).isEqualTo("421");
                assertThat(status(served, path, "Host: localhost\r\nOrigin: https://evil.example"))
                        .as(path)
                        .isEqualTo("403");
            }
            assertThat(status(served, "/health", "Host: localhost")).isEqualTo("200");
            assertThat(status(served, "/health", "Host: localhost\r\nOrigin: http://localhost"))
                    .isEqualTo("200");
        }
    }

    private static String status(Served served, String path, String headers) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.gateway.port())) {
            OutputStream out = socket.getOutputStream();
            List<String> lines = new ArrayList<>(List.of("GET " + path + " HTTP/1.1", headers));
            if (path.endsWith("websocket")) {
                lines.add("Upgrade: websocket");
                lines.add("Connection: Upgrade");
                lines.add("Sec-WebSocket-Version: 13");
                lines.add("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
            }
            String request = String.join("\r\n", lines) + "\r\n\r\n";
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            return new String(answer, StandardCharsets.US_ASCII).substring(9);
        }
    }
}
