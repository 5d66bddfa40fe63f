package dev.orrery.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException;
import dev.orrery.testkit.KeyValueStoreContract;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlKeyValueStoreTest {
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] VALUE = "value".getBytes(UTF_8);

    @TempDir Path directory;

    @Nested
    class OnFile extends KeyValueStoreContract {
        private Database database;

        @Override
        protected KeyValueStore open() {
            database = Database.open(directory.resolve("orrery.db"));
            return SqlKeyValueStore.open(database, "things");
        }

        @AfterEach
        void closeDatabase() {
            database.close();
        }
    }

    @Nested
    class InMemory extends KeyValueStoreContract {
        private final Database database = Database.inMemory();

        @Override
        protected KeyValueStore open() {
            return SqlKeyValueStore.open(database, "things");
        }

        @AfterEach
        void closeDatabase() {
            database.close();
        }
    }

    @Nested
    class OnPostgres extends KeyValueStoreContract {
        private final Database database =
                Database.open(RealPostgres.empty(), Thread.ofVirtual().factory());

        @Override
        protected KeyValueStore open() {
            return SqlKeyValueStore.open(database, "things");
        }

        @AfterEach
        void closeDatabase() {
            database.close();
        }
    }

    @Test
    void whatWasPutIsThereAfterReopening() {
        try (Database database = Database.open(directory.resolve("orrery.db"))) {
            SqlKeyValueStore.open(database, "things").put(KEY, VALUE);
        }
        try (Database database = Database.open(directory.resolve("orrery.db"))) {
            assertThat(SqlKeyValueStore.open(database, "things").find(KEY)).hasValue(VALUE);
            assertThat(SqlKeyValueStore.open(database, "others").find(KEY)).isEmpty();
        }
    }

    @Test
    void writesWithinATransactionCountWhenItDoes() { // law S8
        try (Database database = Database.inMemory()) {
            SqlKeyValueStore store = SqlKeyValueStore.open(database, "things");
            assertThatThrownBy(() ->
                            database.perform(session -> {
                                store.apply(
                                        session, List.of(new KeyValueStore.Write.Put(KEY, VALUE)));
                                throw new IllegalStateException("on purpose");
                            }))
                    .hasMessage("on purpose");
            assertThat(store.find(KEY)).isEmpty();
        }
    }

    @Test
    void aTableNameIsAPlainName() {
        try (Database database = Database.inMemory()) {
            assertThatThrownBy(() -> SqlKeyValueStore.open(database, "x; DROP TABLE y"))
                    .isInstanceOf(OrreryException.BadDefinition.class);
        }
    }
}
