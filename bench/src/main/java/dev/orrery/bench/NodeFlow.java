package dev.orrery.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The flow without Orrery, as one writes it by hand in Node: the event is appended to a file and
 * forced, folded in memory, and sent over the package {@code ws} to a client in another process. It
 * keeps no state on disk, no history and no offsets. Confined to one thread.
 */
final class NodeFlow implements AutoCloseable {
    private static final String PROGRAM = "live.mjs";
    private static final String PACKAGE = "ws@8";
    private static final long INSTALL_SECONDS = 120;
    private static final long END_SECONDS = 5;
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final String name;
    private final Writer commands;
    private final BufferedReader answers;

    private NodeFlow(Process process, String name) throws IOException {
        this.process = process;
        this.name = name;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        answer(); // that its client is connected
    }

    /** The flow, if Node is there and its package can be installed; says why when not. */
    static Optional<NodeFlow> open(Workplace place, Path folder, Progress progress)
            throws Exception {
        Optional<String> node = output(List.of("node", "--version"));
        if (node.isEmpty()) {
            progress.say("  left out: Node with ws, because there is no node on the path");
            return Optional.empty();
        }
        Path home = Files.createDirectories(place.folder().resolve("node"));
        Path installed = home.resolve("node_modules/ws/package.json");
        if (!Files.exists(installed) && !install(home)) {
            progress.say(
                    "  left out: Node with ws, because npm could not install it; see "
                            + home.resolve("npm.log"));
            return Optional.empty();
        }
        String version = JSON.readTree(installed.toFile()).path("version").asString();
        return Optional.of(start(home, folder, "Node " + node.get() + ", ws " + version));
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

    private static boolean install(Path home) throws InterruptedException {
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
                                    PACKAGE)
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

    private static NodeFlow start(Path home, Path folder, String name) throws IOException {
        Path program = home.resolve(PROGRAM);
        try (InputStream source =
                Objects.requireNonNull(NodeFlow.class.getResourceAsStream(PROGRAM), PROGRAM)) {
            Files.copy(source, program, StandardCopyOption.REPLACE_EXISTING);
        }
        Path flights = folder.resolve("node-flights.json");
        Files.write(flights, JSON.writeValueAsBytes(OrreryFlow.flights()));
        Process process =
                new ProcessBuilder(
                                "node",
                                program.toString(),
                                flights.toString(),
                                folder.resolve("node-events.jsonl").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new NodeFlow(process, name);
    }

    /** What it is, with versions. */
    String name() {
        return name;
    }

    /** Appends events at a steady rate; returns the milliseconds each took to the client. */
    Samples run(int perSecond, int events) throws IOException {
        commands.write(perSecond + " " + events + "\n");
        commands.flush();
        Samples millis = new Samples();
        for (double micros : JSON.readValue(answer(), double[].class)) {
            millis.add(micros / 1_000);
        }
        return millis;
    }

    private String answer() throws IOException {
        @Nullable String line = answers.readLine();
        if (line == null) {
            throw new IOException("the peer " + name + " ended without an answer");
        }
        return line;
    }

    @Override
    public void close() {
        try {
            commands.close();
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
