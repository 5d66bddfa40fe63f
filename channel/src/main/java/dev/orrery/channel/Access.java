package dev.orrery.channel;

import dev.orrery.core.Condition;
import java.util.Optional;

/** A policy's answer. Immutable. */
public sealed interface Access {
    /**
     * Yes.
     *
     * @param rows the rows that may be seen or touched; all of them when empty
     */
    record Allowed(Optional<Condition> rows) implements Access {}

    /** No; the default of every policy. */
    record Refused() implements Access {}

    /** Yes, all of it. */
    static Access allowed() {
        return new Allowed(Optional.empty());
    }

    /** Yes, but only these rows; what cannot be narrowed to rows is refused. */
    static Access allowedWhere(Condition rows) {
        return new Allowed(Optional.of(rows));
    }

    /** No. */
    static Access refused() {
        return new Refused();
    }

    /** Yes when the condition holds, otherwise no. */
    static Access allowedIf(boolean condition) {
        return condition ? allowed() : refused();
    }
}
