package dev.orrery.core;

import java.util.Map;

/** A local relation of numbers, for tests of what all of them share. */
final class TimelineNumbers extends LocalRelation<String, Integer> {
    TimelineNumbers(Timeline timeline) {
        this(timeline, Map.of());
    }

    TimelineNumbers(Timeline timeline, Map<String, Integer> restored) {
        super(timeline, "numbers");
        restored.forEach(this::restore);
    }

    void set(String key, int value) {
        timeline().transact(name(), transaction -> transaction.put(this, key, value));
    }

    void remove(String key) {
        timeline().transact(name(), transaction -> transaction.remove(this, key));
    }

    @Override
    public Row toRow(String key, Integer value) {
        return Row.of("key", key, "value", value);
    }
}
