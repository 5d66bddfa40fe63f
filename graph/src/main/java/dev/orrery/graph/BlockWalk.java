package dev.orrery.graph;

import dev.orrery.core.CborReader;
import java.util.Arrays;

/**
 * Walks over bytes of a checkpoint without making anything of them: quick also in a program that
 * has just begun. Whatever would lead beyond the end is refused. Confined to one thread.
 */
final class BlockWalk {
    private final byte[] bytes;
    private int at;
    private int end;

    BlockWalk(byte[] bytes) {
        this.bytes = bytes;
        this.end = bytes.length;
    }

    /** The number at a place. */
    static int number(byte[] bytes, int at) {
        return (bytes[at] & 0xff)
                | (bytes[at + 1] & 0xff) << 8
                | (bytes[at + 2] & 0xff) << 16
                | bytes[at + 3] << 24;
    }

    /** Goes on at a place, up to another one. */
    void look(int from, int to) {
        at = from;
        end = to;
    }

    /** Where it is. */
    int at() {
        return at;
    }

    byte one() {
        return bytes[step(1)];
    }

    int number() {
        return number(bytes, step(Integer.BYTES));
    }

    void large() {
        step(Long.BYTES);
    }

    /** Passes over what has its length before it. */
    void skip() {
        step(number());
    }

    void skip(int count) {
        step(count);
    }

    /** How many things follow that each take at least so many bytes. */
    int count(int bytesEach) {
        int count = number();
        if (count < 0 || count > (end - at) / bytesEach) {
            throw new IllegalStateException("more is said to follow than is left: " + count);
        }
        return count;
    }

    /** Passes over a value that can be read. */
    void skipValue() {
        byte kind = one();
        if (kind == CheckpointReader.TEXT) {
            skip();
        } else if (kind == CheckpointReader.WHOLE) {
            large();
        } else if (kind == CheckpointReader.OTHER) {
            int length = number();
            int begin = step(length);
            new CborReader(Arrays.copyOfRange(bytes, begin, begin + length)).value();
        } else if (kind < 0 || kind > CheckpointReader.OTHER) {
            throw new IllegalStateException("a value of kind " + kind);
        }
    }

    private int step(int count) {
        int before = at;
        if (count < 0 || count > end - before) {
            throw new IllegalStateException("more is said to follow than is left: " + count);
        }
        at = before + count;
        return before;
    }

    /** Refuses what is longer than what was walked over. */
    void requireEnd() {
        if (at != end) {
            throw new IllegalStateException("more follows than was said: " + (end - at));
        }
    }
}
