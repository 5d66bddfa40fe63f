/** Orrery beside its peers, measured in one run: the bench command. */
module dev.orrery.bench {
    requires static org.jspecify;
    requires dev.orrery.cli;
    requires dev.orrery.engine;
    requires dev.orrery.examples.flights;
    requires dev.orrery.gateway;
    requires info.picocli;
    requires java.management;
    requires java.net.http;
    requires java.sql;
    requires jdk.management;
    requires org.postgresql.jdbc;
    requires tools.jackson.databind;

    opens dev.orrery.bench to
            info.picocli;

    provides dev.orrery.cli.Command with
            dev.orrery.bench.BenchCommand;
}
