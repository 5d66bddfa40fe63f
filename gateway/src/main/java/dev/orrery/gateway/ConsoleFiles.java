package dev.orrery.gateway;

import dev.orrery.core.OrreryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The console's own files and the parts of libraries they stand on, each by name: what a page of an
 * application can load below {@code /orrery/}, and under which names it imports it.
 */
final class ConsoleFiles {
    static final String PATH = "/orrery/";
    private static final String OWN_FOLDER = "dev/orrery/gateway/web/";
    private static final List<String> OWN =
            List.of(
                    "banner.js",
                    "format.js",
                    "frames.js",
                    "icons.js",
                    "keyboard.js",
                    "live.js",
                    "parts.js",
                    "shell.js",
                    "tokens.css",
                    "wash.js",
                    "mark.svg");

    private static final List<String> DIRECTIVES =
            List.of(
                    "directives/class-map.js",
                    "directives/guard.js",
                    "directives/keyed.js",
                    "directives/live.js",
                    "directives/ref.js",
                    "directives/repeat.js");

    private static final List<Library> LIBRARIES =
            List.of(
                    new Library("org.mvnpm", "lit", "lit", "index.js", DIRECTIVES),
                    new Library(
                            "org.mvnpm",
                            "lit-html",
                            "lit-html",
                            "lit-html.js",
                            and(
                                    DIRECTIVES,
                                    "async-directive.js",
                                    "directive.js",
                                    "directive-helpers.js",
                                    "is-server.js")),
                    new Library(
                            "org.mvnpm", "lit-element", "lit-element", "lit-element.js", List.of()),
                    new Library(
                            "org.mvnpm.at.lit",
                            "reactive-element",
                            "@lit/reactive-element",
                            "reactive-element.js",
                            List.of("css-tag.js")),
                    new Library(
                            "org.mvnpm",
                            "echarts",
                            "echarts",
                            "dist/echarts.esm.min.js",
                            List.of()));

    private ConsoleFiles() {}

    /**
     * A library for browsers in a jar on the class path.
     *
     * @param specifier what modules import
     * @param main the file that the bare specifier names
     * @param more the other files that may be loaded
     */
    private record Library(
            String group, String artifact, String specifier, String main, List<String> more) {
        List<String> files() {
            return and(more, main);
        }
    }

    private static List<String> and(List<String> some, String... more) {
        return Stream.concat(some.stream(), Arrays.stream(more)).toList();
    }

    /** A file below {@link #PATH}: its resource, and whether its name says its version. */
    record File(String resource, boolean versioned) {}

    /** Every file, by its path in the URL. */
    static Map<String, File> all(ClassLoader loader) {
        Map<String, File> files = new LinkedHashMap<>();
        OWN.forEach(name -> files.put(PATH + name, new File(OWN_FOLDER + name, false)));
        for (Library library : LIBRARIES) {
            String version = version(loader, library);
            String folder =
                    "META-INF/resources/_static/" + library.artifact() + "/" + version + "/";
            for (String file : library.files()) {
                files.put(url(library, version) + file, new File(folder + file, true));
            }
        }
        return files;
    }

    /** What a module may import, by the name it imports it under. */
    static Map<String, String> imports(ClassLoader loader) {
        Map<String, String> imports = new LinkedHashMap<>();
        imports.put("orrery/", PATH);
        for (Library library : LIBRARIES) {
            String url = url(library, version(loader, library));
            imports.put(library.specifier(), url + library.main());
            imports.put(library.specifier() + "/", url);
        }
        return imports;
    }

    private static String url(Library library, String version) {
        return PATH + "lib/" + library.artifact() + "/" + version + "/";
    }

    /** As its jar says, so that it stands in one place. */
    private static String version(ClassLoader loader, Library library) {
        String properties =
                "META-INF/maven/" + library.group() + "/" + library.artifact() + "/pom.properties";
        try (InputStream in = loader.getResourceAsStream(properties)) {
            if (in == null) {
                throw new OrreryException.BadDefinition(
                        "the console",
                        "its library " + library.artifact() + " is not on the class path",
                        "add " + library.group() + ":" + library.artifact());
            }
            Properties said = new Properties();
            said.load(in);
            return said.getProperty("version");
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + properties, failure);
        }
    }
}
