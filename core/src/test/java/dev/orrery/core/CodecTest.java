package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.UserFailure;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CodecTest { // laws C24, C29
    sealed interface OrderEvent permits Placed, Paid, Settled {}

    record Placed(String order, long cents) implements OrderEvent {}

    @Name("paid")
    record Paid(String order) implements OrderEvent {}

    sealed interface Settled extends OrderEvent permits Cancelled, Closing {}

    record Cancelled(String order, String reason) implements Settled {}

    enum Closing implements Settled {
        DONE,
        @Name("lost")
        GONE {}
    }

    record Tree(String name, List<Tree> children) {}

    record Two<A, B>(A left, B right) {}

    record Everything(
            byte small,
            short medium,
            int large,
            float single,
            char letter,
            BigInteger huge,
            Optional<Duration> lasting,
            Map<LocalDate, Integer> days,
            Set<String> tags,
            UUID id,
            LocalDateTime local,
            Two<String, List<Long>> two,
            Object any,
            Row row,
            Key key) {}

    private static <T> T through(Codec<T> codec, T instance) {
        assertThat(codec.fromValue(codec.toValue(instance))).isEqualTo(instance);
        assertThat(Codec.of(Object.class).encode(codec.toValue(instance)))
                .isEqualTo(codec.encode(instance));
        return codec.decode(codec.encode(instance));
    }

    @Test
    void familiesAreTaggedBySimpleName() {
        var codec = Codec.of(OrderEvent.class);
        for (var event :
                List.of(
                        new Placed("o", 1),
                        new Paid("o"),
                        new Cancelled("o", "late"),
                        Closing.GONE)) {
            assertThat(through(codec, event)).isEqualTo(event);
        }
        assertThat(codec.toValue(new Placed("o", 1)))
                .isEqualTo(Map.of("Placed", Map.of("order", "o", "cents", 1L)));
        assertThat(codec.toValue(new Paid("o"))).isEqualTo(Map.of("paid", Map.of("order", "o")));
        assertThat(codec.toValue(Closing.GONE)).isEqualTo(Map.of("Closing", "lost"));
        assertThat(Codec.of(Placed.class).toValue(new Placed("o", 1)))
                .isEqualTo(Map.of("order", "o", "cents", 1L));
    }

    @Test
    void everyComponentTypeComesBack() {
        var everything =
                new Everything(
                        (byte) -1,
                        (short) 2,
                        3,
                        1.5f,
                        'ü',
                        BigInteger.TWO.pow(100),
                        Optional.of(Duration.ofSeconds(3)),
                        Map.of(LocalDate.EPOCH, 1),
                        Set.of("b", "a"),
                        new UUID(1, 2),
                        LocalDateTime.of(2001, 1, 1, 0, 47),
                        new Two<>("x", List.of(1L, 2L)),
                        List.of(1L, "x"),
                        Row.of("a", Instant.EPOCH),
                        Key.of("SFO", 5));
        assertThat(through(Codec.of(Everything.class), everything)).isEqualTo(everything);
    }

    @Test
    void recordsMayHoldThemselves() {
        var tree = new Tree("root", List.of(new Tree("leaf", List.of())));
        assertThat(through(Codec.of(Tree.class), tree)).isEqualTo(tree);
    }

    @Test
    void typesWithArgumentsHaveCodecsToo() {
        assertThat(through(Codec.of(Type.listOf(Placed.class)), List.of(new Placed("o", 1))))
                .containsExactly(new Placed("o", 1));
        assertThat(through(Codec.of(Type.mapOf(String.class, Long.class)), Map.of("a", 1L)))
                .containsEntry("a", 1L);
        assertThat(through(Codec.of(Type.setOf(Closing.class)), Set.of(Closing.DONE)))
                .containsExactly(Closing.DONE);
        assertThat(through(Codec.of(String.class), "SFO")).isEqualTo("SFO");
    }

    @Test
    void equalSetsAndMapsHaveEqualBytes() {
        var sets = Codec.of(Type.setOf(String.class));
        assertThat(sets.encode(new java.util.LinkedHashSet<>(List.of("b", "a"))))
                .isEqualTo(sets.encode(Set.of("a", "b")));
        var maps = Codec.of(Type.mapOf(String.class, Long.class));
        var reversed = new java.util.TreeMap<String, Long>(java.util.Comparator.reverseOrder());
        reversed.putAll(Map.of("a", 1L, "bb", 2L, "c", 3L));
        assertThat(maps.encode(reversed))
                .isEqualTo(maps.encode(Map.of("a", 1L, "bb", 2L, "c", 3L)));
    }

    @Test
    void rowsReadOneAfterAnotherShareTheirShape() {
        var codec = Codec.of(Row.class);
        var sfo = Row.of("iata", "SFO", "city", "San Francisco", "n", 1);
        var first = codec.decode(codec.encode(sfo));
        var second = codec.decode(codec.encode(sfo.with("iata", "LAX")));
        assertThat(second.shape()).isSameAs(first.shape());
        assertThat(second).isEqualTo(sfo.with("iata", "LAX"));
        for (var other :
                List.of(
                        sfo.without("n"),
                        sfo.with("m", 2),
                        sfo.without("city").with("town", "x"),
                        Row.of(),
                        sfo)) {
            assertThat(codec.decode(codec.encode(other))).isEqualTo(other);
        }
    }

    // ---- classes move on

    record Before(String order, long euros, String note) {}

    record After(String order, Optional<String> customer, List<String> tags, Integer count) {}

    record Strict(String order, long cents) {}

    @Test
    void componentsComeAndGo() {
        var bytes = Codec.of(Before.class).encode(new Before("o", 5, "x"));
        assertThat(Codec.of(After.class).decode(bytes))
                .isEqualTo(new After("o", Optional.empty(), List.of(), null));
        assertThatThrownBy(() -> Codec.of(Strict.class).decode(bytes))
                .isInstanceOf(Invalid.class)
                .hasMessage("cents must be there (was null)");
    }

    @Test
    void upgradeSeesWhatAnOlderClassWrote() {
        var codec =
                Codec.of(Strict.class)
                        .upgrading(
                                "Strict",
                                row ->
                                        row.has("cents")
                                                ? row
                                                : row.with("cents", row.integer("euros") * 100));
        assertThat(codec.decode(Codec.of(Before.class).encode(new Before("o", 5, "x"))))
                .isEqualTo(new Strict("o", 500));
        assertThat(codec.decode(codec.encode(new Strict("o", 7)))).isEqualTo(new Strict("o", 7));
        var events = Codec.of(OrderEvent.class).upgrading("Placed", row -> row.with("cents", 1));
        assertThat(events.decode(events.encode(new Placed("o", 9)))).isEqualTo(new Placed("o", 1));
        assertThat(events.decode(events.encode(new Paid("o")))).isEqualTo(new Paid("o"));
        var broken =
                Codec.of(Strict.class)
                        .upgrading(
                                "Strict",
                                row -> {
                                    throw new IllegalStateException("no");
                                });
        assertThatThrownBy(() -> broken.decode(codec.encode(new Strict("o", 7))))
                .isInstanceOf(UserFailure.class);
    }

    // ---- what does not fit

    record Percent(int value) {
        Percent {
            if (value > 100) {
                throw new IllegalArgumentException("more than all");
            }
        }
    }

    record Basket(List<Two<String, Percent>> lines) {}

    @Test
    void misfitIsNamedByItsPath() {
        var codec = Codec.of(Type.listOf(Placed.class));
        assertThatThrownBy(() ->
                        codec.fromValue(
                                List.of(
                                        Map.of("order", "o", "cents", 1),
                                        Map.of("order", "o", "cents", "x"))))
                .isInstanceOf(Invalid.class)
                .hasMessage("[1].cents must be integer (was x)");
        assertThatThrownBy(() ->
                        Codec.of(OrderEvent.class)
                                .fromValue(Map.of("Placed", Map.of("cents", 1, "order", 5))))
                .hasMessage("Placed.order must be text (was 5)");
        assertThatThrownBy(() -> Codec.of(OrderEvent.class).fromValue(Map.of("Stolen", Map.of())))
                .hasMessage(
                        "the value must be one of Cancelled, Closing, Placed, paid (was Stolen)");
    }

    @Test
    void recordsOwnChecksMakeDataInvalid() {
        var codec = Codec.of(Basket.class);
        var plain = Codec.of(Object.class);
        var bytes =
                plain.encode(
                        Map.of(
                                "lines",
                                List.of(Map.of("left", "x", "right", Map.of("value", 101)))));
        assertThatThrownBy(() -> codec.decode(bytes))
                .isInstanceOf(Invalid.class)
                .hasMessage("lines[0].right was refused by Percent: more than all (was [101])");
    }

    record Threads(Thread thread) {}

    record Twice(String a, @Name("a") String b) {}

    record ByFraction(Map<Double, String> map) {}

    @Test
    void typeWithoutAValueFormIsABadDefinition() {
        assertThatThrownBy(() -> Codec.of(Threads.class))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("java.lang.Thread: has no value form");
        assertThatThrownBy(() -> Codec.of(int[].class))
                .hasMessageStartingWith("int[]: has no value form");
        assertThatThrownBy(() -> Codec.of(Twice.class))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("@Name");
        assertThatThrownBy(() -> Codec.of(ByFraction.class))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("Map<Double, String>: has keys that are number");
    }

    record Named(String text) implements Reference {}

    record Holder(Named named, List<Named> more) {}

    /** A class of references is stored as their names, whatever else it looks like. */
    @Test
    void aReferenceIsItsNameAndIsFoundAgainByWhoReads() {
        Named known = new Named("known");
        Codec<Holder> codec = Codec.of(Holder.class);
        Holder holder = new Holder(known, List.of(known, known));
        byte[] bytes = codec.encode(holder);
        assertThat(Cbor.decode(bytes))
                .isEqualTo(Map.of("named", "known", "more", List.of("known", "known")));
        Holder read = Reference.resolving(text -> known, () -> codec.decode(bytes));
        assertThat(read.named()).isSameAs(known);
        assertThat(read).isEqualTo(holder);
        assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Reference.resolving(text -> null, () -> codec.decode(bytes)))
                .isInstanceOf(Invalid.class);
    }
}
