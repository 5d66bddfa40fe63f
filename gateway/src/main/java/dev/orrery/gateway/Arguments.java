package dev.orrery.gateway;

import dev.orrery.core.OrreryException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a call to a method sent, where that is an object. Immutable. */
record Arguments(Map<?, ?> values) {
    /**
     * Takes what was sent.
     *
     * @param expected what it should be, for who sent something else
     */
    static Arguments of(@Nullable Object data, String expected) {
        if (data instanceof Map<?, ?> values) {
            return new Arguments(values);
        }
        throw new OrreryException.Invalid("data", expected, data);
    }

    /** A text that must be there. */
    String text(String name) {
        if (values.get(name) instanceof String text) {
            return text;
        }
        throw new OrreryException.Invalid(name, "is text", values.get(name));
    }

    /** Any value; null when it is not there. */
    @Nullable Object value(String name) {
        return values.get(name);
    }
}
