/** Live rows, tables and values over any relation, maintained incrementally. */
module dev.orrery.view {
    requires static org.jspecify;
    requires transitive dev.orrery.core;

    exports dev.orrery.view;
}
