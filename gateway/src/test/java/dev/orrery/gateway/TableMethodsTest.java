package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.table.LiveTable;
import dev.orrery.table.MemoryTable;
import dev.orrery.table.Schema;
import dev.orrery.table.Table;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableMethodsTest {
    record Airport(String iata, String name) {}

    @Test
    void aPatchReachesTheSourceBeforeItIsAnswered() {
        try (Orrery orrery = Orrery.inMemory()) {
            Table source = airports();
            LiveTable<String, Airport> live = orrery.live(source, String.class, Airport.class);
            Object answer =
                    call(
                            orrery,
                            ALL,
                            "table.patch",
                            patch("airports", "SFO", Map.of("name", "Renamed")));
            assertThat(answer).isEqualTo(Map.of("state", "confirmed"));
            assertThat(live.require("SFO").name()).isEqualTo("Renamed");
            assertThat(source.list().getFirst().text("name")).isEqualTo("Renamed");
        }
    }

    @Test
    void aTableThatDoesNotExistIsSaidSo() {
        try (Orrery orrery = Orrery.inMemory()) {
            assertThatThrownBy(() ->
                            call(orrery, ALL, "table.patch", patch("trains", "SFO", Map.of())))
                    .isInstanceOf(OrreryException.Missing.class)
                    .hasMessageContaining("trains")
                    .hasMessageContaining("live tables");
        }
    }

    @Test
    void anEditThatBreaksTheSchemaIsRefusedWithItsColumnAndRule() {
        try (Orrery orrery = Orrery.inMemory()) {
            LiveTable<String, Airport> live = orrery.live(airports(), String.class, Airport.class);
            assertThatThrownBy(() ->
                            call(
                                    orrery,
                                    ALL,
                                    "table.patch",
                                    patch("airports", "SFO", Map.of("name", "a name too long"))))
                    .isInstanceOf(OrreryException.Invalid.class)
                    .hasMessageContaining("name")
                    .hasMessageContaining("at most 13 characters");
            assertThatThrownBy(() ->
                            call(
                                    orrery,
                                    ALL,
                                    "table.patch",
                                    patch("airports", "SFO", Map.of("nam", "x"))))
                    .isInstanceOf(OrreryException.Invalid.class)
                    .hasMessageContaining("nam");
            assertThat(live.require("SFO").name()).isEqualTo("San Francisco");
        }
    }

    @Test
    void anEditAnswersHowFarItHasComeOrWhyItCannotBe() {
        try (Orrery orrery = Orrery.inMemory()) {
            LiveTable<String, Airport> live = orrery.live(airports(), String.class, Airport.class);
            Map<String, Object> renamed = edit("m1", "San Francisco", "Renamed");
            call(orrery, ALL, "table.edit", renamed);
            live.settle(Duration.ofSeconds(20));

            assertThat(call(orrery, ALL, "table.edit", renamed))
                    .isEqualTo(Map.of("state", "confirmed"));
            assertThat(call(orrery, ALL, "table.edit", edit("m2", "San Francisco", "Other")))
                    .isEqualTo(Map.of("state", "conflict", "theirs", Row.of("name", "Renamed")));
            assertThat(call(orrery, ALL, "table.edit", edit("m3", "Renamed", "a name too long")))
                    .isInstanceOfSatisfying(
                            Map.class,
                            answer ->
                                    assertThat(answer.toString())
                                            .contains("state=invalid")
                                            .contains("name must have at most 13 characters"));
            assertThat(call(orrery, ALL, "table.giveUp", renamed))
                    .isEqualTo(Map.of("state", "unknown"));
            assertThat(live.require("SFO").name()).isEqualTo("Renamed");
        }
    }

    private static Map<String, Object> edit(String mutation, String base, String name) {
        return Map.of(
                "table",
                "airports",
                "key",
                "SFO",
                "mutation",
                mutation,
                "base",
                Map.of("name", base),
                "fields",
                Map.of("name", name));
    }

    @Test
    void whatIsNoCallIsRefusedWithoutATrace() {
        try (Orrery orrery = Orrery.inMemory()) {
            assertThatThrownBy(() -> call(orrery, ALL, "table.patch", "hello"))
                    .isInstanceOf(OrreryException.Invalid.class);
            assertThatThrownBy(() -> call(orrery, ALL, "table.patch", Map.of("table", 5L)))
                    .isInstanceOf(OrreryException.Invalid.class)
                    .hasMessageContaining("table");
        }
    }

    @Test
    void whoMayNotWriteIsDeniedBeforeTheTableIsLookedUp() {
        try (Orrery orrery = Orrery.inMemory()) {
            assertThatThrownBy(() ->
                            call(
                                    orrery,
                                    AccessPolicy.NOBODY,
                                    "table.patch",
                                    patch("trains", "SFO", Map.of())))
                    .isInstanceOf(OrreryException.Denied.class);
        }
    }

    private static final AccessPolicy ALL = (_, _, _) -> Access.allowed();

    private static Object call(Orrery orrery, AccessPolicy policy, String method, Object data) {
        return TableMethods.of(orrery, policy)
                .find(method)
                .orElseThrow()
                .call(Principal.ANONYMOUS, data);
    }

    private static Map<String, Object> patch(String table, String key, Map<String, Object> fields) {
        return Map.of("table", table, "key", key, "fields", fields);
    }

    private static Table airports() {
        Table table =
                MemoryTable.of(
                                "airports",
                                Schema.of(Airport.class).id("iata").maxLength("name", 13))
                        .table();
        table.insert(Row.of("iata", "SFO", "name", "San Francisco"));
        return table;
    }
}
