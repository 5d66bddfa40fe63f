package dev.orrery.graph;

import dev.orrery.core.Row;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node as it is at one moment. Two are equal when everything about them is. Immutable. */
public final class Node {
    private final String id;
    private final List<String> lineage;
    private final Row properties;

    Node(String id, List<String> lineage, Row properties) {
        this.id = id;
        this.lineage = lineage;
        this.properties = properties;
    }

    /** What names it in its graph. */
    public String id() {
        return id;
    }

    /** Its type, without a subtype. */
    public String type() {
        String name = lineage.getFirst();
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    /** Its subtype, where its type has some. */
    public Optional<String> subtype() {
        String name = lineage.getFirst();
        int slash = name.indexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(name.substring(slash + 1));
    }

    /** Whether it is of a type, or of one that extends it. */
    public boolean is(String nodeType) {
        return lineage.contains(nodeType);
    }

    List<String> lineage() {
        return lineage;
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
    public <R extends Record> R as(Class<R> type) {
        return properties.as(type);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || (other instanceof Node node
                        && id.equals(node.id)
                        && lineage.equals(node.lineage)
                        && properties.equals(node.properties));
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return lineage.getFirst() + " " + id + " " + properties;
    }
}
