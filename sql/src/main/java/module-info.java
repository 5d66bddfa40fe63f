/** Sessions, transactions and dialects; the embedded SQLite database and its key-value store. */
module dev.orrery.sql {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires java.sql;
    requires org.xerial.sqlitejdbc;

    exports dev.orrery.sql;
}
