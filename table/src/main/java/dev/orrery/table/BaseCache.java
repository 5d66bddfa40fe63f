package dev.orrery.table;

import dev.orrery.core.Codec;
import dev.orrery.core.Key;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The base rows of a live table on disk, so that a restart serves them before the source answers.
 *
 * <p>A cache: losing it costs a fetch, never a row. The layout is {@code docs/formats/outbox.md}.
 * Confined: its owner guards it.
 */
final class BaseCache {
    private static final System.Logger LOG = System.getLogger(BaseCache.class.getName());
    private static final int FORMAT = 2;
    private static final int AT_ONCE = 1024;
    private static final byte HEAD = 0;
    private static final byte ROW = 1;

    private final KeyValueStore store;
    private final byte[] prefix;
    private final Codec<Row> rows = Codec.of(Row.class);
    private final Codec<Head> heads = Codec.of(Head.class);

    /**
     * Says that the cache is whole, and of which schema.
     *
     * @param format the version of the layout
     * @param id the id column
     * @param fields the columns
     */
    record Head(int format, String id, List<Schema.Field> fields) {
        Head {
            Objects.requireNonNull(id);
            fields = List.copyOf(fields);
        }

        Schema schema() {
            return Schema.of(fields).withId(id);
        }
    }

    /** What a cache held: the schema and the rows of it. */
    record Cached(Schema schema, Map<Key, Row> rows) {}

    BaseCache(KeyValueStore store, String name) {
        this.store = store;
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        this.prefix = new byte[text.length + 2];
        prefix[0] =
                (byte)
                        (text.length
                                >> 8); // the length first: no name is the beginning of another's
        // keys
        prefix[1] = (byte) text.length;
        System.arraycopy(text, 0, prefix, 2, text.length);
    }

    /** What is cached, if it is whole and readable. */
    Optional<Cached> load() {
        try {
            Optional<Head> head = store.find(key(HEAD)).map(heads::decode);
            if (head.isEmpty() || head.get().format() != FORMAT) {
                return Optional.empty();
            }
            return Optional.of(new Cached(head.get().schema(), loadRows()));
        } catch (Invalid | BadDefinition damaged) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the cached rows are damaged, fetching again: {0}",
                    damaged.getMessage());
            return Optional.empty();
        }
    }

    private Map<Key, Row> loadRows() {
        Map<Key, Row> loaded = new LinkedHashMap<>();
        for (KeyValueStore.Entry entry : entries()) {
            byte[] key = entry.key();
            loaded.put(
                    Key.fromBytes(Arrays.copyOfRange(key, prefix.length + 1, key.length)),
                    rows.decode(entry.value()));
        }
        return loaded;
    }

    private List<KeyValueStore.Entry> entries() {
        List<KeyValueStore.Entry> all = new ArrayList<>();
        byte[] from = key(ROW);
        byte[] to = key((byte) (ROW + 1));
        while (true) {
            List<KeyValueStore.Entry> some = store.scan(from, to, AT_ONCE);
            if (some.isEmpty()) {
                return all;
            }
            all.addAll(some);
            byte[] last = some.getLast().key();
            from = Arrays.copyOf(last, last.length + 1);
        }
    }

    /** Puts these rows in place of all that is cached; whole only when it returns. */
    void fill(Schema schema, Map<Key, Row> base) {
        store.delete(key(HEAD));
        write(
                entries().stream()
                        .<KeyValueStore.Write>map(e -> new KeyValueStore.Write.Delete(e.key()))
                        .toList());
        write(base.entrySet().stream().map(e -> change(e.getKey(), e.getValue())).toList());
        store.put(key(HEAD), heads.encode(new Head(FORMAT, schema.id(), schema.fields())));
    }

    private void write(List<KeyValueStore.Write> writes) {
        for (int from = 0; from < writes.size(); from += AT_ONCE) {
            store.apply(writes.subList(from, Math.min(writes.size(), from + AT_ONCE)));
        }
    }

    /** Takes over what the source told of some rows, in one step. */
    void update(Map<Key, Optional<Row>> changed) {
        store.apply(
                changed.entrySet().stream()
                        .map(e -> change(e.getKey(), e.getValue().orElse(null)))
                        .toList());
    }

    private KeyValueStore.Write change(Key key, @Nullable Row row) {
        byte[] stored = key(ROW, key.bytes());
        return row == null
                ? new KeyValueStore.Write.Delete(stored)
                : new KeyValueStore.Write.Put(stored, rows.encode(row));
    }

    private byte[] key(byte kind, byte... rest) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + 1 + rest.length);
        key[prefix.length] = kind;
        System.arraycopy(rest, 0, key, prefix.length + 1, rest.length);
        return key;
    }
}
