/**
 * Sessions, transactions and dialects: the embedded SQLite database, the shared PostgreSQL one, and
 * a key-value store in either.
 */
module dev.orrery.sql {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires java.sql;
    requires static org.checkerframework.checker.qual; // annotations of the next
    requires static org.postgresql.jdbc; // comes with the data source
    requires org.xerial.sqlitejdbc;

    exports dev.orrery.sql;
}
