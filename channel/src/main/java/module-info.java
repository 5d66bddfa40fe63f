/** Named streams of numbered messages with history, presence and access. */
module dev.orrery.channel {
    requires static org.jspecify;
    requires transitive dev.orrery.core;

    exports dev.orrery.channel;
}
