package dev.orrery.exchange;

import dev.orrery.core.Row;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node or an edge as a file has it. Immutable. */
sealed interface Element {
    /** Its type; null when the file says none. */
    @Nullable String type();

    Row properties();

    /** Where it stands. */
    Place place();

    /**
     * Where something stands in a file.
     *
     * @param line counted from 1
     * @param bytes about how many it takes there
     */
    record Place(long line, long bytes) {}

    /** A node. */
    record OfNode(String id, @Nullable String type, Row properties, Place place)
            implements Element {}

    /**
     * An edge.
     *
     * @param given its id, if the file says one
     */
    record OfEdge(
            Optional<String> given,
            @Nullable String type,
            String from,
            String to,
            Row properties,
            Place place)
            implements Element {

        /** Its id; one that says nothing else is named by its ends and its type. */
        String id(String named) {
            return given.orElse(from + " " + named + " " + to);
        }
    }
}
