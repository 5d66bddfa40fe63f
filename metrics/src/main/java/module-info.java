/** What an Orrery does, as Micrometer meters. */
module dev.orrery.metrics {
    requires static org.jspecify;
    requires transitive dev.orrery.engine;
    requires transitive micrometer.core;

    exports dev.orrery.metrics;
}
