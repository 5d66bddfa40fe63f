package dev.orrery.query;

import dev.orrery.core.Condition;
import dev.orrery.core.Revision;

/**
 * Something a result can rest on: a key of a source, a set of a source, or the result of a query.
 * Immutable; equal when it is the same place.
 *
 * @param kind which of the three
 * @param name the source's or the query's name
 * @param key the key; of a set its {@link Condition}
 */
public record Dependency(Kind kind, String name, Object key) {
    /** What is rested on. */
    public enum Kind {
        /** The value of a key in a source, or its absence. */
        KEY,
        /** The entries of a source that meet a condition. */
        SET,
        /** The result of a query for a key. */
        QUERY
    }

    /** A dependency and the revision since which it has another value. */
    public record Changed(Dependency dependency, Revision at) {
        @Override
        public String toString() {
            return dependency + " changed at " + at;
        }
    }

    static Dependency of(Cell cell) {
        return switch (cell) {
            case Leaf leaf when leaf.subject instanceof Condition condition ->
                    new Dependency(Kind.SET, leaf.source.name(), condition);
            case Leaf leaf -> new Dependency(Kind.KEY, leaf.source.name(), leaf.subject);
            case Node node when node.key instanceof Sets.Of set ->
                    new Dependency(Kind.SET, set.source().name(), set.condition());
            case Node node -> new Dependency(Kind.QUERY, node.definition.name, node.key);
        };
    }

    /** As events and errors show it: {@code total(ann)}, or {@code airports where state = CA}. */
    @Override
    public String toString() {
        return kind == Kind.SET ? name + " where " + key : Definition.label(name, key);
    }
}
