package dev.orrery;

import dev.orrery.CommitRecord.Parked;
import dev.orrery.core.Codec;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Versioned;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.query.Explanation;
import dev.orrery.query.Input;
import dev.orrery.query.Query;
import dev.orrery.query.QueryEvent;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What an engine is made of, by layer: what its commit records speak of. Thread-safe. */
final class Layers {
    private final Map<String, Log<?>> logs = new ConcurrentSkipListMap<>();
    private final Map<Object, Source<?, ?>> sources = new ConcurrentHashMap<>();
    private final Map<String, Asked<?, ?>> queries = new ConcurrentSkipListMap<>();
    private final Map<String, List<LiveProjection<?, ?>>> folds = new ConcurrentHashMap<>();

    /** A layer that holds keyed values; in this order they are told. */
    enum Kind {
        PROJECTION,
        TABLE,
        INPUT;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** A log and how its events are told. */
    record Log<E>(EventLog<E> log, Codec<E> codec) {
        String name() {
            return log.name();
        }
    }

    /** A source and how its keys are told. */
    record Source<K, V>(Kind kind, Versioned<K, V> relation, Codec<K> keys) {
        String text(K key) {
            return Layers.text(keys, key);
        }
    }

    /** A query and how its keys are told. */
    record Asked<K, V>(Query<K, V> query, Codec<K> keys) {
        K key(String text) {
            return keys.fromKey(Key.parse(text));
        }

        String text(K key) {
            return Layers.text(keys, key);
        }
    }

    <E> void log(EventLog<E> log, Codec<E> codec) {
        logs.put(log.name(), new Log<>(log, codec));
    }

    /** Knows that a projection folds a log. */
    void folds(String log, LiveProjection<?, ?> projection) {
        folds.computeIfAbsent(log, _ -> new CopyOnWriteArrayList<>()).add(projection);
    }

    List<LiveProjection<?, ?>> projectionsOf(String log) {
        return folds.getOrDefault(log, List.of());
    }

    /** What is parked in which projection, those without left out, by name. */
    List<Parked> parked(int mostKeys) {
        return folds.values().stream()
                .flatMap(List::stream)
                .map(projection -> parked(projection, mostKeys))
                .filter(parked -> parked.count() > 0)
                .sorted(Comparator.comparing(Parked::projection))
                .toList();
    }

    private <K> Parked parked(LiveProjection<K, ?> projection, int mostKeys) {
        List<dev.orrery.projection.Parked<K>> parked = projection.parked();
        return new Parked(
                projection.name(),
                parked.size(),
                parked.stream()
                        .limit(mostKeys)
                        .map(each -> textOfSource(projection.name(), each.key()))
                        .toList());
    }

    /** Knows a source that is one of a timeline's; others are never met in a commit. */
    <K, V> void source(Kind kind, Object relation, Codec<K> keys) {
        if (relation instanceof Versioned<?, ?> versioned) {
            @SuppressWarnings("unchecked") // the codec is of the source's own keys
            Versioned<K, V> typed = (Versioned<K, V>) versioned;
            sources.put(versioned, new Source<>(kind, typed, keys));
        }
    }

    <K, V> void query(Query<K, V> query, Codec<K> keys) {
        queries.put(query.name(), new Asked<>(query, keys));
    }

    Collection<Log<?>> logs() {
        return logs.values();
    }

    Optional<Log<?>> log(String name) {
        return Optional.ofNullable(logs.get(name));
    }

    List<Asked<?, ?>> queries() {
        return List.copyOf(queries.values());
    }

    Optional<Asked<?, ?>> query(String name) {
        return Optional.ofNullable(queries.get(name));
    }

    /** The key of a query as text, as in its channels. */
    String textOfQuery(String name, Object key) {
        return query(name).map(asked -> text(asked, key)).orElseGet(key::toString);
    }

    /** The key of a source as text. */
    String textOfSource(String name, Object key) {
        return sources.values().stream()
                .filter(source -> source.relation().name().equals(name))
                .findFirst()
                .map(source -> text(source, key))
                .orElseGet(key::toString);
    }

    @SuppressWarnings("unchecked") // a dependency on a source has one of its keys
    private static <K> String text(Source<K, ?> source, Object key) {
        return source.text((K) key);
    }

    @SuppressWarnings("unchecked") // an event of a query has one of its keys
    private static <K> String text(Asked<K, ?> asked, Object key) {
        return asked.text((K) key);
    }

    /** Why a body ran; empty when its query is not known here, or it has been looked into since. */
    Optional<Explanation> explain(QueryEvent.Computed run) {
        return query(run.query())
                .map(asked -> explain(asked, run.key()))
                .filter(why -> why.revision().equals(run.revision()));
    }

    @SuppressWarnings("unchecked") // an event of a query has one of its keys
    private static <K> Explanation explain(Asked<K, ?> asked, Object key) {
        return asked.query().explain((K) key);
    }

    /** A key that no channel could name is told all the same. */
    private static <K> String text(Codec<K> keys, K key) {
        try {
            return keys.toKey(key).text();
        } catch (OrreryException unnamed) {
            return String.valueOf(key);
        }
    }

    /**
     * The source a change set is of; empty for the state of a view, which is no source of facts.
     */
    @SuppressWarnings("unchecked") // a source is known under itself
    <K, V> Optional<Source<K, V>> of(Versioned<K, V> relation) {
        Source<?, ?> known = sources.get(relation);
        if (known != null) {
            return Optional.of((Source<K, V>) known);
        }
        return relation instanceof Input<K, V> input
                ? Optional.of(new Source<>(Kind.INPUT, input, Codec.of(input.keyType())))
                : Optional.empty();
    }
}
