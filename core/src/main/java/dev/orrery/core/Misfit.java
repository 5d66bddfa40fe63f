package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import org.jspecify.annotations.Nullable;

/**
 * A value that does not fit a Java type, on its way out of nested mappings to the one who asked;
 * each adds its step to the path. Never leaves the package.
 */
@SuppressWarnings("serial") // never serialized, and gone before anyone outside sees it
final class Misfit extends RuntimeException {
    private final String path;
    private final String rule;
    private final transient @Nullable Object value;

    Misfit(String rule, @Nullable Object value) {
        this("", rule, value);
    }

    private Misfit(String path, String rule, @Nullable Object value) {
        super(rule, null, false, false);
        this.path = path;
        this.rule = rule;
        this.value = value;
    }

    /** The same, one step further out: a component's name or {@code [index]}. */
    Misfit under(String step) {
        return new Misfit(
                path.isEmpty() || path.startsWith("[") ? step + path : step + "." + path,
                rule,
                value);
    }

    Invalid toInvalid() {
        return new Invalid(path, rule, value);
    }
}
