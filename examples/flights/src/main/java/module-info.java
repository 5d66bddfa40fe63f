/** The flights example: real flights and airports, live from the event to the page. */
module dev.orrery.examples.flights {
    requires static org.jspecify;
    requires java.sql;
    requires dev.orrery.cli;
    requires dev.orrery.engine;
    requires dev.orrery.gateway;
    requires info.picocli;
    requires tools.jackson.databind;

    exports dev.orrery.examples.flights;

    opens dev.orrery.examples.flights;

    provides dev.orrery.cli.Command with
            dev.orrery.examples.flights.DemoCommand;
}
