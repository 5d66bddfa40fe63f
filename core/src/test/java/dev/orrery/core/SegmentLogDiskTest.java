package dev.orrery.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log on a disk that fails, and on one that is slow: what is written when, and forced how
 * often.
 */
@Timeout(60) // seconds: a fault shows as a failure, not as a build that hangs
class SegmentLogDiskTest {
    private static final byte[] RECORD = "record".getBytes(UTF_8);

    @TempDir Path directory;

    private final AtomicInteger forces = new AtomicInteger();
    private final Semaphore mayForce = new Semaphore(Integer.MAX_VALUE);
    private volatile boolean failingWrites;
    private volatile boolean failingForces;
    private volatile boolean failingCuts;

    private final class Disk extends SegmentFile {
        Disk(Path file) throws IOException {
            super(FileChannel.open(file, StandardOpenOption.WRITE));
        }

        @Override
        void write(ByteBuffer bytes, long offset) throws IOException {
            if (failingWrites) {
                bytes.limit(bytes.limit() / 2);
                super.write(bytes, offset);
                throw new IOException("No space left on device");
            }
            super.write(bytes, offset);
        }

        @Override
        void force() throws IOException {
            mayForce.acquireUninterruptibly();
            forces.incrementAndGet();
            if (failingForces) {
                throw new IOException("Input/output error");
            }
            super.force();
        }

        @Override
        void truncate(long size) throws IOException {
            if (failingCuts) {
                throw new IOException("Input/output error");
            }
            super.truncate(size);
        }
    }

    private SegmentLog open() {
        return FileSegmentLog.open(directory, SegmentLog.Options.DEFAULT, Disk::new);
    }

    @Test
    void nothingIsVisibleOrAcknowledgedBeforeItIsForced() throws InterruptedException { // law C40
        try (SegmentLog log = open()) {
            mayForce.drainPermits();
            Thread appender = Thread.startVirtualThread(() -> log.append(RECORD));
            awaitWaiting(1);
            assertThat(log.end()).isZero();
            assertThat(log.read(0, 10)).isEmpty();
            assertThat(appender.isAlive()).isTrue();
            mayForce.release(10);
            appender.join();
            assertThat(log.end()).isEqualTo(1);
        }
    }

    @Test
    void appendersThatWaitTogetherShareOneForce() throws InterruptedException { // law C43
        try (SegmentLog log = open()) {
            mayForce.drainPermits();
            Queue<Long> positions = new ConcurrentLinkedQueue<>();
            List<Thread> appenders = new ArrayList<>();
            appenders.add(Thread.startVirtualThread(() -> positions.add(log.append(RECORD))));
            awaitWaiting(1);
            for (int i = 0; i < 50; i++) {
                appenders.add(Thread.startVirtualThread(() -> positions.add(log.append(RECORD))));
            }
            while (appenders.stream()
                    .anyMatch(thread -> thread.getState() == Thread.State.RUNNABLE)) {
                Thread.sleep(1);
            }
            mayForce.release(10);
            for (Thread appender : appenders) {
                appender.join();
            }
            assertThat(positions).hasSize(51).doesNotHaveDuplicates();
            assertThat(forces.get()).isEqualTo(2);
        }
    }

    @Test
    void aBatchIsForcedOnce() {
        try (SegmentLog log = open()) {
            log.appendAll(List.of(RECORD, RECORD, RECORD));
            assertThat(forces.get()).isEqualTo(1);
        }
    }

    @Test
    void afterAFullDiskTheLogGoesOnWhereItWas() { // law C52
        try (SegmentLog log = open()) {
            log.append(RECORD);
            failingWrites = true;
            assertThatThrownBy(() -> log.append(RECORD))
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind()).isEqualTo(StorageFailure.Kind.FULL));
            failingWrites = false;
            assertThat(log.end()).isEqualTo(1);
            assertThat(log.append(RECORD)).isEqualTo(2);
        }
        try (SegmentLog log = open()) {
            assertThat(log.read(0, 10)).hasSize(2);
            assertThat(log.damage()).isEmpty();
        }
    }

    @Test
    void afterAFailedForceNothingMoreIsAcknowledged() { // law C52
        try (SegmentLog log = open()) {
            log.append(RECORD);
            failingForces = true;
            assertThatThrownBy(() -> log.append(RECORD)).isInstanceOf(StorageFailure.class);
            failingForces = false;
            assertThatThrownBy(() -> log.append(RECORD)).isInstanceOf(StorageFailure.class);
            assertThat(log.read(0, 10)).hasSize(1);
        }
        try (SegmentLog log = open()) {
            assertThat(log.end()).isBetween(1L, 2L);
            assertThat(log.append(RECORD)).isEqualTo(log.end());
        }
    }

    @Test
    void aTailThatCannotBeCutBackStopsTheLog() { // law C52
        try (SegmentLog log = open()) {
            failingWrites = true;
            failingCuts = true;
            assertThatThrownBy(() -> log.append(RECORD)).isInstanceOf(StorageFailure.class);
            failingWrites = false;
            assertThatThrownBy(() -> log.append(RECORD)).isInstanceOf(StorageFailure.class);
        }
        failingCuts = false;
        try (SegmentLog log = open()) {
            assertThat(log.append(RECORD)).isEqualTo(1);
        }
    }

    @Test
    void aPathThatIsAFileIsUnreadable() throws IOException {
        Path file = Files.writeString(directory.resolve("plain"), "");
        assertThatThrownBy(() -> SegmentLog.open(file.resolve("log")))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure ->
                                assertThat(failure.kind())
                                        .isEqualTo(StorageFailure.Kind.UNREADABLE));
    }

    @Test
    void aSecondLogOnTheDirectoryIsRefused() { // law C46
        try (SegmentLog log = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StorageFailure.Kind.LOCKED));
            assertThat(log.append(RECORD)).isEqualTo(1);
        }
        open().close();
    }

    private void awaitWaiting(int count) throws InterruptedException {
        while (mayForce.getQueueLength() < count) {
            Thread.sleep(1);
        }
    }
}
