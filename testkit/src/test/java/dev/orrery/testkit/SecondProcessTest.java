package dev.orrery.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that another process has open. */
class SecondProcessTest {
    @TempDir Path directory;

    /** Tries to open a log and prints what came of it. */
    static final class Intruder {
        private Intruder() {}

        public static void main(String[] arguments) {
            try (SegmentLog log = SegmentLog.open(Path.of(arguments[0]))) {
                System.out.println("opened at " + log.end());
            } catch (StorageFailure failure) {
                System.out.println(failure.kind());
            }
        }
    }

    @Test
    void itIsRefusedAndDisturbsNothing() { // law C46
        Crash intruder = Crash.seeded(0).work(Intruder.class, directory.toString());
        try (SegmentLog log = SegmentLog.open(directory)) {
            log.append("mine".getBytes(UTF_8));
            assertThat(intruder.finish().output()).containsExactly("LOCKED");
            assertThat(log.append("mine too".getBytes(UTF_8))).isEqualTo(2);
            assertThat(intruder.finish().output()).containsExactly("LOCKED");
        }
        assertThat(intruder.finish().output()).containsExactly("opened at 2");
    }
}
