package dev.orrery.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * A package of Node's that is installed in the build folder, for a peer's program beside it.
 * Immutable.
 *
 * @param home where programs find the package
 * @param title Node and the package with their versions
 */
record NodePackage(Path home, String title) {
    private static final long INSTALL_SECONDS = 120;

    /** The package, if Node is there and it can be installed; says why when not. */
    static Optional<NodePackage> find(Workplace place, String name, String range, Progress progress)
            throws Exception {
        Optional<String> node = output(List.of("node", "--version"));
        if (node.isEmpty()) {
            progress.say("  left out: " + name + ", because there is no node on the path");
            return Optional.empty();
        }
        Path home = Files.createDirectories(place.folder().resolve("node"));
        Path installed = home.resolve("node_modules").resolve(name).resolve("package.json");
        if (!Files.exists(installed) && !install(home, name + "@" + range)) {
            progress.say(
                    "  left out: "
                            + name
                            + ", because npm could not install it; see "
                            + home.resolve("npm.log"));
            return Optional.empty();
        }
        String version = new JsonMapper().readTree(installed.toFile()).path("version").asString();
        return Optional.of(
                new NodePackage(home, "Node " + node.get() + ", " + name + " " + version));
    }

    /** Puts a program from our resources beside the package. */
    Path program(String resource) throws IOException {
        Path program = home.resolve(resource);
        try (InputStream source =
                Objects.requireNonNull(NodePackage.class.getResourceAsStream(resource), resource)) {
            Files.copy(source, program, StandardCopyOption.REPLACE_EXISTING);
        }
        return program;
    }

    private static Optional<String> output(List<String> command) throws Exception {
        try {
            Process process = new ProcessBuilder(command).start();
            try (InputStream out = process.getInputStream()) {
                String text = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
                return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
            }
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    private static boolean install(Path home, String what) throws InterruptedException {
        try {
            Process npm =
                    new ProcessBuilder(
                                    "npm",
                                    "install",
                                    "--prefix",
                                    home.toString(),
                                    "--no-package-lock",
                                    "--no-audit",
                                    "--no-fund",
                                    what)
                            .redirectErrorStream(true)
                            .redirectOutput(home.resolve("npm.log").toFile())
                            .start();
            if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
                npm.destroyForcibly();
                return false;
            }
            return npm.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
