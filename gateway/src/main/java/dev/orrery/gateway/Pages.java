package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The static files a gateway serves: class-path resources, each admitted by name or by folder and
 * ending.
 *
 * <p>Nothing else can be reached. A page may load from the gateway alone, and run of its own text
 * only the scripts it had when it was read. Thread-safe; what was served once is kept.
 */
public final class Pages {
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "mjs", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "json", "application/json",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "ico", "image/x-icon",
                    "woff2", "font/woff2",
                    "map", "application/json");
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_@-][A-Za-z0-9._@-]*(/[A-Za-z0-9_@-][A-Za-z0-9._@-]*)*");
    private static final String EMPTY_IMPORT_MAP = "<script type=\"importmap\"></script>";
    private static final Pattern INLINE_SCRIPT =
            inline("<script(?![^>]*\\ssrc=)[^>]*>(.*?)</script>");
    private static final Pattern INLINE_STYLE = inline("<style[^>]*>(.*?)</style>");

    private final Map<String, Resource> files = new ConcurrentHashMap<>();
    private final List<Folder> folders = new CopyOnWriteArrayList<>();
    private final Map<String, Page> read = new ConcurrentHashMap<>();
    private final Map<String, String> imports = new ConcurrentSkipListMap<>();

    /** No pages yet. */
    public Pages() {}

    private record Resource(ClassLoader loader, String name, boolean immutable) {}

    private record Folder(String path, ClassLoader loader, String name, String ending) {}

    /** A file as it is sent. */
    record Page(Bytes content, String type, String tag, String policy, boolean immutable) {}

    /**
     * Serves one resource.
     *
     * @param path in the URL, such as {@code /}
     * @param loader has the resource
     * @param resource its name; the ending decides the type of content
     * @throws OrreryException.BadDefinition when there is no such resource
     */
    public Pages add(String path, ClassLoader loader, String resource) {
        Resource found = new Resource(loader, resource, false);
        if (!path.startsWith("/") || loader.getResource(resource) == null) {
            throw new OrreryException.BadDefinition(
                    "page " + path,
                    "there is no resource " + resource,
                    "check its name and that its jar is there");
        }
        files.put(path, found);
        return this;
    }

    /**
     * Serves the resources below a folder that have an ending. For files that never change under
     * their name, as those of a versioned library: browsers keep them.
     *
     * @param path in the URL, with a slash at both ends
     * @param folder the resources' folder, with a slash at its end
     * @param ending such as {@code .js}
     */
    public Pages addFolder(String path, ClassLoader loader, String folder, String ending) {
        if (!path.startsWith("/")
                || !path.endsWith("/")
                || !folder.endsWith("/")
                || !ending.startsWith(".")) {
            throw new OrreryException.BadDefinition(
                    "pages below " + path,
                    "a folder ends with a slash, an ending begins with a dot",
                    "correct it");
        }
        folders.add(new Folder(path, loader, folder, ending));
        return this;
    }

    /**
     * Serves the console below {@code /orrery/}: its shell, what its pages share, and the libraries
     * they stand on. An HTML page that holds an empty import map, {@code <script
     * type="importmap"></script>}, is served with one that names them and says what each script of
     * these pages must hash to.
     */
    public Pages addConsole() {
        ClassLoader loader = Pages.class.getClassLoader();
        ConsoleFiles.all(loader)
                .forEach((path, file) ->
                        files.put(path, new Resource(loader, file.resource(), file.versioned())));
        imports.putAll(ConsoleFiles.imports(loader));
        return this;
    }

    /** The file under a path of the URL. */
    Optional<Page> find(String path) {
        Page known = read.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Page> found = load(path);
        found.ifPresent(page -> read.put(path, page));
        return found;
    }

    private Optional<Page> load(String path) {
        Resource file = files.get(path);
        if (file != null) {
            return load(file);
        }
        for (Folder folder : folders) {
            if (path.startsWith(folder.path()) && path.endsWith(folder.ending())) {
                String name = path.substring(folder.path().length());
                return NAME.matcher(name).matches() && !name.contains("..")
                        ? load(new Resource(folder.loader(), folder.name() + name, true))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Optional<Page> load(Resource resource) {
        String type = type(resource.name());
        return content(resource)
                .map(content -> type.startsWith("text/html") ? withImports(content) : content)
                .map(content ->
                        new Page(
                                Bytes.of(content),
                                type,
                                tag(content),
                                policy(type, content),
                                resource.immutable()));
    }

    private static Optional<byte[]> content(Resource resource) {
        try (InputStream in = resource.loader().getResourceAsStream(resource.name())) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + resource.name(), failure);
        }
    }

    private byte[] withImports(byte[] html) {
        String page = new String(html, UTF_8);
        return page.contains(EMPTY_IMPORT_MAP)
                ? page.replace(EMPTY_IMPORT_MAP, importMap()).getBytes(UTF_8)
                : html;
    }

    /** What scripts may be imported under which name, and what each must hash to. */
    private String importMap() {
        Map<String, String> integrity = new TreeMap<>();
        files.forEach((path, file) -> {
            if (path.endsWith(".js")) {
                content(file).ifPresent(script -> integrity.put(path, "sha256-" + base64(script)));
            }
        });
        Map<String, Map<String, String>> map = new TreeMap<>();
        map.put("imports", imports);
        map.put("integrity", integrity);
        return "<script type=\"importmap\">" + new Json().write(map) + "</script>";
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(sha256(content));
    }

    private static String type(String name) {
        @Nullable String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        return type == null ? "application/octet-stream" : type;
    }

    private static String tag(byte[] content) {
        return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(content)) + '"';
    }

    /** Inline scripts, an import map for one, and styles apply by their hash and no other way. */
    private static String policy(String type, byte[] content) {
        String html = type.startsWith("text/html") ? new String(content, UTF_8) : "";
        return "default-src 'none'; script-src 'self'"
                + hashes(INLINE_SCRIPT, html)
                + "; style-src 'self'"
                + hashes(INLINE_STYLE, html)
                + "; img-src 'self' data:; font-src 'self'; connect-src 'self'"
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static String hashes(Pattern inline, String html) {
        return inline.matcher(html)
                .results()
                .map(found -> " 'sha256-" + base64(found.group(1).getBytes(UTF_8)) + "'")
                .collect(Collectors.joining());
    }

    private static Pattern inline(String regex) {
        return Pattern.compile(regex, Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
