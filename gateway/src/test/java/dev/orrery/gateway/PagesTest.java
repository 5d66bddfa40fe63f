package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages from the class path, and nothing else from it. */
@Timeout(60)
class PagesTest {
    private static final ClassLoader LOADER = PagesTest.class.getClassLoader();
    private static final String LIT = "META-INF/resources/_static/lit/3.3.3/";

    @Test
    void pageComesWithItsTypeItsTagAndAStrictPolicy() throws Exception {
        try (Served served = new Served();
                HttpClient http = HttpClient.newHttpClient()) {
            served.pages.add("/", LOADER, "page.html");
            HttpResponse<String> page = get(http, served, "/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("importmap");
            assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
            assertThat(header(page, "cache-control")).isEqualTo("no-cache");
            assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
            assertThat(header(page, "content-security-policy"))
                    .startsWith("default-src 'none'; script-src 'self' 'sha256-")
                    .contains("style-src 'self' 'sha256-")
                    .contains("connect-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(get(http, served, "/", "If-None-Match", header(page, "etag")).statusCode())
                    .isEqualTo(304);
        }
    }

    @Test
    void libraryComesFromItsJarAndIsKept() throws Exception {
        try (Served served = new Served();
                HttpClient http = HttpClient.newHttpClient()) {
            served.pages.addFolder("/lib/lit/", LOADER, LIT, ".js");
            HttpResponse<String> lit = get(http, served, "/lib/lit/index.js");
            assertThat(lit.statusCode()).isEqualTo(200);
            assertThat(header(lit, "content-type")).isEqualTo("text/javascript; charset=utf-8");
            assertThat(header(lit, "cache-control")).contains("immutable");
        }
    }

    // law G11
    @Test
    void consoleIsImportedByNameAndEachScriptByItsHash() throws Exception {
        try (Served served = new Served();
                HttpClient http = HttpClient.newHttpClient()) {
            served.pages.addConsole().add("/", LOADER, "console.html");
            String page = get(http, served, "/").body();
            assertThat(page)
                    .contains("\"orrery/\":\"/orrery/\"")
                    .contains("\"lit\":\"/orrery/lib/lit/3.3.3/index.js\"")
                    .contains("\"/orrery/live.js\":\"sha256-");
            Matcher script =
                    Pattern.compile("\"(/orrery/[^\"]+)\":\"sha256-([^\"]+)\"").matcher(page);
            int scripts = 0;
            while (script.find()) {
                HttpResponse<String> answer = get(http, served, script.group(1));
                assertThat(sha256(answer.body())).as(script.group(1)).isEqualTo(script.group(2));
                assertThat(header(answer, "cache-control").contains("immutable"))
                        .as("a versioned name is kept, another is not: " + script.group(1))
                        .isEqualTo(script.group(1).contains("/lib/"));
                scripts++;
            }
            assertThat(scripts).isGreaterThan(20);
            assertThat(get(http, served, "/orrery/lib/echarts/6.0.0/dist/echarts.js").statusCode())
                    .as("only what was admitted")
                    .isEqualTo(404);
        }
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] hash =
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(hash);
    }

    @Test
    void nothingElseOnTheClassPathCanBeReached() throws Exception {
        try (Served served = new Served();
                HttpClient http = HttpClient.newHttpClient()) {
            served.pages.addFolder("/lib/lit/", LOADER, LIT, ".js");
            for (String path :
                    List.of(
                            "/lib/lit/package.json",
                            "/lib/lit/../../../../page.html",
                            "/lib/lit/%2e%2e/%2e%2e/x.js",
                            "/lib/lit/..%2f..%2fx.js",
                            "/lib/lit//index.js",
                            "/lib/lit/.hidden.js",
                            "/META-INF/MANIFEST.MF",
                            "/dev/orrery/gateway/Gateway.class",
                            "/page.html")) {
                assertThat(get(http, served, path).statusCode()).as(path).isIn(400, 404);
            }
        }
    }

    @Test
    void onlyReadingIsServed() throws Exception {
        try (Served served = new Served();
                HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest post =
                    HttpRequest.newBuilder(served.http("/health"))
                            .POST(HttpRequest.BodyPublishers.ofString("x"))
                            .build();
            assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(405);
            assertThat(get(http, served, "/health").body())
                    .isEqualTo("{\"status\":\"ok\",\"connections\":0}\n");
        }
    }

    @Test
    void pageThatIsNotThereIsSaidWhenItIsAdded() {
        assertThatThrownBy(() -> new Pages().add("/", LOADER, "missing.html"))
                .isInstanceOf(OrreryException.BadDefinition.class)
                .hasMessageContaining("there is no resource missing.html");
    }

    private static HttpResponse<String> get(
            HttpClient http, Served served, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(served.http(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
