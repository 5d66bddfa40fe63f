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
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reading projections and tending what they could not fold, from outside. Law G17. */
@Timeout(60)
class ProjectionMethodsTest {
    record Sale(String shop, long amount) {}

    record Takings(long sales, long sum) {}

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Principal OPERATOR = new Principal("ann", Set.of("operator"), Map.of());
    private static final AccessPolicy POLICY =
            (who, action, what) ->
                    Access.allowedIf(
                            switch (what) {
                                case Resource.OfMethod _ -> true;
                                case Resource.OfProjection(var _, var key) ->
                                        action == Action.READ
                                                || (who.has("operator") && !key.equals("secret"));
                                default -> false;
                            });
    private static final Json JSON = new Json();

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final Orrery orrery = Orrery.configure().access(POLICY).open();
    private final EventLog<Sale> sales = orrery.log("sales", Sale.class);
    private final LiveProjection<String, Takings> takings =
            orrery.projection(
                    sales,
                    Projection.of("takings", Sale.class)
                            .key(String.class, Sale::shop)
                            .state(Takings.class, new Takings(0, 0))
                            .fold(this::fold));
    private final Rpc rpc = ProjectionMethods.addTo(new Rpc(), orrery, POLICY);

    private Takings fold(Takings before, Sale sale) {
        if (sale.amount() < 0 && broken.get()) {
            throw new IllegalStateException("a sale below nothing");
        }
        return new Takings(before.sales() + 1, before.sum() + sale.amount());
    }

    @AfterEach
    void close() {
        orrery.close();
    }

    private String call(Principal who, String method, Map<String, Object> data) {
        return JSON.write(rpc.find("projection." + method).orElseThrow().call(who, data));
    }

    private static Map<String, Object> of(String key) {
        return Map.of("projection", "takings", "key", key);
    }

    private void sell(Sale... some) {
        for (Sale sale : some) {
            sales.append(sale);
        }
        orrery.start();
        takings.atLeast(sales.head(), SOON);
    }

    @Test
    void aStateIsReadWithHowFreshItIs() {
        sell(new Sale("north", 5), new Sale("north", 7));
        assertThat(call(Principal.ANONYMOUS, "read", of("north")))
                .startsWith("{\"state\":{\"sales\":2,\"sum\":12},\"epoch\":\"")
                .contains("\"version\":2,\"position\":\"");
        assertThat(call(Principal.ANONYMOUS, "status", Map.of("projection", "takings")))
                .contains("\"status\":\"Following\"", "\"lagEvents\":0", "\"events\":2");
        assertThatThrownBy(() -> call(Principal.ANONYMOUS, "read", of("south")))
                .isInstanceOf(OrreryException.Missing.class);
        assertThatThrownBy(() ->
                        call(
                                Principal.ANONYMOUS,
                                "read",
                                Map.of("projection", "none", "key", "north")))
                .isInstanceOf(OrreryException.Missing.class);
    }

    @Test
    void theStatusOfAStoppedProjectionSaysWhy() {
        LiveProjection<String, Takings> keyless =
                orrery.projection(
                        sales,
                        Projection.of("keyless", Sale.class)
                                .<String>key(
                                        String.class,
                                        sale -> {
                                            throw new IllegalStateException("no key in " + sale);
                                        })
                                .state(Takings.class, new Takings(0, 0))
                                .fold(this::fold));
        sell(new Sale("north", 5));
        assertThatThrownBy(() -> keyless.atLeast(sales.head(), SOON))
                .isInstanceOf(OrreryException.Unavailable.class);
        assertThat(call(Principal.ANONYMOUS, "status", Map.of("projection", "keyless")))
                .startsWith("{\"status\":\"Failed\",\"cause\":\"keys of projection keyless,")
                .contains("no key in Sale[");
    }

    @Test
    void aParkedKeyIsListedInspectedMendedAndTriedAgain() { // X08
        sell(
                new Sale("north", 5),
                new Sale("north", -1),
                new Sale("north", 7),
                new Sale("south", 1));
        assertThat(call(OPERATOR, "parked", Map.of("projection", "takings")))
                .startsWith("[{\"key\":\"north\",")
                .contains("\"events\":2", "a sale below nothing");
        assertThat(call(OPERATOR, "waiting", of("north")))
                .contains(
                        "\"event\":{\"shop\":\"north\",\"amount\":-1}",
                        "\"event\":{\"shop\":\"north\",\"amount\":7}");
        broken.set(false);
        call(OPERATOR, "retry", of("north"));
        assertThat(takings.require("north")).isEqualTo(new Takings(3, 11));
        assertThat(call(OPERATOR, "parked", Map.of("projection", "takings"))).isEqualTo("[]");
    }

    @Test
    void anEventIsSkippedAndAStateIsPutRight() {
        sell(new Sale("north", 5), new Sale("north", -1), new Sale("north", 7));
        call(
                OPERATOR,
                "edit",
                Map.of(
                        "projection",
                        "takings",
                        "key",
                        "north",
                        "state",
                        Map.of("sales", 10L, "sum", 100L)));
        call(OPERATOR, "skip", of("north"));
        assertThat(takings.require("north")).isEqualTo(new Takings(11, 107));
        assertThatThrownBy(() ->
                        call(
                                OPERATOR,
                                "edit",
                                Map.of("projection", "takings", "key", "north", "state", "much")))
                .isInstanceOf(OrreryException.Invalid.class);
    }

    @Test
    void allOfItIsFoldedAnew() {
        sell(new Sale("north", 5));
        String before = takings.epoch();
        assertThat(call(OPERATOR, "rebuild", Map.of("projection", "takings")))
                .contains("\"failure\":null");
        takings.rebuilding().orElseThrow().await(SOON);
        assertThat(takings.epoch()).isNotEqualTo(before);
        call(OPERATOR, "undoRebuild", Map.of("projection", "takings"));
        takings.rebuilding().orElseThrow().await(SOON);
        assertThat(takings.epoch()).isEqualTo(before);
    }

    @Test
    void whoMayNotOperateSeesAndDoesNothing() { // H4
        sell(new Sale("secret", -1), new Sale("north", -1));
        for (String method : new String[] {"waiting", "retry", "skip", "edit"}) {
            assertThatThrownBy(() -> call(Principal.ANONYMOUS, method, of("north")))
                    .as(method)
                    .isInstanceOf(OrreryException.Denied.class);
            assertThatThrownBy(() -> call(OPERATOR, method, of("secret")))
                    .as(method)
                    .isInstanceOf(OrreryException.Denied.class);
        }
        assertThatThrownBy(() -> call(Principal.ANONYMOUS, "rebuild", of("")))
                .isInstanceOf(OrreryException.Denied.class)
                .hasMessage("not allowed to rebuild projection takings");
        assertThat(call(Principal.ANONYMOUS, "parked", of(""))).isEqualTo("[]");
        assertThat(call(OPERATOR, "parked", of(""))).contains("north").doesNotContain("secret");
    }
}
