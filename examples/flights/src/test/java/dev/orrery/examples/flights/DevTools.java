package dev.orrery.examples.flights;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openqa.selenium.chrome.ChromeDriver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A second line to the browser, beside the driver's: the Chrome DevTools protocol with its events,
 * by which a page is traced and profiled, and windows are opened that share nothing. Thread-safe.
 */
final class DevTools implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<JsonNode> traced = new CopyOnWriteArrayList<>();
    private final WebSocket socket;
    private volatile CompletableFuture<JsonNode> traceEnd = new CompletableFuture<>();

    /** A line to the page that a browser's driver is at. */
    static DevTools ofPage(ChromeDriver browser) {
        return new DevTools(browser, "/devtools/page/" + browser.getWindowHandle());
    }

    /** A line to the browser itself, for what is not of a single page. */
    static DevTools ofBrowser(ChromeDriver browser) throws IOException {
        try (InputStream version =
                URI.create("http://" + address(browser) + "/json/version").toURL().openStream()) {
            String line = JSON.readTree(version).path("webSocketDebuggerUrl").asString();
            return new DevTools(browser, URI.create(line).getPath());
        }
    }

    private static String address(ChromeDriver browser) {
        Map<?, ?> options =
                (Map<?, ?>) browser.getCapabilities().getCapability("goog:chromeOptions");
        return String.valueOf(options.get("debuggerAddress"));
    }

    private DevTools(ChromeDriver browser, String path) {
        socket =
                http.newWebSocketBuilder()
                        .buildAsync(URI.create("ws://" + address(browser) + path), new Listener())
                        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .join();
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(JSON.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> asked = waiting.remove(message.path("id").asLong());
            if (message.has("error")) {
                asked.completeExceptionally(
                        new IllegalStateException(message.path("error").toString()));
            } else {
                asked.complete(message.path("result"));
            }
        } else if (message.path("method").asString().equals("Tracing.dataCollected")) {
            message.path("params").path("value").forEach(traced::add);
        } else if (message.path("method").asString().equals("Tracing.tracingComplete")) {
            traceEnd.complete(message);
        }
    }

    /** Calls a method of the protocol and waits for its result. */
    JsonNode call(String method, Map<String, ?> parameters) {
        long id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> result = new CompletableFuture<>();
        waiting.put(id, result);
        socket.sendText(
                        JSON.writeValueAsString(
                                Map.of("id", id, "method", method, "params", parameters)),
                        true)
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        return result.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Begins to trace what the page's threads do. */
    void beginTrace(String... categories) {
        traced.clear();
        traceEnd = new CompletableFuture<>();
        call(
                "Tracing.start",
                Map.of(
                        "transferMode",
                        "ReportEvents",
                        "traceConfig",
                        Map.of(
                                "recordMode",
                                "recordAsMuchAsPossible",
                                "includedCategories",
                                List.of(categories),
                                "excludedCategories",
                                List.of("*"))));
    }

    /** Ends the trace; answers its events. */
    List<JsonNode> endTrace() {
        call("Tracing.end", Map.of());
        traceEnd.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        return List.copyOf(traced);
    }

    @Override
    public void close() {
        socket.abort();
        http.close();
    }
}
