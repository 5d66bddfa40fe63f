package dev.orrery.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway of a running program is and who asks it, as a command line says. */
final class GatewayOptions {
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Option(
            names = "--url",
            defaultValue = "http://localhost:7070",
            description = "Where the gateway is; ${DEFAULT-VALUE} unless said otherwise.")
    private @Nullable String url;

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
        URI where = address(Objects.requireNonNull(url)).resolve("/rpc/" + method);
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
            throw new IOException(
                    "nothing listens at "
                            + where.getAuthority()
                            + "; say with --url where the gateway of the program is",
                    e);
        }
    }

    /** An address; without a scheme that of a gateway without encryption. */
    private static URI address(String url) throws IOException {
        try {
            URI address = new URI(url.contains("://") ? url : "http://" + url);
            if (address.getHost() != null && SCHEMES.contains(address.getScheme())) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw noAddress(url, e);
        }
        throw noAddress(url, null);
    }

    private static IOException noAddress(String url, @Nullable Throwable cause) {
        return new IOException(
                "--url is " + url + ", which should be as http://localhost:7070", cause);
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
