package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.log.Position;
import dev.orrery.projection.FoldTables.EpochRow;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * One life of a projection's states, in memory as it is stored. Written by one thread at a time,
 * read by any: each key is seen whole, keys together only through the timeline.
 */
final class Epoch<K, S> {
    private final long id;
    private final String name;
    private final String log;
    private final EpochRow row;
    private final Map<K, Held<S>> held = new ConcurrentHashMap<>();
    private final Map<K, Parked<K>> parked = new ConcurrentHashMap<>();
    private volatile Reached reached;

    /** How far the states are, and when the event there was appended. */
    record Reached(Position position, Instant time) {}

    Epoch(EpochRow row, String log) {
        this.row = row;
        this.id = row.id();
        this.log = log;
        this.name = log + "-" + row.number();
        this.reached = new Reached(new Position(log, row.position()), row.time());
    }

    /** The storage's number for it. */
    long id() {
        return id;
    }

    EpochRow row() {
        return row;
    }

    /** What cursors call it. */
    String name() {
        return name;
    }

    Reached reached() {
        return reached;
    }

    Position position() {
        return reached.position();
    }

    void reach(long number, Instant time) {
        reached = new Reached(new Position(log, number), time);
    }

    Optional<Held<S>> find(K key) {
        return Optional.ofNullable(held.get(key));
    }

    void hold(K key, Held<S> state) {
        held.put(key, state);
    }

    void forEach(BiConsumer<K, Held<S>> reader) {
        held.forEach(reader);
    }

    boolean holds(K key) {
        return held.containsKey(key);
    }

    // parked keys

    boolean isParked(K key) {
        return parked.containsKey(key);
    }

    Optional<Parked<K>> findParked(K key) {
        return Optional.ofNullable(parked.get(key));
    }

    void park(Parked<K> key) {
        parked.put(key.key(), key);
    }

    void release(K key) {
        parked.remove(key);
    }

    List<Parked<K>> parked() {
        return parked.values().stream()
                .sorted(Comparator.comparingLong((Parked<K> key) -> key.position().number()))
                .toList();
    }

    // loading

    /** Reads everything that is stored of it. */
    void load(FoldTables tables, Codec<K> keys, Codec<S> states) {
        tables.eachState(
                id,
                stored -> {
                    K key = keys.decode(stored.key());
                    held.put(
                            key,
                            new Held<>(
                                    decode(states, stored, key),
                                    stored.version(),
                                    stored.position()));
                });
        for (FoldTables.ParkedRow waiting : tables.parked(id)) {
            park(
                    keys.decode(waiting.key()),
                    waiting.position(),
                    waiting.cause() == null ? "" : waiting.cause());
        }
    }

    private S decode(Codec<S> states, FoldTables.StateRow stored, K key) {
        try {
            return states.decode(stored.state());
        } catch (OrreryException e) {
            OrreryException named =
                    new OrreryException.BadDefinition(
                            "projection state of " + key,
                            "does not decode as " + states + " (" + e.getMessage() + ")",
                            "raise the version of the projection, which folds it anew");
            named.addSuppressed(e);
            throw named;
        }
    }

    /** Has one more event wait for a key. */
    void park(K key, long number, String cause) {
        parked.merge(
                key,
                new Parked<>(key, new Position(log, number), 1, cause),
                (first, _) ->
                        new Parked<>(key, first.position(), first.events() + 1, first.cause()));
    }
}
