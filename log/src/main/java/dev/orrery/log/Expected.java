package dev.orrery.log;

/**
 * Where an append expects the log, or the stream it goes to, to end; anything else is a {@code
 * Conflict} and nothing is appended. Immutable.
 */
public sealed interface Expected {
    /** Wherever the log ends. */
    static Expected any() {
        return new Any();
    }

    /** Nothing was appended yet. */
    static Expected empty() {
        return new Empty();
    }

    /** Nothing was appended after a position. */
    static Expected at(Position position) {
        return new At(position);
    }

    /** No expectation. */
    record Any() implements Expected {
        @Override
        public String toString() {
            return "any end";
        }
    }

    /** The log has no event. */
    record Empty() implements Expected {
        @Override
        public String toString() {
            return "no event";
        }
    }

    /** The newest event is the one at a position; at the start, there is none. */
    record At(Position position) implements Expected {
        @Override
        public String toString() {
            return position.text();
        }
    }
}
