package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import dev.orrery.log.EventLog;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Fault;
import dev.orrery.projection.LiveEffect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tending effects from outside. Law G17. */
@Timeout(60) // seconds
class EffectMethodsTest {
    record Order(String customer, int number) {}

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Principal OPERATOR = new Principal("ann", Set.of("operator"), Map.of());
    private static final AccessPolicy POLICY =
            (who, action, what) ->
                    Access.allowedIf(
                            what instanceof Resource.OfEffect(var _, var key)
                                    && (action == Action.READ
                                            || (who.has("operator") && !key.equals("secret"))));
    private static final Json JSON = new Json();

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final List<Integer> mailed = new CopyOnWriteArrayList<>();
    private final Orrery orrery = Orrery.configure().access(POLICY).open();
    private final EventLog<Order> orders = orrery.log("orders", Order.class);
    private final LiveEffect<String> mail =
            orrery.effect(
                    orders,
                    Effect.of("mail", Order.class)
                            .key(String.class, Order::customer)
                            .perform(attempt -> mail(attempt.event()))
                            .onFault(_ -> Fault.park()));
    private final Rpc rpc = EffectMethods.addTo(new Rpc(), orrery, POLICY);

    private void mail(Order order) {
        if (order.number() < 0 && broken.get()) {
            throw new IllegalStateException("no such address");
        }
        mailed.add(order.number());
    }

    @AfterEach
    void close() {
        orrery.close();
    }

    private String call(Principal who, String method, String... key) {
        Map<String, Object> data =
                key.length == 0
                        ? Map.of("effect", "mail")
                        : Map.of("effect", "mail", "key", key[0]);
        return JSON.write(rpc.find("effect." + method).orElseThrow().call(who, data));
    }

    private void order(Order... some) {
        orders.appendAll(List.of(some));
        orrery.start();
        mail.atLeast(orders.head(), SOON);
    }

    @Test
    void aParkedKeyIsListedMendedAndTriedAgain() { // X08
        order(new Order("north", 1), new Order("north", -2), new Order("north", 3));
        assertThat(call(Principal.ANONYMOUS, "status"))
                .contains("\"status\":\"Working\"", "\"lagEvents\":0", "\"parkedKeys\":1");
        assertThat(call(OPERATOR, "parked"))
                .startsWith("[{\"key\":\"north\",")
                .contains("\"events\":2", "no such address");
        broken.set(false);
        call(OPERATOR, "retry", "north");
        while (!call(OPERATOR, "parked").equals("[]") || mailed.size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(mailed).containsExactly(1, -2, 3);
        while (!call(OPERATOR, "status").contains("\"waitingEvents\":0")) {
            Thread.onSpinWait(); // what was done is stored after it was done
        }
        assertThatThrownBy(() -> call(OPERATOR, "retry", "north"))
                .isInstanceOf(OrreryException.Missing.class);
    }

    @Test
    void theFirstOfAParkedKeyIsLeftOut() {
        order(new Order("north", -1), new Order("north", 2));
        call(OPERATOR, "skip", "north");
        while (mailed.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(mailed).containsExactly(2);
        assertThat(call(OPERATOR, "status")).contains("\"skipped\":1");
    }

    @Test
    void whoMayNotOperateSeesAndDoesNothing() { // H4
        order(new Order("secret", -1), new Order("north", -2));
        for (String method : List.of("retry", "skip")) {
            assertThatThrownBy(() -> call(Principal.ANONYMOUS, method, "north"))
                    .as(method)
                    .isInstanceOf(OrreryException.Denied.class)
                    .hasMessage("not allowed to operate effect mail of north");
            assertThatThrownBy(() -> call(OPERATOR, method, "secret"))
                    .as(method)
                    .isInstanceOf(OrreryException.Denied.class);
        }
        assertThat(call(Principal.ANONYMOUS, "parked")).isEqualTo("[]");
        assertThat(call(OPERATOR, "parked")).contains("north").doesNotContain("secret");
        assertThat(mail.parked()).hasSize(2);
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertThatThrownBy(() ->
                        rpc.find("effect.status")
                                .orElseThrow()
                                .call(OPERATOR, Map.of("effect", "none")))
                .isInstanceOf(OrreryException.Missing.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> rpc.find("effect.retry").orElseThrow().call(OPERATOR, "mail"))
                .isInstanceOf(OrreryException.Invalid.class)
                .hasMessageContaining("effect and key");
    }
}
