package dev.orrery.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a damaged or torn file costs: that record, never the store. */
class SegmentLogDamageTest {
    private static final SegmentLog.Options SMALL =
            SegmentLog.Options.DEFAULT.segmentBytes(1 << 10);

    @TempDir Path temporary;
    private Path directory;
    private final List<byte[]> records = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    @BeforeEach
    void begin() {
        directory = temporary.resolve("log");
    }

    private byte[] written(int count) throws IOException {
        SplittableRandom random = new SplittableRandom(count);
        int end = SegmentFormat.HEADER_BYTES;
        for (int i = 0; i < count; i++) {
            byte[] record = new byte[random.nextInt(14)];
            random.nextBytes(record);
            records.add(record);
            end += SegmentFormat.RECORD_HEADER_BYTES + record.length;
            ends.add(end);
        }
        try (SegmentLog log = SegmentLog.open(directory)) {
            log.appendAll(records);
        }
        return Files.readAllBytes(newest());
    }

    private Path newest() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> SegmentFormat.firstPosition(file).isPresent())
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private List<SegmentLog.Entry> expected(LongStream positions) {
        return positions
                .mapToObj(
                        position -> new SegmentLog.Entry(position, records.get((int) position - 1)))
                .toList();
    }

    private static List<SegmentLog.Entry> all(SegmentLog log) {
        List<SegmentLog.Entry> found = new ArrayList<>();
        List<SegmentLog.Entry> entries = log.read(log.start() - 1, 1_000);
        for (; !entries.isEmpty(); entries = log.read(entries.getLast().position(), 1_000)) {
            found.addAll(entries);
        }
        return found;
    }

    @Test
    void everyTruncationKeepsTheRecordsThatAreWhole() throws IOException { // law C42
        byte[] whole = written(120);
        Path file = newest();
        for (int length = SegmentFormat.HEADER_BYTES; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            int limit = length;
            long kept = ends.stream().filter(end -> end <= limit).count();
            try (SegmentLog log = SegmentLog.open(directory)) {
                assertThat(log.end()).as("cut at %d", length).isEqualTo(kept);
                assertThat(all(log))
                        .as("cut at %d", length)
                        .isEqualTo(expected(LongStream.rangeClosed(1, kept)));
                assertThat(log.damage()).as("cut at %d", length).isEmpty();
                if (length % 32 == 0) {
                    assertThat(log.append(new byte[] {42})).isEqualTo(kept + 1);
                    assertThat(log.read(kept, 9))
                            .containsExactly(new SegmentLog.Entry(kept + 1, new byte[] {42}));
                }
            }
        }
    }

    @Test
    void everyFlippedByteCostsAtMostItsRecord() throws IOException { // law C44
        byte[] whole = written(40);
        SplittableRandom random = new SplittableRandom(44);
        for (int at = SegmentFormat.HEADER_BYTES; at < whole.length; at++) {
            for (int mask : new int[] {0xff, 1 << random.nextInt(8)}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) mask;
                Files.write(newest(), damaged);
                int offset = at;
                long hit = 1 + ends.stream().filter(end -> end <= offset).count();
                String what = "flip " + mask + " at " + at + " in record " + hit;
                try (SegmentLog log = SegmentLog.open(directory)) {
                    assertThat(all(log))
                            .as(what)
                            .isEqualTo(
                                    expected(
                                            LongStream.rangeClosed(1, 40)
                                                    .filter(position -> position != hit)));
                    if (hit < 40) {
                        assertThat(log.damage())
                                .as(what)
                                .singleElement()
                                .satisfies(damage -> {
                                    assertThat(damage.first()).isEqualTo(hit);
                                    assertThat(damage.last()).isEqualTo(hit);
                                });
                        assertThat(log.end()).as(what).isEqualTo(40);
                    }
                }
            }
        }
    }

    @Test
    void aDamagedHeaderCostsNoRecordAndNothingMoreIsWrittenBehindIt()
            throws IOException { // law C44
        byte[] whole = written(10);
        for (int at = 0; at < SegmentFormat.HEADER_BYTES; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xff;
            Path file = directory.resolve(SegmentFormat.fileName(1));
            Files.write(file, damaged);
            try (SegmentLog log = SegmentLog.open(directory)) {
                assertThat(all(log)).isEqualTo(expected(LongStream.rangeClosed(1, 10)));
                assertThat(log.damage())
                        .singleElement()
                        .satisfies(damage -> assertThat(damage.last()).isLessThan(damage.first()));
                assertThat(log.append(new byte[] {42})).isEqualTo(11);
            }
            try (SegmentLog log = SegmentLog.open(directory)) {
                assertThat(log.read(10, 9))
                        .containsExactly(new SegmentLog.Entry(11, new byte[] {42}));
            }
            assertThat(file).hasBinaryContent(damaged);
            Files.delete(directory.resolve(SegmentFormat.fileName(11)));
        }
    }

    @Test
    void aFileShorterThanItsHeaderDoesNotStopTheLog() throws IOException {
        byte[] whole = written(3);
        Path file = newest();
        for (int length = 0; length < SegmentFormat.HEADER_BYTES; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (SegmentLog log = SegmentLog.open(directory)) {
                long position = log.append(new byte[] {42});
                assertThat(log.read(log.start() - 1, 9))
                        .containsExactly(new SegmentLog.Entry(position, new byte[] {42}));
            }
            try (SegmentLog log = SegmentLog.open(directory)) {
                assertThat(all(log)).hasSize(1);
            }
            Files.delete(newest());
        }
    }

    @Test
    void anOverwrittenStretchCostsItsRecordsOnly() throws IOException { // law C44
        byte[] whole = written(100);
        Arrays.fill(whole, ends.get(29) + 3, ends.get(59) - 2, (byte) 0);
        Files.write(newest(), whole);
        try (SegmentLog log = SegmentLog.open(directory)) {
            assertThat(all(log))
                    .isEqualTo(
                            expected(
                                    LongStream.concat(
                                            LongStream.rangeClosed(1, 30),
                                            LongStream.rangeClosed(61, 100))));
            assertThat(log.damage())
                    .containsExactly(new SegmentLog.Damage(31, 60, newest(), ends.get(29)));
            assertThat(log.append(new byte[0])).isEqualTo(101);
        }
    }

    @Test
    void damageInAnOlderSegmentIsFoundWhenItIsRead() throws IOException { // law C44
        try (SegmentLog log = SegmentLog.open(directory, SMALL)) {
            for (int i = 0; i < 100; i++) {
                log.append(new byte[100]);
            }
        }
        Path oldest = directory.resolve(SegmentFormat.fileName(1));
        byte[] bytes = Files.readAllBytes(oldest);
        bytes[bytes.length - 1] ^= 1;
        Files.write(oldest, bytes);
        try (SegmentLog log = SegmentLog.open(directory, SMALL)) {
            assertThat(log.damage()).isEmpty();
            List<SegmentLog.Entry> entries = all(log);
            assertThat(entries).hasSize(99);
            assertThat(log.damage())
                    .singleElement()
                    .satisfies(damage ->
                            assertThat(entries)
                                    .noneMatch(entry -> entry.position() == damage.first()));
        }
    }

    @Test
    void aSegmentThatIsGoneIsAGapThatIsTold() throws IOException { // law C44
        try (SegmentLog log = SegmentLog.open(directory, SMALL)) {
            for (int i = 0; i < 40; i++) {
                log.append(new byte[100]);
            }
        }
        List<Path> segments;
        try (Stream<Path> files = Files.list(directory)) {
            segments =
                    files.filter(file -> SegmentFormat.firstPosition(file).isPresent())
                            .sorted()
                            .toList();
        }
        long first = SegmentFormat.firstPosition(segments.get(1)).orElseThrow();
        long last = SegmentFormat.firstPosition(segments.get(2)).orElseThrow() - 1;
        Files.delete(segments.get(1));
        try (SegmentLog log = SegmentLog.open(directory, SMALL)) {
            assertThat(all(log)).hasSize((int) (40 - (last - first + 1)));
            assertThat(log.damage())
                    .singleElement()
                    .satisfies(damage -> {
                        assertThat(damage.first()).isEqualTo(first);
                        assertThat(damage.last()).isEqualTo(last);
                    });
        }
    }

    @Test
    void aRecordThatRotsWhileTheLogIsOpenIsNotHandedOut() throws IOException { // law C44
        byte[] whole = written(10);
        try (SegmentLog log = SegmentLog.open(directory)) {
            whole[ends.get(4) - 1] ^= 1;
            whole[ends.get(9) - 1] ^= 1;
            Files.write(newest(), whole);
            assertThat(all(log))
                    .isEqualTo(
                            expected(
                                    LongStream.rangeClosed(1, 9)
                                            .filter(position -> position != 5)));
            assertThat(log.damage()).extracting(SegmentLog.Damage::first).containsExactly(5L, 10L);
        }
    }

    @Test
    void aNewerFormatIsRefusedAndLeftAsItIs() throws IOException { // law C45
        byte[] whole = written(3);
        ByteBuffer header = ByteBuffer.wrap(whole);
        header.putInt(8, SegmentFormat.VERSION + 1);
        var checksum = new java.util.zip.CRC32C();
        checksum.update(whole, 0, SegmentFormat.HEADER_BYTES - 4);
        header.putInt(SegmentFormat.HEADER_BYTES - 4, (int) checksum.getValue());
        byte[] torn = Arrays.copyOf(whole, whole.length - 1);
        Files.write(newest(), torn);
        Path unfinished = Files.writeString(directory.resolve("0.segment.tmp"), "unfinished");
        assertThatThrownBy(() -> SegmentLog.open(directory))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure -> {
                            assertThat(failure.kind()).isEqualTo(StorageFailure.Kind.NEWER_FORMAT);
                            assertThat(failure.where()).contains(directory.toString());
                        });
        assertThat(newest()).hasBinaryContent(torn);
        assertThat(unfinished).exists();
    }

    @Test
    void noBytesOnDiskStopTheLogFromOpening() throws IOException { // law C44
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        byte[] whole = written(60);
        for (int round = 0; round < 200; round++) {
            byte[] mangled = mangled(whole, random);
            Files.write(directory.resolve(SegmentFormat.fileName(1)), mangled);
            var content = new TreeMap<Long, byte[]>();
            for (int i = 0; i < records.size(); i++) {
                content.put(i + 1L, records.get(i));
            }
            assertThatCode(
                            () -> {
                                try (SegmentLog log = SegmentLog.open(directory)) {
                                    assertThat(all(log))
                                            .allSatisfy(entry ->
                                                    assertThat(entry.bytes())
                                                            .isEqualTo(
                                                                    content.get(entry.position())));
                                    long position = log.append("next".getBytes(UTF_8));
                                    assertThat(log.read(position - 1, 1)).hasSize(1);
                                }
                            })
                    .as("seed %d round %d", seed, round)
                    .doesNotThrowAnyException();
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static byte[] mangled(byte[] whole, SplittableRandom random) {
        byte[] mangled = random.nextInt(10) == 0 ? new byte[random.nextInt(2_000)] : whole.clone();
        int from = mangled.length == 0 ? 0 : random.nextInt(mangled.length);
        int to = Math.min(mangled.length, from + random.nextInt(1, 300));
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(mangled, from, to, (byte) 0);
            case 1 -> Arrays.fill(mangled, from, to, (byte) 0xff);
            case 2 -> {
                byte[] noise = new byte[to - from];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, mangled, from, noise.length);
            }
            default -> {
                byte[] without = new byte[mangled.length - (to - from)];
                System.arraycopy(mangled, 0, without, 0, from);
                System.arraycopy(mangled, to, without, from, mangled.length - to);
                return without;
            }
        }
        return mangled;
    }
}
