package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.gateway.Gateway;
import dev.orrery.gateway.ProjectionMethods;
import dev.orrery.gateway.Rpc;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code orrery projection} with a program that runs. */
@Timeout(60) // seconds
class ProjectionOfAGatewayTest {
    record Sale(String shop, long cents) {}

    record Takings(long count, long cents) {}

    private static final AccessPolicy EVERYBODY = (_, _, _) -> Access.allowed();
    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final Orrery orrery = Orrery.configure().access(EVERYBODY).open();
    private final EventLog<Sale> sales = orrery.log("sales", Sale.class);
    private final LiveProjection<String, Takings> takings =
            orrery.projection(
                    sales,
                    Projection.of("takings", Sale.class)
                            .key(String.class, Sale::shop)
                            .state(Takings.class, new Takings(0, 0))
                            .fold(this::fold));
    private final Gateway gateway =
            Gateway.configure(orrery.channels())
                    .rpc(ProjectionMethods.addTo(new Rpc(), orrery, EVERYBODY))
                    .open();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Takings fold(Takings before, Sale sale) {
        if (sale.cents() < 0 && broken.get()) {
            throw new IllegalStateException("a sale below nothing");
        }
        return new Takings(before.count() + 1, before.cents() + sale.cents());
    }

    @AfterEach
    void close() {
        gateway.close();
        orrery.close();
    }

    private String run(int expected, String what, String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new java.util.ArrayList<>(List.of("projection", what, "takings"));
        all.addAll(List.of(arguments));
        all.add("--url=http://" + gateway.uri().getAuthority());
        assertThat(
                        Main.commandLine(List.of(new ProjectionCommand()))
                                .setOut(new PrintWriter(out, true))
                                .setErr(new PrintWriter(err, true))
                                .execute(all.toArray(String[]::new)))
                .as("%s%s", out, err)
                .isEqualTo(expected);
        return out.toString() + err;
    }

    @Test
    void aParkedKeyIsFoundLookedIntoMendedAndRetried() {
        sales.appendAll(List.of(new Sale("north", 5), new Sale("north", -1), new Sale("south", 1)));
        orrery.start();
        takings.atLeast(sales.head(), SOON);
        assertThat(run(Command.DONE, "status")).contains("Following");
        assertThat(run(Command.DONE, "parked")).contains("north", "a sale below nothing");
        assertThat(run(Command.DONE, "waiting", "north")).contains("-1");
        assertThat(run(Command.FAILED, "retry", "north"))
                .contains("projection takings failed for north");
        broken.set(false);
        run(Command.DONE, "edit", "north", "{\"count\":10,\"cents\":100}");
        run(Command.DONE, "retry", "north");
        assertThat(takings.require("north")).isEqualTo(new Takings(11, 99));
        assertThat(run(Command.DONE, "read", "north")).contains("11", "99");
        run(Command.DONE, "rebuild");
        takings.rebuilding().orElseThrow().await(SOON);
        assertThat(takings.require("north")).isEqualTo(new Takings(2, 4));
        run(Command.DONE, "undo");
        takings.rebuilding().orElseThrow().await(SOON);
        assertThat(takings.require("north")).isEqualTo(new Takings(11, 99));
    }
}
