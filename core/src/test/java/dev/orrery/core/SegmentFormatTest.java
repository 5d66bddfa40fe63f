package dev.orrery.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The golden file of each version: what once was written can be read for ever, and is written so
 * still.
 */
class SegmentFormatTest { // law C53
    private static final String NAME = "00000000000000000001.segment";
    private static final List<byte[]> RECORDS =
            List.of("first".getBytes(UTF_8), new byte[0], "a third record, é".getBytes(UTF_8));

    @TempDir Path directory;

    private static byte[] golden(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(SegmentFormatTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    @Test
    void versionOneIsWrittenAsItAlwaysWas() throws IOException {
        try (SegmentLog log = SegmentLog.open(directory)) {
            log.appendAll(RECORDS);
        }
        assertThat(directory.resolve(NAME)).hasBinaryContent(golden("segment-log-1.segment"));
    }

    @Test
    void versionOneIsRead() throws IOException {
        Files.write(directory.resolve(NAME), golden("segment-log-1.segment"));
        try (SegmentLog log = SegmentLog.open(directory)) {
            assertThat(log.read(0, 10))
                    .extracting(SegmentLog.Entry::bytes)
                    .containsExactlyElementsOf(RECORDS);
            assertThat(log.damage()).isEmpty();
        }
    }
}
