package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.Codec;
import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Versioned;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * How the cells of one query or source are named in a store, and what is noted of the values found
 * in them. Immutable.
 */
abstract sealed class StoredForm {
    final int number;

    private StoredForm(int number) {
        this.number = number;
    }

    /** The stored key of a cell. */
    abstract Bytes key(Cell cell);

    /**
     * The cell of a stored key.
     *
     * @throws Invalid when it is no key of these
     */
    abstract Cell cell(Bytes key);

    /**
     * What is noted of a memo's value, or of what a leaf holds at a revision.
     *
     * @throws Invalid when the value has no stored form
     */
    abstract Bytes print(Cell cell, Object value);

    /** The results of a query. */
    static final class OfQuery<K, V> extends StoredForm {
        private final Definition<K, V> definition;
        private final Codec<K> keys;
        private final Codec<V> values;
        private final boolean kept;

        OfQuery(
                int number,
                Definition<K, V> definition,
                Codec<K> keys,
                Codec<V> values,
                boolean kept) {
            super(number);
            this.definition = definition;
            this.keys = keys;
            this.values = values;
            this.kept = kept;
        }

        /** Whether results are stored; else they are only told apart, for those who read them. */
        boolean isKept() {
            return kept;
        }

        @Override
        @SuppressWarnings("unchecked") // a definition's nodes have its keys
        Bytes key(Cell cell) {
            return Bytes.of(keys.encode((K) ((Node) cell).key));
        }

        @Override
        Node cell(Bytes key) {
            return definition.node(keys.decode(key.toArray()));
        }

        @Override
        Bytes print(Cell cell, Object value) {
            return Print.of(encode(value));
        }

        @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
        byte[] encode(Object value) {
            return values.encode((V) value);
        }

        Object decode(Bytes value) {
            return values.decode(value.toArray());
        }
    }

    /** The keys of a source. */
    static final class OfKeys<K, V> extends StoredForm {
        private final Sources sources;
        private final Versioned<K, V> source;
        private final Versioned.Form<K, V> form;

        OfKeys(int number, Sources sources, Versioned<K, V> source, Versioned.Form<K, V> form) {
            super(number);
            this.sources = sources;
            this.source = source;
            this.form = form;
        }

        @Override
        @SuppressWarnings("unchecked") // a source's leaves have its keys
        Bytes key(Cell cell) {
            return keyOf((K) ((Leaf) cell).subject);
        }

        Bytes keyOf(K key) {
            return Bytes.of(form.keys().encode(key));
        }

        @Override
        Leaf cell(Bytes key) {
            return sources.key(source, form.keys().decode(key.toArray()));
        }

        /** What is noted of what a key holds at a pinned revision. */
        @SuppressWarnings("unchecked") // a source's leaves have its keys
        Bytes print(Leaf leaf, long revision) {
            return source.findAt((K) leaf.subject, revision)
                    .map(value -> Print.of(form.values().encode(value)))
                    .orElse(Print.ABSENT);
        }

        @Override
        Bytes print(Cell cell, Object value) {
            throw new IllegalStateException("a key of a source has no memo: " + cell.label());
        }

        Bytes valueOf(V value) {
            return Bytes.of(form.values().encode(value));
        }

        K key(Bytes key) {
            return form.keys().decode(key.toArray());
        }

        V value(Bytes value) {
            return form.values().decode(value.toArray());
        }
    }

    /** The sets read of a source. */
    static final class OfSets<K, V> extends StoredForm {
        private static final Codec<Condition> CONDITIONS = Codec.of(Condition.class);

        private final Sets sets;
        private final Versioned<K, V> source;
        private final Versioned.Form<K, V> form;

        OfSets(int number, Sets sets, Versioned<K, V> source, Versioned.Form<K, V> form) {
            super(number);
            this.sets = sets;
            this.source = source;
            this.form = form;
        }

        @Override
        Bytes key(Cell cell) {
            return Bytes.of(CONDITIONS.encode(Sets.conditionOf((Node) cell)));
        }

        @Override
        Node cell(Bytes key) {
            return sets.node(source, CONDITIONS.decode(key.toArray()));
        }

        @Override
        @SuppressWarnings("unchecked") // what Sets reads of this very source
        Bytes print(Cell cell, Object value) {
            ByteArrayOutputStream entries = new ByteArrayOutputStream();
            for (Map.Entry<K, V> entry : (List<Map.Entry<K, V>>) value) {
                append(entries, form.keys().encode(entry.getKey()));
                append(entries, form.values().encode(entry.getValue()));
            }
            return Print.of(entries.toByteArray());
        }

        private static void append(ByteArrayOutputStream out, byte[] bytes) {
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            out.writeBytes(bytes);
        }
    }
}
