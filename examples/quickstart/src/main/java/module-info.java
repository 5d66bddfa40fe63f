/** The program that the README shows. */
module dev.orrery.examples.quickstart {
    requires static org.jspecify;
    requires dev.orrery.engine;

    opens dev.orrery.examples.quickstart to
            dev.orrery.core;
}
