/** The orrery command; its sub-commands are found on the path. */
module dev.orrery.cli {
    requires static org.jspecify;
    requires transitive dev.orrery.engine;
    requires transitive dev.orrery.gateway;
    requires transitive info.picocli;
    requires dev.orrery.exchange;
    requires java.logging;
    requires java.net.http;

    exports dev.orrery.cli;

    opens dev.orrery.cli to
            info.picocli;

    uses dev.orrery.cli.Command;

    provides dev.orrery.cli.Command with
            dev.orrery.cli.EffectCommand,
            dev.orrery.cli.GraphCommand,
            dev.orrery.cli.ProjectionCommand;
}
