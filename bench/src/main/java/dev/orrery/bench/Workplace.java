package dev.orrery.bench;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where measurements find the built program and leave their files. Immutable.
 *
 * <p>Files lie in the checkout's build folder where there is one: a temporary folder may be memory,
 * on which a forced write costs nothing.
 *
 * @param checkout the folder with the launcher, if this program runs from one
 * @param folder where files go
 */
record Workplace(Optional<Path> checkout, Path folder) {
    /** Work with a folder of its own. */
    interface Work<T> {
        T in(Path directory) throws Exception;
    }

    /** The place of this program: its checkout's build folder, or a temporary one. */
    static Workplace find() throws IOException {
        Optional<Path> checkout = ownPlace().flatMap(Workplace::checkoutAbove);
        Path folder =
                checkout.isPresent()
                        ? Files.createDirectories(checkout.get().resolve("target/bench"))
                        : Files.createTempDirectory("orrery-bench");
        return new Workplace(checkout, folder);
    }

    private static Optional<Path> ownPlace() {
        return Optional.<CodeSource>ofNullable(
                        Workplace.class.getProtectionDomain().getCodeSource())
                .map(source -> {
                    try {
                        return Path.of(source.getLocation().toURI());
                    } catch (URISyntaxException e) {
                        throw new IllegalStateException("a class path of no URIs", e);
                    }
                });
    }

    /** The nearest folder around a place that has the launcher and the build. */
    static Optional<Path> checkoutAbove(Path place) {
        return Stream.<Path>iterate(
                        place.toAbsolutePath(), path -> path != null, path -> path.getParent())
                .filter(path ->
                        Files.isRegularFile(path.resolve("orrery"))
                                && Files.isRegularFile(path.resolve("pom.xml")))
                .findFirst();
    }

    /** Does work in a new folder, which is deleted afterwards. */
    <T> T inFreshFolder(Work<T> work) throws Exception {
        Path directory = Files.createTempDirectory(folder, "run-");
        try {
            return work.in(directory);
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(directory)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
