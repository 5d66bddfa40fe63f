/** Rows behind a driver, and live, durable, write-through copies of them. */
module dev.orrery.table {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires dev.orrery.sql;
    requires java.sql;

    exports dev.orrery.table;
    exports dev.orrery.table.spi;

    opens dev.orrery.table to
            dev.orrery.core;
}
