/** Rows behind a driver, and live, durable, write-through copies of them. */
module dev.orrery.table {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires transitive dev.orrery.sql;
}
