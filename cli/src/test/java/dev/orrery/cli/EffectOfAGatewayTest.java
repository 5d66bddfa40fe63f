package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.gateway.EffectMethods;
import dev.orrery.gateway.Gateway;
import dev.orrery.gateway.Rpc;
import dev.orrery.log.EventLog;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Fault;
import dev.orrery.projection.LiveEffect;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code orrery effect} with a program that runs. */
@Timeout(60) // seconds
class EffectOfAGatewayTest {
    private static final AccessPolicy EVERYBODY = (_, _, _) -> Access.allowed();
    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final CountDownLatch mailed = new CountDownLatch(3);
    private final Orrery orrery = Orrery.configure().access(EVERYBODY).open();
    private final EventLog<String> orders = orrery.log("orders", String.class);
    private final LiveEffect<String> mail =
            orrery.effect(
                    orders,
                    Effect.of("mail", String.class)
                            .key(String.class, order -> order.substring(0, 1))
                            .perform(attempt -> mail(attempt.event()))
                            .onFault(_ -> Fault.park()));
    private final Gateway gateway =
            Gateway.configure(orrery.channels())
                    .rpc(EffectMethods.addTo(new Rpc(), orrery, EVERYBODY))
                    .open();
    private final StringWriter out = new StringWriter();

    private void mail(String order) {
        if (broken.get()) {
            throw new IllegalStateException("no address for " + order);
        }
        mailed.countDown();
    }

    @AfterEach
    void close() {
        gateway.close();
        orrery.close();
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return Main.commandLine(List.of(new EffectCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(
                        ("effect "
                                        + String.join(" ", arguments)
                                        + " --url=http://"
                                        + gateway.uri().getAuthority())
                                .split(" "));
    }

    @Test
    void parkedKeysAreFoundSkippedAndRetried() throws InterruptedException {
        orders.appendAll(List.of("a1", "a2", "b1", "b2"));
        orrery.start();
        mail.atLeast(orders.head(), SOON);
        assertThat(run("status", "mail")).isEqualTo(Command.DONE);
        assertThat(out.toString()).contains("Working", "\"parkedKeys\":2");
        assertThat(run("parked", "mail")).isEqualTo(Command.DONE);
        assertThat(out.toString()).contains("no address for a1", "no address for b1");
        broken.set(false);
        assertThat(run("skip", "mail", "a")).isEqualTo(Command.DONE);
        assertThat(run("retry", "mail", "b")).isEqualTo(Command.DONE);
        assertThat(mailed.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(run("retry", "mail", "c")).isEqualTo(Command.FAILED);
        assertThat(out.toString()).contains("what waits for effect mail");
    }

    @Test
    void whatIsMissingIsMisuse() {
        assertThat(run("retry", "mail")).isEqualTo(Command.MISUSED);
        assertThat(out.toString()).contains("retry wants NAME KEY");
        assertThat(run("status", "mail", "a")).isEqualTo(Command.MISUSED);
        assertThat(run("edit", "mail")).isEqualTo(Command.MISUSED);
    }
}
