package dev.orrery.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway of a running program is and who asks it, as a command line says. */
final class GatewayOptions {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Option(
            names = "--url",
            defaultValue = "http://localhost:7070",
            description = "Where the gateway is; ${DEFAULT-VALUE} unless said otherwise.")
    private @Nullable URI url;

    @Option(
            names = "--token",
            defaultValue = "${env:ORRERY_TOKEN}",
            description = "Who asks; the environment's ORRERY_TOKEN unless said otherwise.")
    private @Nullable String token;

    /**
     * Calls a method.
     *
     * @param data what is sent, each value as JSON
     * @return the answer, as JSON
     * @throws IOException when there is none, or another one than was asked for
     */
    String ask(String method, Map<String, String> data) throws IOException, InterruptedException {
        URI where = Objects.requireNonNull(url).resolve("/rpc/" + method);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(where)
                        .timeout(LIMIT)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(object(data)));
        if (token != null && !token.isBlank()) {
            request.header("Authorization", "Bearer " + token);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(answer.body().strip() + " (" + answer.statusCode() + ")");
            }
            return answer.body();
        } catch (ConnectException e) {
            throw new IOException("nothing listens at " + where.getAuthority(), e);
        }
    }

    private static String object(Map<String, String> data) {
        return data.entrySet().stream()
                .map(entry -> quoted(entry.getKey()) + ":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** A text as JSON. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(each -> {
                    if (each == '"' || each == '\\') {
                        quoted.append('\\').append((char) each);
                    } else if (each < ' ') {
                        quoted.append(String.format(Locale.ROOT, "\\u%04x", each));
                    } else {
                        quoted.append((char) each);
                    }
                });
        return quoted.append('"').toString();
    }
}
