package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Writes the fields of one Protobuf message; what has its default value is left out. Confined to
 * one thread.
 */
final class ProtobufWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The bytes of a message, after their length. */
    static byte[] delimited(Consumer<ProtobufWriter> content) {
        ProtobufWriter message = new ProtobufWriter();
        content.accept(message);
        ProtobufWriter frame = new ProtobufWriter();
        frame.lengthAnd(message.out.toByteArray());
        return frame.out.toByteArray();
    }

    /** Writes a number that is not negative, or an unsigned one. */
    void number(int field, long number) {
        if (number != 0) {
            varint(ProtobufReader.tag(field, ProtobufReader.VARINT));
            varint(number);
        }
    }

    void flag(int field, boolean flag) {
        number(field, flag ? 1 : 0);
    }

    void text(int field, String text) {
        if (!text.isEmpty()) {
            bytes(field, text.getBytes(UTF_8));
        }
    }

    /** Writes a message inside this one; an empty one is there, too. */
    void message(int field, Consumer<ProtobufWriter> content) {
        ProtobufWriter message = new ProtobufWriter();
        content.accept(message);
        bytes(field, message.out.toByteArray());
    }

    private void bytes(int field, byte[] bytes) {
        varint(ProtobufReader.tag(field, ProtobufReader.LENGTH));
        lengthAnd(bytes);
    }

    private void lengthAnd(byte[] bytes) {
        varint(bytes.length);
        out.writeBytes(bytes);
    }

    private void varint(long number) {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
