package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code orrery demo} in a process of its own, as a user starts it; killed or stopped by the test.
 */
final class DemoProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final int LIMIT_SECONDS = 60;

    private final Process process;
    private final BlockingQueue<String> standardError = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final BlockingQueue<String> standardOutput = new LinkedBlockingQueue<>();
    private final List<Thread> readers;

    private DemoProcess(Process process) {
        this.process = process;
        this.readers =
                List.of(
                        read(process.getErrorStream(), standardError),
                        read(process.getInputStream(), standardOutput));
    }

    static DemoProcess start(Path directory, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.orrery.cli.Main",
                        "demo",
                        "--data-dir",
                        directory.toString()));
        command.addAll(List.of(options));
        return new DemoProcess(new ProcessBuilder(command).start());
    }

    private static Thread read(InputStream bytes, BlockingQueue<String> lines) {
        return Thread.ofVirtual()
                .start(() -> {
                    try (BufferedReader reader =
                            new BufferedReader(
                                    new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
                        reader.lines().forEach(lines::add);
                    } catch (IOException | java.io.UncheckedIOException killed) {
                        // the process is gone, and with it what it would have said
                    }
                });
    }

    /** The address it says it listens on. */
    URI address() throws InterruptedException {
        return URI.create(await(LISTENING).group(1));
    }

    /** Waits for a line on standard error. */
    Matcher await(Pattern pattern) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (true) {
            String line = standardError.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertThat(line).as("%s among %s", pattern, seen).isNotNull();
            seen.add(line);
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher;
            }
        }
    }

    /** Ends it as a power cut would. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    boolean runs() {
        return process.isAlive();
    }

    /** Waits for its own end and answers what it said. */
    Ended end() throws InterruptedException {
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                .as("ends within %s s", LIMIT_SECONDS)
                .isTrue();
        for (Thread reader : readers) {
            reader.join();
        }
        seen.addAll(standardError);
        return new Ended(process.exitValue(), List.copyOf(standardOutput), List.copyOf(seen));
    }

    /** How a process ended. */
    record Ended(int exitCode, List<String> output, List<String> errors) {}

    @Override
    public void close() {
        kill();
    }
}
