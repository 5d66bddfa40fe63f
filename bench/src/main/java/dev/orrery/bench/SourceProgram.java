package dev.orrery.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A program among the resources here, in a JVM of its own. It is started as source, so that nothing
 * here is compiled against what it uses.
 */
final class SourceProgram {
    private static final String QUIET = ".level = SEVERE\n";

    private SourceProgram() {}

    /** Starts it. Its source, and how it logs, are put into the folder. */
    static LineProcess start(String name, String program, Path folder, String... arguments)
            throws IOException {
        Path source = folder.resolve(program);
        try (InputStream text =
                Objects.requireNonNull(SourceProgram.class.getResourceAsStream(program))) {
            Files.copy(text, source);
        }
        Path logging = Files.writeString(folder.resolve("logging.properties"), QUIET);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Djava.util.logging.config.file=" + logging,
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString()));
        command.addAll(List.of(arguments));
        return LineProcess.start(name, command);
    }
}
