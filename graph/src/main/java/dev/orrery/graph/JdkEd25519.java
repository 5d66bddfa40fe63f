package dev.orrery.graph;

import dev.orrery.graph.spi.Ed25519;
import java.io.Serial;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 by the JDK. Thread-safe. */
final class JdkEd25519 implements Ed25519 {
    /** What stands before a seed in PKCS #8 and before a key in X.509 (RFC 8410). */
    private static final byte[] SEED_PREFIX =
            HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final String NAME = "Ed25519";

    /**
     * Hands out the seed where the generator asks for chance, so that it makes that seed's keys.
     */
    private static final class Given extends SecureRandom {
        @Serial private static final long serialVersionUID = 1;
        private final byte[] seed;

        Given(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
        }
    }

    @Override
    public byte[] publicKey(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
            generator.initialize(NamedParameterSpec.ED25519, new Given(seed.clone()));
            byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, KEY_PREFIX.length, encoded.length);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has Ed25519", impossible);
        }
    }

    @Override
    public byte[] sign(byte[] seed, byte[] message) {
        try {
            PrivateKey key =
                    KeyFactory.getInstance(NAME)
                            .generatePrivate(new PKCS8EncodedKeySpec(joined(SEED_PREFIX, seed)));
            Signature signature = Signature.getInstance(NAME);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has Ed25519", impossible);
        }
    }

    @Override
    public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != KEY_BYTES || signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            PublicKey key =
                    KeyFactory.getInstance(NAME)
                            .generatePublic(new X509EncodedKeySpec(joined(KEY_PREFIX, publicKey)));
            Signature check = Signature.getInstance(NAME);
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException noKey) {
            return false;
        }
    }

    private static byte[] joined(byte[] prefix, byte[] rest) {
        byte[] all = Arrays.copyOf(prefix, prefix.length + rest.length);
        System.arraycopy(rest, 0, all, prefix.length, rest.length);
        return all;
    }
}
