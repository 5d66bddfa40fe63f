package dev.orrery.graph;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * A replica behind a web address, which is posted messages and answers with messages: {@code
 * Gateway} serves one so. Thread-safe.
 */
public final class HttpPeer implements Peer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OK = 200;

    private final HttpClient client;
    private final HttpRequest.Builder request;

    private HttpPeer(HttpClient client, HttpRequest.Builder request) {
        this.client = client;
        this.request = request;
    }

    /** The replica at an address. */
    public static HttpPeer at(URI address) {
        return at(HttpClient.newHttpClient(), HttpRequest.newBuilder(address));
    }

    /** A replica that is asked by a client of its own, with the headers of a request. */
    public static HttpPeer at(HttpClient client, HttpRequest.Builder request) {
        return new HttpPeer(
                client,
                request.copy()
                        .timeout(PATIENCE)
                        .setHeader("Content-Type", "application/octet-stream"));
    }

    @Override
    public byte[] answer(byte[] message) throws IOException {
        HttpRequest posted =
                request.copy().POST(HttpRequest.BodyPublishers.ofByteArray(message)).build();
        try {
            HttpResponse<InputStream> response =
                    client.send(posted, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] answer = body.readNBytes(SyncMessage.MOST_BYTES + 1);
                if (response.statusCode() != OK) {
                    throw new IOException(posted.uri() + " answers " + response.statusCode());
                }
                return answer;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + posted.uri() + " was asked", e);
        }
    }
}
