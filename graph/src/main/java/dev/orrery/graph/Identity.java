package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.graph.spi.Ed25519;
import java.security.SecureRandom;

/**
 * Who writes, and the Ed25519 key that proves it. A replica with an identity seals what it writes.
 * Immutable.
 */
public final class Identity {
    private final String name;
    private final Bytes seed;
    private final Bytes publicKey;

    private Identity(String name, Bytes seed) {
        this.name = Limits.author(name);
        this.seed = seed;
        this.publicKey = Bytes.of(Seals.scheme().publicKey(seed.toArray()));
    }

    /** An identity of that name with a fresh key. */
    public static Identity generate(String name) {
        byte[] seed = new byte[Ed25519.KEY_BYTES];
        new SecureRandom().nextBytes(seed);
        return new Identity(name, Bytes.of(seed));
    }

    /**
     * An identity whose key was kept.
     *
     * @param seed the 32 bytes that {@link #seed} gave
     */
    public static Identity of(String name, Bytes seed) {
        if (seed.length() != Ed25519.KEY_BYTES) {
            throw new Invalid("seed", "has 32 bytes", seed.length());
        }
        return new Identity(name, seed);
    }

    /** The replica's name, the author of what it writes. */
    public String name() {
        return name;
    }

    /** What others know it by; 32 bytes. */
    public Bytes publicKey() {
        return publicKey;
    }

    /** The secret: to be kept where nobody else can read it. */
    public Bytes seed() {
        return seed;
    }

    /** The name and the public key; the secret is not in it. */
    @Override
    public String toString() {
        return name + " " + publicKey;
    }
}
