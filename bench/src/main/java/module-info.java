/** Orrery beside its peers, measured in one run: the bench command. */
module dev.orrery.bench {
    requires static org.jspecify;
    requires dev.orrery.cli;
    requires dev.orrery.engine;
    requires dev.orrery.examples.flights;
    requires dev.orrery.gateway;
    requires info.picocli;
    requires jmh.core;
}
