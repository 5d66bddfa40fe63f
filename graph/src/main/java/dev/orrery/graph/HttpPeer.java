package dev.orrery.graph;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A replica behind a web address, which is posted messages and answers with messages: {@code
 * Gateway} serves one so. Thread-safe.
 */
public final class HttpPeer implements Peer {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

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
                    throw refused(posted.uri(), response.statusCode(), null);
                }
                return answer;
            }
        } catch (ConnectException e) {
            throw unreached(posted.uri(), e);
        } catch (HttpTimeoutException e) {
            throw new IOException(posted.uri() + " does not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + posted.uri() + " was asked", e);
        }
    }

    /** Says that an address answers with a status that is none of a replica. */
    static IOException refused(URI address, int status, @Nullable Throwable cause) {
        String remedy =
                switch (status) {
                    case UNAUTHORIZED -> ": it wants to know who asks; send a token it accepts";
                    case FORBIDDEN -> ": who asks may not sync this graph; let the policy allow it";
                    case NOT_FOUND -> ": no replica is served there; look at the address";
                    default -> "";
                };
        return new IOException(address + " answers " + status + remedy, cause);
    }

    /** Says that nobody is to be found at an address. */
    static IOException unreached(URI address, ConnectException cause) {
        for (Throwable behind = cause; behind != null; behind = behind.getCause()) {
            if (behind instanceof UnresolvedAddressException) {
                return new IOException("no host is known as " + address.getHost(), cause);
            }
        }
        return new IOException("nothing listens at " + address.getAuthority(), cause);
    }
}
