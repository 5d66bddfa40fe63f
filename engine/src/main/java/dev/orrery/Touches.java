package dev.orrery;

import dev.orrery.CommitRecord.Difference;
import dev.orrery.CommitRecord.Touched;
import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.core.Versioned;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.Folded;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What some commits touched, put together from their change sets. Confined to one thread. */
final class Touches {
    private static final int MOST_KEYS = 256;
    private static final int MOST_SHOWN = 12;
    private static final System.Logger LOG = System.getLogger(Touches.class.getName());

    private final Layers layers;
    private final Map<String, TreeMap<Long, Long>> events = new TreeMap<>();
    private final Map<Versioned<?, ?>, Keys<?, ?>> sources = new LinkedHashMap<>();

    /** A key before the first commit and after the last. */
    private record Both<V>(Optional<V> before, Optional<V> after) {}

    /** The keys of one source that changed. */
    private record Keys<K, V>(Layers.Source<K, V> source, Map<K, Both<V>> changed) {
        void add(ChangeSet<K, V> set) {
            for (Change<K, V> change : set) {
                changed.merge(
                        change.key(),
                        new Both<>(change.before(), change.after()),
                        (earlier, later) -> new Both<>(earlier.before(), later.after()));
            }
        }

        Touched touched() {
            List<String> keys = new ArrayList<>();
            List<Difference> shown = new ArrayList<>();
            for (Map.Entry<K, Both<V>> entry : changed.entrySet()) {
                if (keys.size() < MOST_KEYS) {
                    keys.add(source.text(entry.getKey()));
                }
                if (shown.size() < MOST_SHOWN) {
                    shown.add(difference(entry.getKey(), entry.getValue()));
                }
            }
            return new Touched(
                    source.kind().word(),
                    source.relation().name(),
                    changed.size(),
                    null,
                    keys,
                    null,
                    shown);
        }

        private Difference difference(K key, Both<V> both) {
            return new Difference(
                    source.text(key),
                    row(key, both.before()).orElse(null),
                    row(key, both.after()).orElse(null));
        }

        private Optional<Row> row(K key, Optional<V> value) {
            return value.map(present -> source.relation().toRow(key, present));
        }
    }

    Touches(Layers layers) {
        this.layers = layers;
    }

    void add(Step step) {
        step.commit()
                .origins()
                .forEach(origin -> {
                    if (origin instanceof Folded folded) {
                        add(folded);
                    }
                });
        step.commit().changes().forEach(this::add);
    }

    /** Several projections of a log fold the same events, which count once. */
    private void add(Folded folded) {
        TreeMap<Long, Long> ranges = events.computeIfAbsent(folded.log(), _ -> new TreeMap<>());
        long first = folded.first();
        long last = folded.last();
        Map.Entry<Long, Long> before = ranges.floorEntry(last + 1);
        while (before != null && before.getValue() >= first - 1) {
            first = Math.min(first, before.getKey());
            last = Math.max(last, before.getValue());
            ranges.remove(before.getKey());
            before = ranges.floorEntry(last + 1);
        }
        ranges.put(first, last);
    }

    @SuppressWarnings("unchecked") // keys are kept under the source they are of
    private <K, V> void add(ChangeSet<K, V> set) {
        layers.of(set.source())
                .ifPresent(source ->
                        ((Keys<K, V>)
                                        sources.computeIfAbsent(
                                                set.source(),
                                                _ -> new Keys<>(source, new LinkedHashMap<>())))
                                .add(set));
    }

    /** The position of the first event folded, by log. */
    Map<String, Long> firstPositions() {
        Map<String, Long> first = new TreeMap<>();
        events.forEach((log, ranges) -> first.put(log, ranges.firstKey()));
        return first;
    }

    List<Touched> touched() {
        List<Touched> touched = new ArrayList<>();
        events.forEach((log, ranges) -> touched.add(log(log, ranges)));
        sources.values().stream()
                .sorted(Comparator.comparing(keys -> keys.source().kind()))
                .forEach(keys -> touched.add(keys.touched()));
        return touched;
    }

    private Touched log(String name, NavigableMap<Long, Long> ranges) {
        long count = 0;
        List<String> keys = new ArrayList<>();
        for (Map.Entry<Long, Long> range : ranges.descendingMap().entrySet()) {
            count += range.getValue() - range.getKey() + 1;
            for (long at = range.getValue();
                    at >= range.getKey() && keys.size() < MOST_KEYS;
                    at--) {
                keys.add(Long.toString(at));
            }
        }
        long newest = ranges.lastEntry().getValue();
        long oldest = Math.max(ranges.lastKey(), newest - MOST_SHOWN + 1);
        List<Object> rows =
                layers.log(name).map(log -> events(log, oldest, newest)).orElse(List.of());
        return new Touched("log", name, count, newest, keys, rows, null);
    }

    private static <E> List<Object> events(Layers.Log<E> log, long oldest, long newest) {
        List<Object> rows = new ArrayList<>();
        try {
            Position before = new Position(log.log().start().log(), oldest - 1);
            for (Recorded<E> event : log.log().read(before, (int) (newest - oldest + 1))) {
                rows.addFirst(log.codec().toValue(event.event()));
            }
        } catch (OrreryException unreadable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a commit record goes without its events: {0}",
                    unreadable.getMessage());
        }
        return rows;
    }
}
