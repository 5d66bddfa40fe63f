package dev.orrery.log;

import dev.orrery.sql.Database;
import dev.orrery.testkit.EventLogContract;
import dev.orrery.testkit.RealPostgres;
import dev.orrery.testkit.SharedEventLogContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The SQL engine of the event log keeps the contract on each database. */
class SqlEventLogContractTest {
    @Nested
    class OnSqlite extends EventLogContract {
        @Override
        protected Subject<?> open(Path directory) {
            return OverSql.open(Database.open(directory.resolve("log.db")));
        }
    }

    @Nested
    class OnPostgres extends SharedEventLogContract {
        @Override
        protected Subject<?> open(Path directory) {
            return OverSql.open(
                    Database.open(RealPostgres.of(directory), Thread.ofVirtual().factory()));
        }
    }
}
