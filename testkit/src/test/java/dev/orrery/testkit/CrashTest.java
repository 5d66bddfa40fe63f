package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
    /** Prints a line and waits to be killed. */
    static final class Waiter {
        private Waiter() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.print(arguments[0] + "\nnot a whole line");
            System.out.flush();
            Thread.sleep(Duration.ofMinutes(1));
        }
    }

    /** Prints a line and ends with the code it is given. */
    static final class Ender {
        private Ender() {}

        public static void main(String[] arguments) {
            System.out.println("begun");
            System.err.println("said aside");
            System.exit(Integer.parseInt(arguments[0]));
        }
    }

    /** Prints numbers and keeps the last one printed where a kill cannot reach it. */
    static final class Counter {
        private Counter() {}

        public static void main(String[] arguments) throws IOException {
            try (FileChannel file =
                    FileChannel.open(
                            Path.of(arguments[0]),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                MappedByteBuffer printed = file.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
                for (long number = 1; number > 0; number++) {
                    System.out.println(number);
                    printed.putLong(0, number);
                }
            }
        }
    }

    @TempDir private Path directory;

    private final Crash crash = Crash.seeded(1).kills(2).within(Duration.ofMillis(20));

    @Test
    void everyLifeIsKilledAndShownWithItsWholeLines() {
        List<Crash.Life> lives = new ArrayList<>();
        assertThat(crash.work(Waiter.class, "héllo").run(lives::add)).isEqualTo(2);
        assertThat(lives)
                .allSatisfy(life -> {
                    assertThat(life.killed()).isTrue();
                    assertThat(life.exitCode()).isEqualTo(128 + 9);
                    assertThat(life.output()).hasSize(1);
                });
    }

    @Test
    void everyLineThatWasPrintedBeforeTheKillIsShown() {
        Path file = directory.resolve("printed");
        crash.kills(5)
                .within(Duration.ofMillis(200))
                .work(Counter.class, file.toString())
                .run(life ->
                        assertThat(Long.parseLong(life.output().getLast()))
                                .isGreaterThanOrEqualTo(printed(file)));
    }

    private static long printed(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).getLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLifeThatEndsWellEndsTheRun() {
        List<Crash.Life> lives = new ArrayList<>();
        Crash patient = crash.within(Duration.ofMinutes(10)).work(Ender.class, "0");
        assertThat(patient.run(lives::add)).isZero();
        assertThat(lives)
                .singleElement()
                .satisfies(life -> {
                    assertThat(life.killed()).isFalse();
                    assertThat(life.errors()).contains("said aside");
                });
        assertThat(patient.finish().output()).containsExactly("begun");
    }

    @Test
    void aLifeThatEndsBadlyIsAFailureThatNamesTheSeed() {
        assertThatThrownBy(() -> crash.work(Ender.class, "3").finish())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 1")
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("said aside");
    }
}
