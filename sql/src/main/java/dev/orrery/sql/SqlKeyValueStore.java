package dev.orrery.sql;

import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key-value store in a table of a {@link Database}. Its writes are transactions of that database;
 * {@link #apply( WriteSession, List)} makes them part of a larger one. Thread-safe.
 */
public final class SqlKeyValueStore implements KeyValueStore {
    private final Database database;
    private final String part;
    private final String find;
    private final String upsert;
    private final String delete;
    private final String scan;
    private final String scanTo;
    private volatile boolean closed;

    private SqlKeyValueStore(Database database, String table) {
        this.database = database;
        this.part = part(table);
        this.find = "SELECT value FROM " + table + " WHERE key = ?";
        this.upsert = database.dialect().upsert(table, List.of("key"), List.of("value"));
        this.delete = "DELETE FROM " + table + " WHERE key = ?";
        this.scan = "SELECT key, value FROM " + table + " WHERE key >= ? ORDER BY key LIMIT ?";
        this.scanTo =
                "SELECT key, value FROM "
                        + table
                        + " WHERE key >= ? AND key < ? ORDER BY key LIMIT ?";
    }

    /**
     * Opens the store in a table, creating it when it is not there. Closing the store leaves the
     * database open.
     *
     * @param table a name of lower-case letters, digits and underscores that begins with a letter
     */
    public static SqlKeyValueStore open(Database database, String table) {
        if (!table.matches("[a-z][a-z0-9_]*")) {
            throw new OrreryException.BadDefinition(
                    "table " + table,
                    "is not a plain name",
                    "use lower-case letters, digits and underscores");
        }
        database.install(
                Format.of(
                        part(table),
                        dialect ->
                                List.of(
                                        "CREATE TABLE "
                                                + table
                                                + " (key "
                                                + dialect.bytesType()
                                                + " PRIMARY KEY, value "
                                                + dialect.bytesType()
                                                + " NOT NULL)"
                                                + dialect.keyedTable())));
        return new SqlKeyValueStore(database, table);
    }

    private static String part(String table) {
        return "key_value." + table;
    }

    @Override
    public Optional<byte[]> find(byte[] key) {
        requireOpen();
        return database.read(session -> session.find(find, row -> row.bytes(1), key));
    }

    @Override
    public void apply(List<? extends Write> batch) {
        database.perform(part, session -> apply(session, batch));
    }

    /** Applies writes within a transaction of the store's database: they count when it does. */
    public void apply(WriteSession session, List<? extends Write> batch) {
        requireOpen();
        batch.forEach(KeyValueStore::requireWithinLimits);
        for (int from = 0; from < batch.size(); ) {
            int to = endOfRun(batch, from);
            List<Object[]> rows = new ArrayList<>(to - from);
            for (Write write : batch.subList(from, to)) {
                rows.add(
                        switch (write) {
                            case Write.Put(var key, var value) -> new Object[] {key, value};
                            case Write.Delete(var key) -> new Object[] {key};
                        });
            }
            session.batch(batch.get(from) instanceof Write.Put ? upsert : delete, rows);
            from = to;
        }
    }

    @Override
    public List<Entry> scan(byte[] from, byte @Nullable [] to, int max) {
        requireOpen();
        return database.read(session ->
                to == null
                        ? session.query(scan, SqlKeyValueStore::entry, from, max)
                        : session.query(scanTo, SqlKeyValueStore::entry, from, to, max));
    }

    @Override
    public void close() {
        closed = true;
    }

    private static Entry entry(ResultRow row) {
        return new Entry(row.bytes(1), row.bytes(2));
    }

    /** Where writes of the other kind begin: a run of one kind is one batch. */
    private static int endOfRun(List<? extends Write> batch, int from) {
        boolean puts = batch.get(from) instanceof Write.Put;
        int to = from + 1;
        while (to < batch.size() && batch.get(to) instanceof Write.Put == puts) {
            to++;
        }
        return to;
    }

    private void requireOpen() {
        if (closed) {
            throw new OrreryException.Closed("key-value store");
        }
    }
}
