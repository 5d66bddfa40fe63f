package dev.orrery.graph.bouncycastle;

import dev.orrery.graph.spi.Ed25519;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** Ed25519 by Bouncy Castle. Thread-safe. */
public final class BouncyCastleEd25519 implements Ed25519 {
    /** For the service loader. */
    public BouncyCastleEd25519() {}

    @Override
    public byte[] publicKey(byte[] seed) {
        return new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
    }

    @Override
    public byte[] sign(byte[] seed, byte[] message) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, new Ed25519PrivateKeyParameters(seed));
        signer.update(message, 0, message.length);
        return signer.generateSignature();
    }

    @Override
    public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != KEY_BYTES || signature.length != SIGNATURE_BYTES) {
            return false;
        }
        Ed25519Signer signer = new Ed25519Signer();
        try {
            signer.init(false, new Ed25519PublicKeyParameters(publicKey));
        } catch (IllegalArgumentException noKey) {
            return false;
        }
        signer.update(message, 0, message.length);
        return signer.verifySignature(signature);
    }
}
