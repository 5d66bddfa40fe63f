/** Events in commit order, stored. */
module dev.orrery.log {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires transitive dev.orrery.sql;

    exports dev.orrery.log;
}
