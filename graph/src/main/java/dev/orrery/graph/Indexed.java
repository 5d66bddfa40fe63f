package dev.orrery.graph;

import dev.orrery.core.Condition;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A relation of a graph with an index for each property that some type declares one for. It holds
 * what has the property whatever its type, so that it serves relations of one type and of all.
 * Thread-safe; written by one thread at a time.
 */
abstract class Indexed<V> extends LocalRelation<String, V> {
    private final Map<String, PropertyIndex> indexes = new ConcurrentHashMap<>();

    /**
     * What rests and is in no index yet; null when there is no such thing. Guards what is noted.
     */
    private volatile @Nullable Unrestored<String, V> unindexed;

    private final ReentrantLock learning = new ReentrantLock();

    /** The ids of which what rested is in the indexes, or counts for nothing. */
    private final Set<String> indexed = new HashSet<>();

    Indexed(Timeline timeline, String name) {
        super(timeline, name);
    }

    /** The properties of one of it. */
    abstract Row properties(V value);

    /**
     * The ids of those whose column has a value, where that is known otherwise than by property.
     */
    Optional<Set<String>> find(String column, Object value) {
        return Optional.empty();
    }

    /** Fills in what rested, when it is asked for. Before {@link #begin}. */
    final void rest(RestingEntities resting, Class<V> kind) {
        Unrestored<String, V> values = new Resting<>(resting, kind);
        unindexed = values;
        restoreLater(values);
    }

    /** Fills in what showed before anyone could read it, whatever rests of it; null for nothing. */
    final void begin(String id, @Nullable V value) {
        if (value != null) {
            note(id, null, value);
            restore(id, value);
        } else if (unindexed != null) {
            indexed.add(id);
            restoreNone(id);
        }
    }

    /** Nodes that rest, or edges. */
    private record Resting<V>(RestingEntities all, Class<V> kind) implements Unrestored<String, V> {
        @Override
        public Optional<V> find(String id) {
            int place = all.find(id);
            return place == RestingEntities.NONE ? Optional.empty() : at(place);
        }

        private Optional<V> at(int place) {
            return Optional.ofNullable(all.shown(place)).filter(kind::isInstance).map(kind::cast);
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super V> reader) {
            for (int place = 0; place < all.size(); place++) {
                String id = all.id(place);
                at(place).ifPresent(value -> reader.accept(id, value));
            }
        }
    }

    /** Has an index for each property that these types declare. While nothing is being shown. */
    final void index(Collection<ResolvedType> types) {
        for (ResolvedType type : types) {
            for (String property : type.indexes()) {
                if (!indexes.containsKey(property)) {
                    indexWhatRests();
                    PropertyIndex index = new PropertyIndex();
                    eachVersion(
                            (id, value) -> index.note(id, null, properties(value).value(property)));
                    indexes.put(property, index);
                }
            }
        }
    }

    /** Called before a change can be seen. */
    final void note(String id, @Nullable V before, @Nullable V after) {
        if (unindexed == null) {
            index(id, before, after);
            return;
        }
        learning.lock();
        try {
            if (unindexed != null && indexed.add(id)) {
                index(id, null, before); // what rests of it is not looked at any more
            }
            index(id, before, after);
        } finally {
            learning.unlock();
        }
    }

    /** Has what rests in the indexes too; to be called before one of them is asked. */
    final void indexWhatRests() { // law G55
        if (unindexed == null) {
            return;
        }
        learning.lock();
        try {
            Unrestored<String, V> rest = unindexed;
            if (rest != null) {
                rest.forEach((id, value) -> {
                    if (!indexed.contains(id)) {
                        index(id, null, value);
                    }
                });
                indexed.clear();
                unindexed = null;
            }
        } finally {
            learning.unlock();
        }
    }

    /** Puts a change into the indexes; one at a time. */
    void index(String id, @Nullable V before, @Nullable V after) {
        indexes.forEach((property, index) -> {
            index.note(id, valueOf(before, property), valueOf(after, property));
            index.forget((former, value) -> isGone(former, property, value));
        });
    }

    private @Nullable Object valueOf(@Nullable V of, String property) {
        return of == null ? null : properties(of).value(property);
    }

    private boolean isGone(String id, String property, Object value) {
        Object now = newest(id).map(each -> properties(each).value(property)).orElse(null);
        return changedAt(id) <= timeline().horizon() && !value.equals(Condition.indexed(now));
    }

    @Override
    protected final Optional<Set<String>> candidates(Condition condition) { // law C63
        return switch (condition) {
            case Condition.Compare(String column, Condition.Comparison how, Object value)
                    when how == Condition.Comparison.EQUAL ->
                    having(column, value);
            case Condition.In(String column, List<Object> values) ->
                    union(values.stream().map(value -> having(column, value)).toList());
            case Condition.And(List<Condition> parts) ->
                    parts.stream()
                            .map(this::candidates)
                            .flatMap(Optional::stream)
                            .min(Comparator.comparingInt(Set::size));
            case Condition.Or(List<Condition> parts) ->
                    union(parts.stream().map(this::candidates).toList());
            default -> Optional.empty();
        };
    }

    private Optional<Set<String>> having(String column, Object value) {
        PropertyIndex index = indexes.get(column);
        if (index == null) {
            return find(column, value);
        }
        indexWhatRests();
        return Optional.of(index.of(value));
    }

    private static Optional<Set<String>> union(List<Optional<Set<String>>> parts) {
        Set<String> all = new HashSet<>();
        for (Optional<Set<String>> part : parts) {
            if (part.isEmpty()) {
                return Optional.empty();
            }
            all.addAll(part.get());
        }
        return Optional.of(all);
    }

    /** How many pairs of a value and an id the index of a property has. */
    int indexSize(String property) {
        indexWhatRests();
        PropertyIndex index = indexes.get(property);
        return index == null ? 0 : index.size();
    }
}
