package dev.orrery.graph;

import dev.orrery.core.Row;
import org.jspecify.annotations.Nullable;

/** An edge as it is at one moment. Two are equal when everything about them is. Immutable. */
public final class Edge {
    private final String id;
    private final String type;
    private final String from;
    private final String to;
    private final Row properties;

    Edge(String id, String type, String from, String to, Row properties) {
        this.id = id;
        this.type = type;
        this.from = from;
        this.to = to;
        this.properties = properties;
    }

    /** What names it in its graph. */
    public String id() {
        return id;
    }

    /** Its type. */
    public String type() {
        return type;
    }

    /** The node it comes from. */
    public String from() {
        return from;
    }

    /** The node it leads to. */
    public String to() {
        return to;
    }

    /** Its properties, those that are there. */
    public Row properties() {
        return properties;
    }

    /** The text in a property; see {@link Row#text(String)}. */
    public String text(String property) {
        return properties.text(property);
    }

    /** The whole number in a property; see {@link Row#integer(String)}. */
    public long integer(String property) {
        return properties.integer(property);
    }

    /** The value of a property as it is; null when it is null or not there. */
    public @Nullable Object value(String property) {
        return properties.value(property);
    }

    /** Its properties as a record. */
    public <R extends Record> R as(Class<R> as) {
        return properties.as(as);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || (other instanceof Edge edge
                        && id.equals(edge.id)
                        && type.equals(edge.type)
                        && from.equals(edge.from)
                        && to.equals(edge.to)
                        && properties.equals(edge.properties));
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return type + " " + id + " " + from + " -> " + to + " " + properties;
    }
}
