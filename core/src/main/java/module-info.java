/** The words everything else is made of: rows, keys, the timeline, sources, feeds and stores. */
module dev.orrery.core {
    requires static org.jspecify;

    exports dev.orrery.core;
}
