package dev.orrery.query;

import dev.orrery.core.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Tells whether stored results are of the code that computes them now: by the version a definition
 * names or, when it names none, by the class file that holds the body. // law Q31
 */
final class BodyCode {
    /** What stands behind the name of the class a lambda was written in. */
    private static final String LAMBDA = "$$Lambda";

    private BodyCode() {}

    static Bytes ofVersion(int version) {
        return Bytes.of(ByteBuffer.allocate(Integer.BYTES).putInt(version).array());
    }

    /** The hash of the class file that holds a body; empty when there is no such file. */
    static Optional<Bytes> of(Object body) {
        Class<?> type = body.getClass();
        int lambda = type.getName().indexOf(LAMBDA);
        String holder = lambda < 0 ? type.getName() : type.getName().substring(0, lambda);
        String file = holder.substring(holder.lastIndexOf('.') + 1) + ".class";
        try (InputStream in = type.getNestHost().getResourceAsStream(file)) {
            return in == null ? Optional.empty() : Optional.of(Print.sha256(in.readAllBytes()));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
