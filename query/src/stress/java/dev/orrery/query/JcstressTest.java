package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@link PublicationStress}: each test is a failure that has to be explained. */
class JcstressTest {
    /** States that others extend. */
    private static final int BASES = 2;

    private static final int TESTS = PublicationStress.class.getDeclaredClasses().length - BASES;

    @TempDir Path results;

    @Test
    void nothingForbiddenIsSeen() throws Exception {
        String told = run();
        assertThat(told).contains("Failed tests: No matches", "Error tests: No matches");
        assertThat(told).contains("All remaining tests: " + TESTS + " matching");
    }

    private String run() throws IOException, InterruptedException {
        Path output = results.resolve("output");
        Process child =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.openjdk.jcstress.Main",
                                "-t",
                                PublicationStress.class.getSimpleName(),
                                "-m",
                                System.getProperty("jcstress.mode", "sanity"),
                                "-r",
                                results.toString())
                        .directory(results.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(child.waitFor(60, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            child.destroyForcibly();
        }
        String told = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(told);
        assertThat(child.exitValue()).isZero();
        return told;
    }
}
