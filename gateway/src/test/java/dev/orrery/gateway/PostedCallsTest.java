package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.Resource;
import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostedCallsTest {
    private final AtomicInteger calls = new AtomicInteger();

    @AutoClose
    private final Served served =
            new Served(
                    (who, action, what) ->
                            what.equals(new Resource.OfMethod("secret"))
                                    ? Access.refused()
                                    : Access.allowed(),
                    Limits.DEFAULT);

    @BeforeEach
    void define() {
        served.rpc
                .method("reverse", (_, data) -> reversed((Bytes) data))
                .method("length", (_, data) -> Row.of("bytes", ((Bytes) data).length()))
                .method("secret", (_, _) -> calls.incrementAndGet())
                .method(
                        "bad",
                        (_, _) -> {
                            throw new Invalid("body", "is good", "bad");
                        })
                .method(
                        "broken",
                        (_, _) -> {
                            throw new IllegalStateException("meant to be logged");
                        });
    }

    private static Bytes reversed(Bytes data) {
        byte[] turned = new byte[data.length()];
        for (int i = 0; i < turned.length; i++) {
            turned[i] = data.at(turned.length - 1 - i);
        }
        return Bytes.of(turned);
    }

    @Test
    void bytesGoInAndBytesOrJsonComeOut() throws Exception { // law G16
        assertThat(post("reverse", new byte[] {1, 2, 3}).body()).containsExactly(3, 2, 1);
        byte[] large = new byte[3 << 20];
        large[0] = 7;
        assertThat(post("reverse", large).body()).endsWith((byte) 7).hasSize(large.length);
        assertThat(post("length", new byte[5]).body()).asString().isEqualTo("{\"bytes\":5}");
    }

    @Test
    void whatMayNotBeIsSaidInALine() throws Exception {
        assertThat(post("secret", new byte[1]).statusCode()).isEqualTo(403);
        assertThat(calls).hasValue(0);
        assertThat(post("nothing", new byte[1]).statusCode()).isEqualTo(404);
        assertThat(post("length", new byte[(8 << 20) + 1]).statusCode()).isEqualTo(413);
        assertThat(post("bad", new byte[1]).body()).asString().contains("is good");
        HttpResponse<byte[]> broken = post("broken", new byte[1]);
        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).asString().doesNotContain("meant");
    }

    private HttpResponse<byte[]> post(String method, byte[] body)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(served.http("/rpc/" + method))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }
}
