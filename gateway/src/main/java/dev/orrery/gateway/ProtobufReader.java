package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one Protobuf message, read where they stand: a slice of a frame, nothing copied.
 *
 * <p>The wire format is that of the published encoding: a tag of field number and wire type, then a
 * varint, eight bytes, a length with as many bytes, or four bytes. No length is believed before it
 * is compared with what is left. // law G5 — Confined to one thread.
 */
final class ProtobufReader {
    static final int VARINT = 0;
    static final int EIGHT_BYTES = 1;
    static final int LENGTH = 2;
    static final int FOUR_BYTES = 5;

    private static final int VARINT_BYTES = 10;

    private final byte[] frame;
    private final int end;
    private int at;

    /** The whole of a frame. */
    ProtobufReader(byte[] frame) {
        this(frame, 0, frame.length);
    }

    private ProtobufReader(byte[] frame, int at, int end) {
        this.frame = frame;
        this.at = at;
        this.end = end;
    }

    /** Whether anything is left. */
    boolean hasNext() {
        return at < end;
    }

    /** The next field's tag; see {@link #tag}. */
    int next() throws BadFrame {
        long tag = varint();
        if (tag < 8 || tag > 0xFFFF_FFFFL) {
            throw new BadFrame("not a Protobuf field, at byte " + at);
        }
        return (int) tag;
    }

    /** The tag of a field number with a wire type. */
    static int tag(int field, int wireType) {
        return (field << 3) | wireType;
    }

    /** Reads a number; of one that is shorter by its type, the lower bits count. */
    long varint() throws BadFrame {
        long number = 0;
        for (int i = 0; i < VARINT_BYTES; i++) {
            byte next = one();
            number |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return number;
            }
        }
        throw new BadFrame("a number of more than ten bytes, at byte " + at);
    }

    private byte one() throws BadFrame {
        if (at == end) {
            throw new BadFrame("a message ends in the middle of a field, at byte " + at);
        }
        return frame[at++];
    }

    /** Reads a message inside this one. */
    ProtobufReader message() throws BadFrame {
        int length = length();
        ProtobufReader message = new ProtobufReader(frame, at, at + length);
        at += length;
        return message;
    }

    private int length() throws BadFrame {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new BadFrame("a length runs past the end, at byte " + at);
        }
        return (int) length;
    }

    /** Reads text. */
    String text() throws BadFrame {
        int length = length();
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(frame, at, length)).toString();
            at += length;
            return text;
        } catch (CharacterCodingException malformed) {
            throw new BadFrame("text that is not UTF-8, at byte " + at);
        }
    }

    /** What is left, as JSON; null when nothing is. */
    @Nullable Object json(Json json) throws BadFrame {
        return at == end ? null : json.read(frame, at, end - at);
    }

    /** Passes over a field whose tag was read and means nothing here. */
    void skip(int tag) throws BadFrame {
        switch (tag & 7) {
            case VARINT -> varint();
            case EIGHT_BYTES -> skipBytes(8);
            case LENGTH -> skipBytes(length());
            case FOUR_BYTES -> skipBytes(4);
            default -> throw new BadFrame("a field of no known wire type, at byte " + at);
        }
    }

    private void skipBytes(int count) throws BadFrame {
        if (count > end - at) {
            throw new BadFrame("a message ends in the middle of a field, at byte " + at);
        }
        at += count;
    }
}
