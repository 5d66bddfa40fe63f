package dev.orrery.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every engine of {@link SegmentLog} keeps. An engine's test extends it and says how to open
 * one.
 */
// laws C41, C47, C48, C49
@Timeout(60) // seconds: a fault shows as a failure, not as a build that hangs
public abstract class SegmentLogContract {
    private static final SegmentLog.Options SMALL =
            SegmentLog.Options.DEFAULT.segmentBytes(1 << 10).maxRecordBytes(600);

    private SegmentLog log = SegmentLog.inMemory();

    /** Opens an empty log. */
    protected abstract SegmentLog open(SegmentLog.Options options);

    @BeforeEach
    void openLog() {
        log = open(SMALL);
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    @Test
    void aNewLogIsEmptyAndBeginsAtOne() {
        assertThat(log.start()).isEqualTo(1);
        assertThat(log.end()).isZero();
        assertThat(log.read(0, 10)).isEmpty();
        assertThat(log.damage()).isEmpty();
    }

    @Test
    void positionsGrowByOnePerRecord() { // law C41
        assertThat(log.append(bytes("a"))).isEqualTo(1);
        assertThat(log.append(bytes("b"))).isEqualTo(2);
        assertThat(log.appendAll(List.of(bytes("c"), bytes("d"), bytes("e")))).isEqualTo(5);
        assertThat(log.append(bytes("f"))).isEqualTo(6);
        assertThat(log.end()).isEqualTo(6);
    }

    @Test
    void readingGoesOnAfterAPosition() {
        log.appendAll(List.of(bytes("a"), bytes("b"), bytes("c"), bytes("d")));
        assertThat(texts(log.read(0, 10))).containsExactly("1a", "2b", "3c", "4d");
        assertThat(texts(log.read(1, 2))).containsExactly("2b", "3c");
        assertThat(log.read(4, 10)).isEmpty();
        assertThat(log.read(99, 10)).isEmpty();
    }

    @Test
    void anEmptyBatchDoesNothing() {
        log.append(bytes("a"));
        assertThat(log.appendAll(List.of())).isEqualTo(1);
        assertThat(log.end()).isEqualTo(1);
    }

    @Test
    void anEmptyRecordIsARecord() {
        assertThat(log.append(new byte[0])).isEqualTo(1);
        assertThat(log.read(0, 10)).containsExactly(new SegmentLog.Entry(1, new byte[0]));
    }

    @Test
    void theLogSharesNoArrayWithItsUsers() {
        byte[] record = bytes("as it was");
        log.append(record);
        record[0] = 'X';
        log.read(0, 1).getFirst().bytes()[1] = 'X';
        assertThat(texts(log.read(0, 1))).containsExactly("1as it was");
    }

    @Test
    void aRecordBeyondTheLimitIsRefusedWhole() { // law C47
        byte[] large = new byte[601];
        assertThatThrownBy(() -> log.appendAll(List.of(bytes("small"), large)))
                .isInstanceOfSatisfying(
                        OrreryException.LimitExceeded.class,
                        refused -> {
                            assertThat(refused.allowed()).isEqualTo(600);
                            assertThat(refused.asked()).isEqualTo(601);
                        });
        assertThat(log.end()).isZero();
        assertThat(log.append(new byte[600])).isEqualTo(1);
    }

    @Test
    void concurrentAppendersEachFindTheirRecordAtTheirPosition()
            throws InterruptedException { // law C43
        Queue<SegmentLog.Entry> acknowledged = new ConcurrentLinkedQueue<>();
        List<Thread> appenders = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            String name = "appender " + i;
            appenders.add(
                    Thread.startVirtualThread(() -> {
                        for (int n = 0; n < 25; n++) {
                            byte[] record = bytes(name + " record " + n);
                            acknowledged.add(new SegmentLog.Entry(log.append(record), record));
                        }
                    }));
        }
        for (Thread appender : appenders) {
            appender.join();
        }
        assertThat(log.end()).isEqualTo(32 * 25);
        assertThat(log.read(0, 10_000)).containsExactlyInAnyOrderElementsOf(acknowledged);
    }

    @Test
    void aBatchIsNotInterspersed() throws InterruptedException {
        List<Thread> appenders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            List<byte[]> batch = List.of(bytes(i + "."), bytes(i + "+"), bytes(i + "+"));
            appenders.add(
                    Thread.startVirtualThread(() -> {
                        for (int n = 0; n < 20; n++) {
                            log.appendAll(batch);
                        }
                    }));
        }
        for (Thread appender : appenders) {
            appender.join();
        }
        List<SegmentLog.Entry> entries = log.read(0, 10_000);
        assertThat(entries).hasSize(8 * 20 * 3);
        for (int i = 0; i < entries.size(); i += 3) {
            char author = text(entries.get(i)).charAt(0);
            assertThat(texts(entries.subList(i, i + 3)))
                    .containsExactly(
                            (i + 1) + "" + author + ".",
                            (i + 2) + "" + author + "+",
                            (i + 3) + "" + author + "+");
        }
    }

    @Test
    void readersSeeOnlyWhatWasAcknowledgedOrIsAboutToBe() throws InterruptedException {
        Thread appender =
                Thread.startVirtualThread(() -> {
                    for (int i = 1; i <= 300; i++) {
                        log.append(bytes("record " + i));
                    }
                });
        long after = 0;
        while (after < 300) {
            for (SegmentLog.Entry entry : log.read(after, 7)) {
                assertThat(entry.position()).isEqualTo(after + 1);
                assertThat(text(entry)).isEqualTo("record " + entry.position());
                after = entry.position();
                assertThat(log.end()).isGreaterThanOrEqualTo(after);
            }
        }
        appender.join();
    }

    @Test
    void truncationKeepsEverythingAtAndAboveThePosition() { // law C48
        for (int i = 1; i <= 100; i++) {
            log.append(new byte[100]);
        }
        log.truncateBefore(50);
        long start = log.start();
        assertThat(start).isGreaterThan(1).isLessThanOrEqualTo(50);
        assertThat(log.end()).isEqualTo(100);
        assertThat(log.read(start - 1, 1_000)).hasSize((int) (101 - start));
        assertThat(log.append(new byte[100])).isEqualTo(101);
    }

    @Test
    void aReaderBehindTheTruncationIsToldSo() { // law C48
        for (int i = 1; i <= 100; i++) {
            log.append(new byte[100]);
        }
        log.truncateBefore(50);
        assertThatThrownBy(() -> log.read(0, 10)).isInstanceOf(OrreryException.StaleCursor.class);
    }

    @Test
    void truncatingBeyondTheEndLosesNoPosition() {
        for (int i = 1; i <= 30; i++) {
            log.append(new byte[100]);
        }
        log.truncateBefore(1_000);
        assertThat(log.end()).isEqualTo(30);
        assertThat(log.start()).isLessThanOrEqualTo(31);
        assertThat(log.append(bytes("next"))).isEqualTo(31);
        log.truncateBefore(0);
        assertThat(log.end()).isEqualTo(31);
    }

    @Test
    void whatIsBelowASealCanBeDroppedToTheLastRecord() { // law C48
        log.seal();
        log.append(bytes("old"));
        log.append(bytes("older than the seal"));
        log.seal();
        log.seal();
        assertThat(log.append(bytes("new"))).isEqualTo(3);
        log.truncateBefore(3);
        assertThat(log.start()).isEqualTo(3);
        assertThat(log.read(2, 10)).extracting(SegmentLogContract::text).containsExactly("new");
    }

    @Test
    void anInterruptedAppenderFinishesAndKeepsItsFlag() { // law C49
        Thread.currentThread().interrupt();
        long position = log.append(bytes("whole"));
        assertThat(Thread.interrupted()).isTrue();
        Thread.currentThread().interrupt();
        List<String> read = texts(log.read(position - 1, 1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(read).containsExactly("1whole");
        assertThat(log.append(bytes("next"))).isEqualTo(2);
    }

    @Test
    void interruptsHurtNobodyElse() throws InterruptedException { // law C49
        Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();
        List<Thread> appenders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            appenders.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int n = 0; n < 100; n++) {
                                    acknowledged.add(log.append(bytes("record")));
                                }
                            }));
        }
        while (appenders.stream().anyMatch(Thread::isAlive)) {
            appenders.forEach(Thread::interrupt);
            Thread.sleep(1);
        }
        assertThat(acknowledged).hasSize(800).doesNotHaveDuplicates();
        assertThat(log.read(0, 1_000)).hasSize(800);
    }

    @Test
    void aClosedLogRefusesEverything() {
        log.close();
        log.close();
        assertThatThrownBy(() -> log.append(bytes("late")))
                .isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(() -> log.read(0, 1)).isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(log::end).isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(() -> log.truncateBefore(1)).isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void aRandomHistoryReadsAsItsModel() {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        NavigableMap<Long, byte[]> model = new TreeMap<>();
        long end = 0;
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(5)) {
                case 0, 1, 2 -> {
                    List<byte[]> batch = new ArrayList<>();
                    for (int i = random.nextInt(6); i > 0; i--) {
                        byte[] record = new byte[random.nextInt(601)];
                        random.nextBytes(record);
                        batch.add(record);
                        model.put(++end, record);
                    }
                    assertThat(log.appendAll(batch)).as("seed %d", seed).isEqualTo(end);
                }
                case 3 -> {
                    long after = random.nextLong(log.start() - 1, end + 1);
                    int max = random.nextInt(1, 50);
                    assertThat(log.read(after, max))
                            .as("seed %d", seed)
                            .isEqualTo(expected(model, after, max));
                }
                default -> {
                    log.truncateBefore(random.nextLong(0, end + 2) - 20);
                    model.headMap(log.start()).clear();
                }
            }
        }
    }

    private static List<SegmentLog.Entry> expected(
            NavigableMap<Long, byte[]> model, long after, int max) {
        return model.tailMap(after, false).entrySet().stream()
                .limit(max)
                .map(each -> new SegmentLog.Entry(each.getKey(), each.getValue()))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(SegmentLog.Entry entry) {
        return new String(entry.bytes(), UTF_8);
    }

    private static List<String> texts(List<SegmentLog.Entry> entries) {
        return entries.stream().map(entry -> entry.position() + text(entry)).toList();
    }
}
