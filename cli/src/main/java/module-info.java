/** The orrery command; its sub-commands are found on the path. */
module dev.orrery.cli {
    requires static org.jspecify;
    requires transitive dev.orrery.engine;
    requires transitive dev.orrery.gateway;
    requires transitive info.picocli;
    requires java.logging;

    exports dev.orrery.cli;

    opens dev.orrery.cli to
            info.picocli;

    uses dev.orrery.cli.Command;
}
