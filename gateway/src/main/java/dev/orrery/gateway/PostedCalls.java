package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.channel.Connection;
import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Methods called by a request each: what the body says as JSON, when it says that it is, or else
 * its bytes go in; bytes or JSON come out.
 */
final class PostedCalls {
    /** The longest body: what replicas of a graph say to one another in one message. */
    static final int BODY_BYTES = 8 << 20;

    private final Services services;
    private final Calling calling;

    PostedCalls(Services services) {
        this.services = services;
        this.calling = new Calling(services);
    }

    void call(String method, Request request, Response response, Callback callback) {
        services.threads().newThread(() -> serve(method, request, response, callback)).start();
    }

    private void serve(String method, Request request, Response response, Callback callback) {
        try {
            Calling.Outcome outcome =
                    switch (calling.admit(EventStreams.token(request), method)) {
                        case Calling.Refused refused -> refused; // before anything is read
                        case Calling.Admitted admitted -> called(admitted, request);
                    };
            switch (outcome) {
                case Calling.Result(Object value) -> send(value, response, callback);
                case Calling.Refused(int status, String line) ->
                        HttpHandler.answer(response, callback, status, line);
            }
        } catch (BadFrame malformed) {
            HttpHandler.answer(response, callback, 400, malformed.reason());
        } catch (OrreryException refused) {
            Failure failure = Failure.of(refused);
            HttpHandler.answer(response, callback, failure.status(), failure.message());
        } catch (IOException gone) {
            callback.failed(gone);
        }
    }

    private Calling.Outcome called(Calling.Admitted admitted, Request request)
            throws IOException, BadFrame {
        boolean json = isJson(request);
        int most = json ? services.limits().frameBytes() : BODY_BYTES;
        byte[] body = body(request, most);
        if (body.length > most) {
            return new Calling.Refused(413, "a body has at most " + most + " bytes");
        }
        return calling.call(admitted, json ? read(body) : Bytes.of(body));
    }

    private static boolean isJson(Request request) {
        @Nullable String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json");
    }

    private @Nullable Object read(byte[] body) throws BadFrame {
        return body.length == 0 ? null : services.json().read(body, 0, body.length);
    }

    /** The body, or one byte more than one may have. */
    private static byte[] body(Request request, int most) throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            return in.readNBytes(most + 1);
        }
    }

    /** Describes what the caller may call, in the form of OpenAPI 3.1. */
    void describe(Request request, Response response, Callback callback) {
        services.threads()
                .newThread(() -> {
                    switch (services.authenticator().check(EventStreams.token(request))) {
                        case Credentials.Good good -> describe(good, response, callback);
                        case Credentials.Bad _, Credentials.Expired _ ->
                                HttpHandler.answer(
                                        response, callback, 401, "the token is not good");
                    }
                })
                .start();
    }

    private void describe(Credentials.Good good, Response response, Callback callback) {
        String id = services.ids().get();
        try (Connection caller = services.channels().connect(good.principal(), id)) {
            send(Description.of(services.rpc(), caller), response, callback);
        } catch (OrreryException refused) {
            Failure failure = Failure.of(refused);
            HttpHandler.answer(response, callback, failure.status(), failure.message());
        }
    }

    private void send(@Nullable Object result, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (result instanceof Bytes bytes) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/octet-stream");
            response.write(true, ByteBuffer.wrap(bytes.toArray()), callback);
        } else {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            String text = services.json().write(result);
            response.write(true, ByteBuffer.wrap(text.getBytes(UTF_8)), callback);
        }
    }
}
