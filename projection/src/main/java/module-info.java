/** Folds of events into one state per key, stored with their position. */
module dev.orrery.projection {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires transitive dev.orrery.log;
    requires transitive dev.orrery.sql;

    exports dev.orrery.projection;
}
