/** Graphs as files that other programs read and write. */
module dev.orrery.exchange {
    requires static org.jspecify;
    requires transitive dev.orrery.graph;
    requires java.xml;
    requires tools.jackson.core;

    exports dev.orrery.exchange;
}
