package dev.orrery.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's program: it is the one that is compiled here, and it runs. */
class QuickStartTest {
    private static final Path SOURCE =
            Path.of("src/main/java/dev/orrery/examples/quickstart/QuickStart.java");
    private static final Pattern FIRST_JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir private Path directory;

    @Test
    void theReadmeShowsTheProgramThatIsCompiledHere() throws Exception {
        Matcher shown = FIRST_JAVA.matcher(Files.readString(Path.of("../../README.md")));
        assertThat(shown.find()).isTrue();
        assertThat(Files.readString(SOURCE)).endsWith(shown.group(1));
    }

    @Test
    @Timeout(60)
    void theProgramAnswersAndAnswersAgainWhenAFactChanges() throws Exception {
        try (Connection file =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + directory.resolve("airports.db"));
                Statement statement = file.createStatement()) {
            statement.execute(
                    "create table airports (iata text primary key, name text not null, state text not null)");
            statement.execute(
                    "insert into airports values ('SFO', 'San Francisco', 'CA'), ('LAX', 'Los Angeles', 'CA')");

            Process program =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    QuickStart.class.getName())
                            .directory(directory.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (BufferedReader answers = program.inputReader()) {
                String answer = answers.readLine();
                while (answer != null && !answer.equals("worst of CA: San Francisco")) {
                    answer = answers.readLine(); // before the flight is folded all delays are equal
                }
                assertThat(answer).isNotNull();
                statement.execute(
                        "update airports set name = 'San Francisco, renamed' where iata = 'SFO'");
                assertThat(answers.readLine()).isEqualTo("worst of CA: San Francisco, renamed");
            } finally {
                program.destroyForcibly().waitFor();
            }
        }
    }
}
