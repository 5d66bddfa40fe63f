package dev.orrery.graph;

import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Makes rows of properties and a few columns of the graph's own. Thread-safe. */
final class RowShapes {
    private static final int KEPT = 10_000;

    private final List<String> own;
    private final Map<Shape, Shape> shapes = new ConcurrentHashMap<>();

    RowShapes(String... own) {
        this.own = List.of(own);
    }

    /** The properties, and the graph's own columns with these values. */
    Row row(Row properties, String... values) {
        List<String> columns = properties.columns();
        List<@Nullable Object> all = new ArrayList<>(columns.size() + values.length);
        for (int i = 0; i < columns.size(); i++) {
            all.add(properties.at(i));
        }
        Collections.addAll(all, values);
        return Row.of(shape(properties.shape()), all);
    }

    private Shape shape(Shape properties) {
        Shape known = shapes.get(properties);
        if (known != null) {
            return known;
        }
        List<String> columns = new ArrayList<>(properties.columns());
        columns.addAll(own);
        Shape shape = Shape.of(columns);
        if (shapes.size() < KEPT) {
            shapes.put(properties, shape);
        }
        return shape;
    }
}
