package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.Codec;
import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Type;
import dev.orrery.core.Versioned;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The queries and sources of a runtime by their numbers in its store. Thread-safe. */
final class StoredForms {
    private static final Type<Condition> CONDITION = Type.of(Condition.class);

    /** Tells interned values from a source of the same name. */
    private static final Bytes INTERNED = Bytes.of((byte) 1);

    private final Engine engine;
    private final QueryStore store;
    private final Map<Definition<?, ?>, StoredForm.OfQuery<?, ?>> queries =
            new ConcurrentHashMap<>();
    private final Map<Versioned<?, ?>, Optional<OfSource>> sources = new ConcurrentHashMap<>();

    /** Empty for a number that two sources share. */
    private final Map<Integer, Optional<StoredForm>> byNumber = new ConcurrentHashMap<>();

    /** A source by its keys and by its sets. */
    private record OfSource(StoredForm.OfKeys<?, ?> keys, StoredForm.OfSets<?, ?> sets) {}

    StoredForms(Engine engine, QueryStore store) {
        this.engine = engine;
        this.store = store;
    }

    /** Takes in a query; one whose keys or values have no stored form stays in memory. */
    <K, V> void add(Definition<K, V> query, Bytes code, boolean kept) { // law Q31
        try {
            Codec<K> keys = Codec.of(query.keyType);
            Codec<V> values = Codec.of(query.valueType);
            Bytes schema = Schema.of(query.keyType, query.valueType);
            int number = store.number(StoredRecord.Role.QUERY, query.name, schema, code);
            store.replaceOthers(number);
            StoredForm.OfQuery<K, V> form =
                    new StoredForm.OfQuery<>(number, query, keys, values, kept);
            byNumber.put(number, Optional.of(form));
            queries.put(query, form);
        } catch (BadDefinition formless) {
            // its results are computed anew after a restart
        }
    }

    /** The form of a query's results; null when they have none. */
    StoredForm.@Nullable OfQuery<?, ?> of(Definition<?, ?> query) {
        return queries.get(query);
    }

    /** The form of an input's keys. */
    @SuppressWarnings("unchecked") // made for this very input
    <K, V> StoredForm.OfKeys<K, V> inputKeys(Input<K, V> input) {
        return (StoredForm.OfKeys<K, V>) of((Versioned<?, ?>) input).orElseThrow().keys();
    }

    /** The number under which interned values are stored. */
    int internedNumber(Interned<?> interned) {
        return store.number(
                StoredRecord.Role.SOURCE,
                "interned " + interned.name(),
                Schema.of(Type.of(Long.class), interned.valueType()),
                INTERNED);
    }

    /** Takes in a source that stored results may have read. */
    void add(Versioned<?, ?> source) {
        of(source);
    }

    private Optional<OfSource> of(Versioned<?, ?> source) {
        Optional<OfSource> known = sources.get(source);
        return known != null ? known : sources.computeIfAbsent(source, this::make);
    }

    private <K, V> Optional<OfSource> make(Versioned<K, V> source) {
        return source.form().map(form -> make(source, form));
    }

    private <K, V> OfSource make(Versioned<K, V> source, Versioned.Form<K, V> form) {
        Type<K> key = form.keys().type();
        Type<V> value = form.values().type();
        StoredRecord.Role role =
                source instanceof Input<?, ?> ? StoredRecord.Role.INPUT : StoredRecord.Role.SOURCE;
        int keys = store.number(role, source.name(), Schema.of(key, value), Print.ABSENT);
        int sets =
                store.number(
                        StoredRecord.Role.SET,
                        role + " " + source.name(),
                        Schema.of(key, value, CONDITION),
                        Print.ABSENT);
        OfSource made =
                new OfSource(
                        new StoredForm.OfKeys<>(keys, engine.sources, source, form),
                        new StoredForm.OfSets<>(sets, engine.sets, source, form));
        bind(made.keys());
        bind(made.sets());
        return made;
    }

    /** Two sources of one name and form cannot be told apart, so nothing read of them is known. */
    private void bind(StoredForm form) {
        byNumber.merge(form.number, Optional.of(form), (_, _) -> Optional.empty());
    }

    /** The form of a cell; null when what was read there cannot be known again. */
    @Nullable StoredForm of(Cell cell) {
        StoredForm form =
                switch (cell) {
                    case Leaf leaf -> of(leaf.source).map(OfSource::keys).orElse(null);
                    case Node node ->
                            node.definition == engine.sets.definition()
                                    ? of(Sets.sourceOf(node)).map(OfSource::sets).orElse(null)
                                    : queries.get(node.definition);
                };
        return form == null
                ? null
                : byNumber.getOrDefault(form.number, Optional.empty()).orElse(null);
    }

    /**
     * The form of a number, or of another version of the same query; null when it is not defined
     * now, or cannot be told from another.
     */
    @Nullable StoredForm of(int number) {
        Optional<StoredForm> known = byNumber.get(number);
        if (known != null) {
            return known.orElse(null);
        }
        for (int same : store.formedAs(number)) {
            if (byNumber.containsKey(same)) {
                return of(same);
            }
        }
        return null;
    }
}
