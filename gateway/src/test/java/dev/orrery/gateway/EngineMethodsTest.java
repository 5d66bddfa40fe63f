package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.CommitRecord;
import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import dev.orrery.query.Input;
import dev.orrery.query.Query;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineMethodsTest {
    private static final AccessPolicy ALL = (_, _, _) -> Access.allowed();
    private static final Json JSON = new Json();

    @Test
    void aResultIsExplainedAsJson() {
        try (Orrery orrery = Orrery.inMemory()) {
            Input<String, Long> numbers = orrery.input("numbers", String.class, Long.class);
            Query<String, Long> twice =
                    orrery.query(
                            "twice",
                            String.class,
                            Long.class,
                            key -> 2 * numbers.find(key).orElse(0L));
            twice.of("a");
            numbers.set("a", 4L);
            twice.of("a");
            String explained =
                    JSON.write(
                            call(
                                    orrery,
                                    ALL,
                                    "engine.explain",
                                    Map.of("query", "twice", "key", "a")));
            assertThat(explained)
                    .isEqualTo(
                            "{\"query\":\"twice\",\"key\":\"a\",\"verdict\":\"CHANGED\",\"revision\":1,"
                                    + "\"because\":{\"dependency\":\"numbers(a)\",\"at\":1},\"reads\":[\"numbers(a)\"],"
                                    + "\"path\":[{\"dependency\":\"numbers(a)\",\"how\":\"CHANGED\",\"at\":1}]}");
        }
    }

    @Test
    void whoMayNotReadAResultIsNotToldWhyItIsSo() {
        AccessPolicy methodsOnly =
                (_, _, what) -> Access.allowedIf(what instanceof Resource.OfMethod);
        try (Orrery orrery = Orrery.inMemory()) {
            assertThatThrownBy(() ->
                            call(
                                    orrery,
                                    methodsOnly,
                                    "engine.explain",
                                    Map.of("query", "twice", "key", "a")))
                    .isInstanceOf(OrreryException.Denied.class);
            assertThatThrownBy(() ->
                            call(
                                    orrery,
                                    ALL,
                                    "engine.explain",
                                    Map.of("query", "thrice", "key", "a")))
                    .isInstanceOf(OrreryException.Missing.class)
                    .hasMessageContaining("thrice");
        }
    }

    @Test
    void theClockIsTheOneThatRecordsAreTimedBy() {
        try (Orrery orrery = Orrery.inMemory()) {
            double before = orrery.clockMillis();
            Object answer = call(orrery, ALL, "engine.clock", null);
            assertThat(answer).isInstanceOf(Map.class);
            assertThat((Double) ((Map<?, ?>) answer).get("now"))
                    .isBetween(before, orrery.clockMillis());
        }
    }

    @Test
    void aRecordIsWrittenAsTheWirePageSays() {
        try (Orrery orrery = Orrery.inMemory();
                var records = orrery.commitRecords().subscribe()) {
            Input<String, Long> numbers = orrery.input("numbers", String.class, Long.class);
            records.next(Duration.ofSeconds(20));
            numbers.set("a", 4L);
            var update = records.next(Duration.ofSeconds(20)).orElseThrow();
            String json =
                    JSON.write(
                            ((dev.orrery.core.Update.Delta<CommitRecord.Recent, CommitRecord>)
                                            update)
                                    .change());
            assertThat(json)
                    .startsWith("{\"revision\":1,\"first\":1,\"cause\":\"numbers\",\"at\":")
                    .contains(
                            "\"touched\":[{\"layer\":\"input\",\"name\":\"numbers\",\"count\":1,\"position\":null,"
                                    + "\"keys\":[\"a\"],\"rows\":null,\"changes\":[{\"key\":\"a\",\"before\":null,"
                                    + "\"after\":{\"value\":4}}]}]")
                    .contains("\"ran\":0,\"spared\":0,\"views\":[]")
                    .contains("\"sampled\":false,\"totals\":{\"commits\":1,\"ran\":0,");
        }
    }

    private static Object call(Orrery orrery, AccessPolicy policy, String method, Object data) {
        return EngineMethods.addTo(new Rpc(), orrery, policy)
                .find(method)
                .orElseThrow()
                .call(Principal.ANONYMOUS, data);
    }
}
