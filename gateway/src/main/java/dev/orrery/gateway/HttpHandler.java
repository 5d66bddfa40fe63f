package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.core.Row;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Everything over plain HTTP: health, event streams, pages, and calls of methods. */
final class HttpHandler extends Handler.Abstract.NonBlocking {
    private static final System.Logger LOG = System.getLogger(HttpHandler.class.getName());
    private static final String STREAMS = "/sse/";
    static final String CALLS = "/rpc/";

    private final Services services;
    private final Hosts hosts;
    private final Pages pages;
    private final EventStreams streams;
    private final PostedCalls calls;
    private final IntSupplier connections;

    HttpHandler(
            Services services,
            Hosts hosts,
            Pages pages,
            EventStreams streams,
            IntSupplier connections) {
        this.services = services;
        this.hosts = hosts;
        this.pages = pages;
        this.streams = streams;
        this.calls = new PostedCalls(services);
        this.connections = connections;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (refuses(hosts, request, response, callback)) {
            return true;
        }
        String path = request.getHttpURI().getDecodedPath();
        String method = request.getMethod();
        if (path.startsWith(CALLS) && method.equals("POST")) {
            calls.call(path.substring(CALLS.length()), request, response, callback);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            answer(response, callback, 405, "only GET is served here; methods are called at /rpc/");
        } else if (path.equals("/openapi.json")) {
            calls.describe(request, response, callback);
        } else if (path.equals("/health")) {
            health(response, callback);
        } else if (path.startsWith(STREAMS) && method.equals("GET")) {
            streams.open(path.substring(STREAMS.length()), request, response, callback);
        } else {
            services.threads().newThread(() -> page(path, request, response, callback)).start();
        }
        return true;
    }

    /** Answers a request under a foreign name, or from a foreign page, and says that it did. */
    static boolean refuses(Hosts hosts, Request request, Response response, Callback callback) {
        @Nullable String host = request.getHeaders().get(HttpHeader.HOST);
        if (!hosts.allows(host)) {
            answer(response, callback, 421, "this name is not served here; allow the host");
            return true;
        }
        if (!hosts.allowsPage(request.getHeaders().get(HttpHeader.ORIGIN), host)) {
            answer(response, callback, 403, "pages of this origin may not ask; allow the origin");
            return true;
        }
        return false;
    }

    private void health(Response response, Callback callback) {
        String text =
                services.json()
                        .write(Row.of("status", "ok", "connections", connections.getAsInt()));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap((text + "\n").getBytes(UTF_8)), callback);
    }

    private void page(String path, Request request, Response response, Callback callback) {
        try {
            Optional<Pages.Page> page = pages.find(path);
            if (page.isPresent()) {
                send(page.get(), request, response, callback);
            } else {
                answer(response, callback, 404, "there is nothing at this address");
            }
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "a page cannot be read: {0}", failure);
            answer(response, callback, 500, "the page cannot be read; see the server's log");
        }
    }

    private static void send(
            Pages.Page page, Request request, Response response, Callback callback) {
        var headers = response.getHeaders();
        headers.put(HttpHeader.ETAG, page.tag());
        headers.put(
                HttpHeader.CACHE_CONTROL,
                page.immutable() ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("Content-Security-Policy", page.policy());
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        if (page.tag().equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
            response.setStatus(304);
            response.write(true, null, callback);
            return;
        }
        headers.put(HttpHeader.CONTENT_TYPE, page.type());
        headers.put(HttpHeader.CONTENT_LENGTH, page.content().length());
        boolean head = request.getMethod().equals("HEAD");
        response.write(true, head ? null : ByteBuffer.wrap(page.content().toArray()), callback);
    }

    /** A short answer in one line of text. */
    static void answer(Response response, Callback callback, int status, String line) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        if (!response.getRequest().consumeAvailable()) { // a body that nobody reads may still come:
            response.getHeaders().put(HttpHeader.CONNECTION, "close"); // no call after it is lost
        }
        response.write(true, ByteBuffer.wrap((line + "\n").getBytes(UTF_8)), callback);
    }
}
