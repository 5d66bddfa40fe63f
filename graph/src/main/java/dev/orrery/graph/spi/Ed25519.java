package dev.orrery.graph.spi;

/**
 * Signatures by Ed25519 (RFC 8032), in their raw form. An implementation that is found as a service
 * takes the place of the JDK's. Thread-safe.
 */
public interface Ed25519 {
    /** The length of seeds and public keys. */
    int KEY_BYTES = 32;

    /** The length of signatures. */
    int SIGNATURE_BYTES = 64;

    /** The public key of a seed of 32 bytes. */
    byte[] publicKey(byte[] seed);

    /** The signature of a message by a seed of 32 bytes; 64 bytes. */
    byte[] sign(byte[] seed, byte[] message);

    /**
     * Whether a signature of a message is that of a public key; false for keys and signatures that
     * are none.
     */
    boolean verify(byte[] publicKey, byte[] message, byte[] signature);
}
