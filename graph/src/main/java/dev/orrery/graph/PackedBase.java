package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.graph.spi.Ed25519;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A base as it is kept and sent: deflated, named by the SHA-256 of what it is inflated, and signed
 * where who compacted has an identity. The bytes are not changed.
 *
 * @param hash its name, the same on every replica that compacted the same entries
 */
record PackedBase(Hash hash, Bytes packed, Optional<Signed> signed) {
    /** The longest base, packed: what a peer may make one hold. */
    static final int MOST_BYTES = 256 << 20;

    /** How many times as long a base may be as it is packed. */
    private static final int MOST_SWELLING = 100;

    private static final int LEVEL = 6;
    private static final int BUFFER_BYTES = 64 << 10;

    /** Who vouches for a base. */
    record Signed(String author, Bytes publicKey, Bytes signature) {
        /** Stands before what is signed, so that a signature means nothing elsewhere. */
        private static final byte[] DOMAIN = "orrery graph base 1".getBytes(StandardCharsets.UTF_8);

        static Signed by(Identity identity, Hash base) {
            byte[] signature = Seals.scheme().sign(identity.seed().toArray(), message(base));
            return new Signed(identity.name(), identity.publicKey(), Bytes.of(signature));
        }

        private static byte[] message(Hash base) {
            byte[] message = Arrays.copyOf(DOMAIN, DOMAIN.length + Hash.BYTES);
            System.arraycopy(base.toArray(), 0, message, DOMAIN.length, Hash.BYTES);
            return message;
        }

        boolean fits(Hash base) {
            return publicKey.length() == Ed25519.KEY_BYTES
                    && Seals.scheme()
                            .verify(publicKey.toArray(), message(base), signature.toArray());
        }

        /** Writes who signed, if anybody did. */
        static void write(CborWriter out, Optional<Signed> signed) {
            if (signed.isEmpty()) {
                out.nothing();
                return;
            }
            out.beginList(3);
            out.text(signed.get().author);
            out.bytes(signed.get().publicKey.toArray());
            out.bytes(signed.get().signature.toArray());
            out.end();
        }

        static Optional<Signed> read(CborReader in) {
            if (in.tryNothing()) {
                return Optional.empty();
            }
            if (in.tryBeginList() != 3) {
                throw in.damaged("who signed has three parts");
            }
            Signed signed = new Signed(Limits.author(in.text()), in.bytes(), in.bytes());
            in.end();
            return Optional.of(signed);
        }
    }

    /** Packs a base, signed where there is an identity to sign with. */
    static PackedBase of(Base base, @Nullable Identity identity) {
        byte[] plain = base.encode();
        Hash hash = Hash.of(plain);
        Optional<Signed> signed = Optional.ofNullable(identity).map(who -> Signed.by(who, hash));
        return new PackedBase(hash, Bytes.of(deflated(plain)), signed);
    }

    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
            byte[] buffer = new byte[BUFFER_BYTES];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    /**
     * What is in it.
     *
     * @throws Invalid when it is damaged, or not what its name says
     * @throws LimitExceeded when it swells beyond what a base does
     */
    Base open() {
        byte[] plain = inflated();
        if (!Hash.of(plain).equals(hash)) {
            throw new Invalid("base", "is what its name says", hash);
        }
        return Base.decode(plain);
    }

    private byte[] inflated() {
        long most = (long) MOST_SWELLING * packed.length() + BUFFER_BYTES;
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed.toArray());
            ByteArrayOutputStream out = new ByteArrayOutputStream(2 * packed.length() + 64);
            byte[] buffer = new byte[BUFFER_BYTES];
            while (!inflater.finished()) {
                int more = inflater.inflate(buffer);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new Invalid("base", "is whole", packed.length());
                }
                out.write(buffer, 0, more);
                if (out.size() > most) {
                    throw new LimitExceeded("bytes of a base", most, out.size());
                }
            }
            return out.toByteArray();
        } catch (DataFormatException damaged) {
            throw new Invalid("base", "is deflated", packed.length());
        } finally {
            inflater.end();
        }
    }
}
