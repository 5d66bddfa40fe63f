package dev.orrery.view;

import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Timeline;
import java.util.List;
import java.util.Optional;

/** A relation of rows that tests write to. */
final class Facts extends LocalRelation<String, Row> {
    private final Optional<Shape> columns;

    Facts(Timeline timeline, String name) {
        super(timeline, name);
        this.columns = Optional.empty();
    }

    @Override
    public Row toRow(String key, Row value) {
        return value;
    }

    /** Facts of which the columns are known. */
    Facts(Timeline timeline, String name, Shape columns) {
        super(timeline, name);
        this.columns = Optional.of(columns);
    }

    @Override
    public Optional<Shape> shape() {
        return columns;
    }

    void fill(String key, Row row) {
        restore(key, row);
    }

    void put(String key, Row row) {
        timeline().transact("test", tx -> tx.put(this, key, row));
    }

    void remove(String key) {
        timeline().transact("test", tx -> tx.remove(this, key));
    }

    void putAll(List<String> keys, Row row) {
        timeline().transact("test", tx -> keys.forEach(key -> tx.put(this, key, row)));
    }
}
