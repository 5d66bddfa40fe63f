package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user can get wrong, and the one line that says what to do about it. */
class BadInputTest {
    private static final String GOOD =
            "{\"date\":\"2001/01/01 00:47\",\"delay\":66,\"distance\":1750,\"origin\":\"DTW\",\"destination\":\"LAS\"}";

    @TempDir private Path directory;

    @Test
    void aMalformedFlightLineIsNamedByItsNumber() throws Exception {
        Path flights =
                Files.write(
                        directory.resolve("flights.jsonl"),
                        List.of(GOOD, GOOD.replace("66", "\"late\"")));
        assertThat(failure("--once", "--flights", flights.toString()))
                .contains("flights.jsonl line 2 delay is a whole number")
                .contains("correct or remove the line");
    }

    @Test
    void aLineThatIsNoJsonIsNamedByItsNumber() throws Exception {
        Path flights = Files.write(directory.resolve("flights.jsonl"), List.of("hello"));
        assertThat(failure("--once", "--flights", flights.toString()))
                .contains("flights.jsonl line 1 is one JSON object");
    }

    @Test
    void anUnknownAirportIsNamedWithItsLine() throws Exception {
        Path flights =
                Files.write(
                        directory.resolve("flights.jsonl"),
                        List.of(GOOD, GOOD.replace("DTW", "QQQ")));
        assertThat(failure("--once", "--flights", flights.toString()))
                .contains("line 2")
                .contains("QQQ")
                .contains("airports");
    }

    @Test
    void aMissingFlightsFileIsSaidSo() throws Exception {
        assertThat(failure("--once", "--flights", directory.resolve("none.jsonl").toString()))
                .contains("none.jsonl")
                .contains("check its path");
    }

    @Test
    void aPortInUseIsSaidSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(failure("--no-open", "--port", port))
                    .contains(port)
                    .contains("choose another port");
        }
    }

    @Test
    void anUnusableDataDirectoryIsSaidSo() throws Exception {
        Path file = Files.writeString(directory.resolve("data"), "a file, not a directory");
        assertThat(failureIn(file, "--once"))
                .contains(file.toString())
                .contains("check its path and permissions");
    }

    @Test
    void dataOfANewerVersionIsLeftAlone() throws Exception {
        try (DemoProcess first = DemoProcess.start(data(), "--once")) {
            assertThat(first.end().exitCode()).isZero();
        }
        Path database = data().resolve("orrery.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement()) {
            statement.execute("pragma user_version = 9999");
        }
        byte[] before = Files.readAllBytes(database);
        assertThat(failure("--once")).contains("newer version");
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
    }

    @Test
    void aSecondProcessOnTheSameDirectoryIsRefused() throws Exception {
        try (DemoProcess first =
                DemoProcess.start(data(), "--port", "0", "--no-open", "--speed", "1")) {
            first.address();
            assertThat(failure("--once")).contains("in use by another process");
            assertThat(failure("--once", "--fresh")).contains("in use by another process");
            assertThat(data().resolve("orrery.db")).exists();
            assertThat(first.runs()).isTrue();
        }
    }

    @Test
    void aSpeedThatIsNoneIsMisuse() throws Exception {
        try (DemoProcess demo = DemoProcess.start(data(), "--speed", "fast")) {
            DemoProcess.Ended ended = demo.end();
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.errors().getFirst()).contains("fast").contains("max");
        }
    }

    private Path data() {
        return directory.resolve("data");
    }

    private String failure(String... options) throws Exception {
        return failureIn(data(), options);
    }

    /** The one line a failing start prints. */
    private static String failureIn(Path data, String... options) throws Exception {
        try (DemoProcess demo = DemoProcess.start(data, options)) {
            DemoProcess.Ended ended = demo.end();
            assertThat(ended.exitCode()).as(String.join("\n", ended.errors())).isEqualTo(1);
            assertThat(ended.errors()).noneMatch(line -> line.startsWith("\tat "));
            return ended.errors().getLast();
        }
    }
}
