package dev.orrery.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The layout of a segment file, version 1; {@code docs/formats/segment-log.md} is its page.
 * Stateless.
 *
 * <pre>
 * header   magic 8 bytes, version 4, first position 8, CRC-32C of these 4
 * record   length 4, CRC-32C of what follows 4, position 8, bytes
 * </pre>
 *
 * All numbers are big-endian.
 */
final class SegmentFormat {
    static final int VERSION = 1; // law C53
    static final int HEADER_BYTES = 24;
    static final int RECORD_HEADER_BYTES = 16;

    /** No record is longer, whatever a log's options say: checked before memory is taken. */
    static final int LONGEST_RECORD = 256 << 20;

    static final String SUFFIX = ".segment";

    private static final byte[] MAGIC = "ORRERYSL".getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_DIGITS = 20;

    private SegmentFormat() {}

    /** What the first bytes of a segment file say. */
    enum Header {
        GOOD,
        /** Not readable, or of another segment: the file's name says where it begins. */
        DAMAGED,
        /** Written by a newer version: hands off. */
        NEWER
    }

    static ByteBuffer header(long first) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.put(MAGIC).putInt(VERSION).putLong(first);
        header.putInt(checksum(header.array(), header.position()));
        return header.flip();
    }

    /**
     * Judges a header; its checksum comes first, so that a flipped bit is never taken for a newer
     * version.
     */
    static Header judge(byte[] header, long first) {
        ByteBuffer fields = ByteBuffer.wrap(header);
        boolean whole =
                header.length == HEADER_BYTES
                        && Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                        && fields.getInt(HEADER_BYTES - 4) == checksum(header, HEADER_BYTES - 4);
        if (!whole) {
            return Header.DAMAGED;
        }
        if (fields.getInt(MAGIC.length) > VERSION) {
            return Header.NEWER;
        }
        return fields.getInt(MAGIC.length) == VERSION && fields.getLong(MAGIC.length + 4) == first
                ? Header.GOOD
                : Header.DAMAGED;
    }

    static void putRecordHeader(ByteBuffer into, long position, byte[] record) { // law C41
        CRC32C checksum = new CRC32C();
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES).putLong(position).flip();
        checksum.update(number);
        checksum.update(record);
        into.putInt(record.length).putInt((int) checksum.getValue()).putLong(position);
    }

    static String fileName(long first) {
        String digits = Long.toString(first);
        return "0".repeat(NAME_DIGITS - digits.length()) + digits + SUFFIX;
    }

    /** The first position a segment file's name tells; empty for any other file. */
    static OptionalLong firstPosition(Path file) {
        @Nullable Path name = file.getFileName();
        String text = name == null ? "" : name.toString();
        if (text.length() != NAME_DIGITS + SUFFIX.length() || !text.endsWith(SUFFIX)) {
            return OptionalLong.empty();
        }
        try {
            long first = Long.parseLong(text.substring(0, NAME_DIGITS));
            return first >= 1 ? OptionalLong.of(first) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
