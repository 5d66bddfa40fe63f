package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongConsumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The random histories can fail: each fault planted into what they run is found. */
@Timeout(120)
class PlantedFaultsTest {
    private static final int HISTORIES = 5_000;
    private static final String PUBLISHED = "PublishedHistories";

    /** A line of the protocol as it is, and as it must not be. */
    enum Fault {
        STORE_IS_READ_BEFORE_THE_RING_IS_WATCHED(
                "core",
                "dev.orrery.core.StoredFeed",
                "handOut(store.whole())",
                "handOut(java.util.stream.Stream.of(store.whole())"
                        + ".peek(_ -> asked = ring.changes()).findFirst().orElseThrow())"),
        HOLE_IN_THE_RING_IS_NOT_SEEN(
                "core",
                "dev.orrery.core.DeltaRing",
                "if (!sameLife || at.offset() > newest + 1) {",
                "if (!sameLife) {"),
        OVERWRITTEN_ENTRIES_ARE_HANDED_OUT(
                "core",
                "dev.orrery.core.DeltaRing",
                "oldest = Math.max(oldest, newest - slots.length + 1);",
                ""),
        PLACE_OF_ANOTHER_LIFE_IS_CONTINUED(
                "core",
                "dev.orrery.core.DeltaRing",
                "place.epoch().equals(epoch) && place.offset() >= oldest - 1",
                "epoch != null && place.offset() >= oldest - 1"),
        PLACE_IS_TAKEN_AS_THE_NEXT_AND_NOT_THE_LAST_SEEN(
                "core",
                "dev.orrery.core.DeltaRing",
                "new Look.Next<>(delta(place.offset() + 1))",
                "new Look.Next<>(delta(Math.max(oldest, place.offset())))"),
        TOO_OLD_A_PLACE_IS_ANSWERED_BY_SILENCE(
                "core",
                "dev.orrery.core.StoredFeed",
                "return readWhole(changes);\n            }\n            asked",
                "asked = changes;\n                return null;\n            }\n            asked"),
        STORE_IS_READ_ONCE_THOUGH_IT_HAS_MORE(
                "core",
                "dev.orrery.core.StoredFeed",
                "missed.get().size() < READ_AT_ONCE ? changes : NEVER_ASKED",
                "changes"),
        FIRST_OF_WHAT_WAS_MISSED_IS_DROPPED(
                "channel",
                "dev.orrery.channel.Joining",
                "messages.ahead = first.map(FeedMessages::message);",
                ""),
        GAP_MOVES_THE_PLACE(
                "channel",
                "dev.orrery.channel.Attachment",
                "return new Message.Gap(place, to);",
                "place = to;"),
        CLOSED_ATTACHMENT_IS_KEPT(
                "channel",
                "dev.orrery.channel.Connection",
                "        attached.decrementAndGet();\n    }\n\n    /** How many",
                "    }\n\n    /** How many"),
        OWN_MESSAGE_HIDES_A_GAP(
                PUBLISHED,
                "dev.orrery.channel.MessageRing",
                "if (offset < lost) {\n                return;",
                "if (offset < 0) {\n                return;"),
        REPLACED_MESSAGE_TAKES_ROOM_IN_THE_HISTORY(
                PUBLISHED,
                "dev.orrery.channel.MessageRing",
                "messages.remove(older) != null && older > floor",
                "messages.remove(older) != null && older < 0"),
        OLD_MESSAGE_IS_HANDED_OUT(
                PUBLISHED,
                "dev.orrery.channel.MessageRing",
                "nanos.getAsLong() - history.age().get().toNanos()",
                "nanos.getAsLong() - 2 * history.age().get().toNanos()"),
        WHAT_IS_NOT_KEPT_IS_CONTINUED(
                PUBLISHED,
                "dev.orrery.channel.MessageRing",
                "return place(Math.max(floor, place.offset()));",
                "return place(Math.max(lost, place.offset()));"),
        COMING_BEFORE_THE_ROSTER_IS_TOLD_AFTER_IT(
                PUBLISHED,
                "dev.orrery.channel.MessageRing",
                "private long coming = lastComing;",
                "private long coming = Math.max(0, lastComing - 1);"),
        EVERY_TAB_THAT_CLOSES_IS_A_LEAVE(
                PUBLISHED,
                "dev.orrery.channel.Roster",
                "if (!seat.connections().isEmpty()) {",
                "if (seat.connections().size() > 9) {"),
        SENDER_GETS_ITS_OWN(
                PUBLISHED,
                "dev.orrery.channel.MessageRing",
                "next.getValue().except() == reader;",
                "next.getValue().except() == null;");

        private final String simulation;
        private final String module;
        private final String className;
        private final String original;
        private final String replacement;

        Fault(String kind, String className, String original, String replacement) {
            this.simulation = kind.equals(PUBLISHED) ? kind : "JoinSimulation";
            this.module = kind.equals(PUBLISHED) ? "channel" : kind;
            this.className = className;
            this.original = original;
            this.replacement = replacement;
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void theSimulationFinds(Fault fault) throws Exception {
        Mutant world = new Mutant(fault.module, fault.className, fault.original, fault.replacement);
        var constructor =
                world.loadClass("dev.orrery.channel." + fault.simulation).getDeclaredConstructor();
        constructor.setAccessible(true);
        LongConsumer simulation = (LongConsumer) constructor.newInstance();
        Throwable found = null;
        long seed = 0;
        while (found == null && seed < HISTORIES) {
            found = thrownBy(simulation, seed++);
        }
        System.out.printf("%s: %s, in history %d%n", fault, firstLine(found), seed);
        assertThat(found).as("what %s breaks", fault).isNotNull();
    }

    private static String firstLine(Throwable found) {
        return found == null ? "not found" : String.valueOf(found).lines().findFirst().orElse("");
    }

    private static Throwable thrownBy(LongConsumer simulation, long seed) {
        try {
            simulation.accept(seed);
            return null;
        } catch (AssertionError | RuntimeException broken) {
            return broken;
        }
    }
}
