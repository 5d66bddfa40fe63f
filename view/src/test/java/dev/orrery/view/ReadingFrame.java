package dev.orrery.view;

import dev.orrery.core.Condition;
import dev.orrery.core.Pin;
import dev.orrery.core.Tracking;
import dev.orrery.core.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a query's frame is to a source: reads as of a pinned revision, and they are noted. */
final class ReadingFrame implements Tracking.Frame {
    private final Pin pin;
    final List<String> noted = new ArrayList<>();

    ReadingFrame(Pin pin) {
        this.pin = pin;
    }

    @Override
    public long revision() {
        return pin.revision().number();
    }

    @Override
    public <K, V> Optional<V> find(Versioned<K, V> source, K key) {
        noted.add(source.name());
        return source.findAt(key, revision());
    }

    @Override
    public <K, V> List<Map.Entry<K, V>> select(Versioned<K, V> source, Condition condition) {
        noted.add(source.name());
        return source.selectAt(condition, revision());
    }
}
