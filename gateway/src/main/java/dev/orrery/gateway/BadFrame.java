package dev.orrery.gateway;

import java.io.Serial;

/**
 * A frame from outside that is not what it should be: an expected value, not an accident, hence
 * without a trace.
 */
final class BadFrame extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    BadFrame(String reason) {
        super(reason, null, false, false);
    }

    /** One line for the client. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
