package dev.orrery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script at the root, with a JDK and a Maven that only say how they were called. */
class LauncherTest {

    private static final String JAVA = "#!/bin/sh\necho java \"$@\"\nexit 7\n";
    private static final String MAVEN =
            """
            #!/bin/sh
            echo "[INFO] Building Orrery: Core 0.1.0-SNAPSHOT                          [2/15]"
            mkdir -p "$ROOT/target/orrery/lib" && : >"$ROOT/target/orrery/lib/new.jar"
            """;
    private static final String BROKEN_MAVEN =
            "#!/bin/sh\necho '[ERROR] Main.java:[1,1] no good'\nexit 1\n";

    private record Run(int exitCode, String out, String err) {}

    @TempDir private Path folder;
    private Path root;
    private Path jdk;
    private Path tools;

    @BeforeEach
    void layOut() throws IOException {
        root = Files.createDirectories(folder.resolve("a place/orrery")).toRealPath();
        Files.copy(Path.of("../orrery"), root.resolve("orrery"));
        old(write(root.resolve("pom.xml"), ""));
        old(write(root.resolve("cli/src/main/java/Main.java"), ""));
        jdk = folder.resolve("jdk");
        write(jdk.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"25.0.3\"\n");
        program(jdk.resolve("bin/java"), JAVA);
        program(jdk.resolve("bin/javac"), "");
        tools = folder.resolve("tools");
        program(tools.resolve("mvn"), MAVEN);
    }

    @Test
    void runsWhatIsBuiltAndAnswersItsExitCode() throws Exception {
        build();
        var run = orrery(root.resolve("orrery"), "demo", "--once", "two words");
        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.out()).contains("dev.orrery.cli.Main demo --once two words");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void isFoundThroughLinks() throws Exception {
        build();
        Path near =
                Files.createSymbolicLink(folder.resolve("near"), Path.of("a place/orrery/orrery"));
        Path far = Files.createSymbolicLink(tools.resolve("far"), near);
        assertThat(orrery(far).out()).contains(root + "/target/orrery/lib/a.jar");
    }

    @Test
    void thePathIsInOneOrderAndHasTheRestForBenchmarksOnly() throws Exception {
        build();
        String lib = root + "/target/orrery/lib/";
        assertThat(orrery(root.resolve("orrery"), "demo").out())
                .contains(" -cp " + lib + "a.jar:" + lib + "b.jar dev");
        assertThat(orrery(root.resolve("orrery"), "bench").out())
                .contains(
                        " -cp "
                                + lib
                                + "a.jar:"
                                + lib
                                + "b.jar:"
                                + root
                                + "/target/orrery/bench/c.jar dev");
    }

    @Test
    void buildsOnFirstUseAndShowsItsProgress() throws Exception {
        var run = orrery(root.resolve("orrery"), "demo");
        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.err()).contains("orrery: building", "[2/15] Core");
        assertThat(run.out())
                .startsWith("java ")
                .contains("lib/new.jar dev.orrery.cli.Main demo")
                .hasLineCount(1);
        assertThat(orrery(root.resolve("orrery"), "demo").err()).isEmpty();
    }

    @Test
    void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
        build();
        write(root.resolve("cli/src/main/java/Main.java"), "changed");
        assertThat(orrery(root.resolve("orrery")).err()).contains("orrery: building");
        assertThat(orrery(root.resolve("orrery")).err()).isEmpty();
        build();
        Files.delete(root.resolve("cli/src/main/java/Main.java"));
        assertThat(orrery(root.resolve("orrery")).err()).contains("orrery: building");
    }

    @Test
    void aFailedBuildSaysWhatFailedAndIsTriedAgain() throws Exception {
        program(tools.resolve("mvn"), BROKEN_MAVEN);
        var run = orrery(root.resolve("orrery"), "demo");
        assertThat(run.exitCode()).isEqualTo(Command.FAILED);
        assertThat(run.err()).contains("Main.java:[1,1] no good", "orrery-build.log");
        assertThat(run.out()).isEmpty();
        program(tools.resolve("mvn"), MAVEN);
        assertThat(orrery(root.resolve("orrery"), "demo").exitCode()).isEqualTo(7);
    }

    @Test
    void aLockLeftByADeadProcessDoesNotStopABuild() throws Exception {
        Files.createDirectories(root.resolve("target"));
        var dead = new ProcessBuilder("true").start();
        dead.waitFor();
        Files.createSymbolicLink(
                root.resolve("target/orrery-build.lock"), Path.of(Long.toString(dead.pid())));
        assertThat(orrery(root.resolve("orrery"), "demo").exitCode()).isEqualTo(7);
    }

    @Test
    void anOlderJdkIsNotTaken() throws Exception {
        build();
        write(jdk.resolve("release"), "JAVA_VERSION=\"24.0.2\"\n");
        assertThat(orrery(root.resolve("orrery"), "--version").out()).doesNotStartWith("java ");
    }

    /** Lays out what a build leaves, younger than the sources. */
    private void build() throws IOException {
        for (String jar : new String[] {"lib/b.jar", "lib/a.jar", "bench/a.jar", "bench/c.jar"}) {
            write(root.resolve("target/orrery").resolve(jar), "");
        }
        for (String source :
                new String[] {"cli/src/main/java/Main.java", "cli/src/main/java", "cli/src/main"}) {
            old(root.resolve(source));
        }
        Path built = write(root.resolve("target/orrery/built"), "");
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().minusSeconds(60)));
    }

    private Run orrery(Path script, String... arguments) throws IOException, InterruptedException {
        var command = new ProcessBuilder("sh", script.toString());
        command.command().addAll(List.of(arguments));
        command.directory(folder.toFile());
        command.environment().put("JAVA_HOME", jdk.toString());
        command.environment().put("ROOT", root.toString());
        command.environment().merge("PATH", tools.toString(), (path, first) -> first + ":" + path);
        command.redirectOutput(folder.resolve("out").toFile());
        command.redirectError(folder.resolve("err").toFile());
        var process = command.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher did not end");
        }
        return new Run(process.exitValue(), read("out"), read("err"));
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name), UTF_8);
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, UTF_8);
    }

    private static void program(Path file, String text) throws IOException {
        assertThat(write(file, text).toFile().setExecutable(true)).isTrue();
    }

    private static void old(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(600)));
    }
}
