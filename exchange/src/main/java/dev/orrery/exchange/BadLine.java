package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Invalid;
import org.jspecify.annotations.Nullable;

/** Refusals of what stands in a file. */
final class BadLine {
    private BadLine() {}

    /** That a line breaks a rule: what it must be, and what it was. */
    static Invalid of(long line, String rule, @Nullable Object was) {
        return new Invalid("line " + line, rule, was);
    }

    /** That what a line says was refused by the graph. */
    static Invalid of(long line, Invalid refused) {
        return new Invalid(
                refused.violations().stream()
                        .map(violation ->
                                new Invalid.Violation(
                                        "line " + line + ": " + violation.path(),
                                        violation.rule(),
                                        violation.value()))
                        .toList());
    }
}
