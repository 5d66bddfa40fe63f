package dev.orrery.graph.bouncycastle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Identity;
import dev.orrery.graph.Ontology;
import dev.orrery.graph.Trust;
import dev.orrery.graph.spi.Ed25519;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** What it signs is what the JDK signs, and the other way round. */
class BouncyCastleEd25519Test {
    private static final HexFormat HEX = HexFormat.of();
    private static final String SEED_PREFIX = "302e020100300506032b657004220420";
    private static final String KEY_PREFIX = "302a300506032b6570032100";

    private final Ed25519 scheme = new BouncyCastleEd25519();

    /** The second test of RFC 8032, section 7.1. */
    @Test
    void keysAndSignaturesAreThoseOfTheStandard() { // law B1
        byte[] seed =
                HEX.parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        byte[] key =
                HEX.parseHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature =
                HEX.parseHex(
                        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        byte[] message = {0x72};
        assertThat(scheme.publicKey(seed)).isEqualTo(key);
        assertThat(scheme.sign(seed, message)).isEqualTo(signature);
        assertThat(scheme.verify(key, message, signature)).isTrue();
    }

    @Test
    void theJdkAgrees() throws GeneralSecurityException { // law B1
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            byte[] seed = new byte[Ed25519.KEY_BYTES];
            random.nextBytes(seed);
            byte[] message = new byte[random.nextInt(200)];
            random.nextBytes(message);
            byte[] signature = scheme.sign(seed, message);
            assertThat(signature).isEqualTo(signedByJdk(seed, message));
            assertThat(isGoodForJdk(scheme.publicKey(seed), message, signature)).isTrue();
        }
    }

    private static byte[] signedByJdk(byte[] seed, byte[] message) throws GeneralSecurityException {
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(
                KeyFactory.getInstance("Ed25519")
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(
                                        HEX.parseHex(SEED_PREFIX + HEX.formatHex(seed)))));
        signer.update(message);
        return signer.sign();
    }

    private static boolean isGoodForJdk(byte[] key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        Signature check = Signature.getInstance("Ed25519");
        check.initVerify(
                KeyFactory.getInstance("Ed25519")
                        .generatePublic(
                                new X509EncodedKeySpec(
                                        HEX.parseHex(KEY_PREFIX + HEX.formatHex(key)))));
        check.update(message);
        return check.verify(signature);
    }

    @Test
    void whatIsNoneIsNotGood() { // law B1
        byte[] seed = new byte[Ed25519.KEY_BYTES];
        byte[] key = scheme.publicKey(seed);
        byte[] message = {1, 2, 3};
        byte[] signature = scheme.sign(seed, message);
        assertThat(scheme.verify(key, new byte[] {1, 2, 4}, signature)).isFalse();
        assertThat(scheme.verify(new byte[3], message, signature)).isFalse();
        assertThat(scheme.verify(key, message, new byte[5])).isFalse();
        for (int i = 0; i < signature.length; i++) {
            byte[] changed = signature.clone();
            changed[i] ^= 1;
            assertThat(scheme.verify(key, message, changed)).isFalse();
        }
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            byte[] noise = new byte[Ed25519.KEY_BYTES];
            random.nextBytes(noise);
            assertThat(scheme.verify(noise, message, signature)).isFalse();
        }
    }

    @Test
    void graphsFindItAndSealWithIt() { // law B2
        assertThat(ServiceLoader.load(Ed25519.class).findFirst().orElseThrow())
                .isInstanceOf(BouncyCastleEd25519.class);
        Ontology ontology = Ontology.define("any").node("Thing", thing -> {}).build();
        Identity who = Identity.generate("signer");
        try (Graph signer = graphs().identity(who).open(ontology);
                Graph strict = graphs().open(ontology)) {
            signer.addNode("Thing", "t", Row.of());
            strict.trust(Trust.strict().allow(who.name(), who.publicKey()));
            assertThat(strict.sync(signer::answer).equal()).isTrue();
            assertThat(strict.node("t")).isPresent();
        }
    }

    private static Graphs graphs() {
        return Graphs.on(Timeline.startingAt("t", new Revision(0)));
    }
}
