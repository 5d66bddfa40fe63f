/**
 * Functions whose results are remembered, and recomputed only when something they read has changed.
 */
module dev.orrery.query {
    requires static org.jspecify;
    requires jdk.jfr;
    requires transitive dev.orrery.core;

    exports dev.orrery.query;

    opens dev.orrery.query to
            dev.orrery.core; // its stored records
}
