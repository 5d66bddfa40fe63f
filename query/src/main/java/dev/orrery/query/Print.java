package dev.orrery.query;

import dev.orrery.core.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * How a stored result knows again what it read: the bytes of the value themselves when they are
 * fewer than 32, else their SHA-256; none at all for absence. Equal prints are equal values. // law
 * Q30
 */
final class Print {
    /** There was no value. A value is never stored in no bytes. */
    static final Bytes ABSENT = Bytes.of();

    private static final int HASH_BYTES = 32;

    private Print() {}

    static Bytes of(byte[] value) {
        return value.length < HASH_BYTES ? Bytes.of(value) : sha256(value);
    }

    static Bytes sha256(byte[] bytes) {
        try {
            return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
