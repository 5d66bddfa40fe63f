/** The front door: one Orrery that introduces the modules to each other. */
module dev.orrery.engine {
    requires static org.jspecify;
    requires transitive dev.orrery.channel;
    requires transitive dev.orrery.core;
    requires transitive dev.orrery.graph;
    requires transitive dev.orrery.log;
    requires transitive dev.orrery.projection;
    requires transitive dev.orrery.query;
    requires transitive dev.orrery.sql;
    requires transitive dev.orrery.table;
    requires transitive dev.orrery.view;
    requires java.sql;

    exports dev.orrery;
}
