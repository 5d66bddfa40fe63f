package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.projection.Rig.Step;
import dev.orrery.testkit.Crash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process killed while it has effects: what they did is what it printed. */
class EffectCrashTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261126);
    private static final int AT_ONCE = 3;
    private static final int KEYS = 7;

    @TempDir Path directory;

    private static Effect<Step, String> printing() {
        return Effect.of("mail", Step.class)
                .key(String.class, Step::key)
                .perform(attempt -> {
                    int value = attempt.event().value();
                    if (value % 11 == 0 && attempt.number() == 1) {
                        throw new IllegalStateException("not now");
                    }
                    say("did " + value + " " + attempt.deduplicationKey());
                })
                .onFault(_ -> Fault.retryIn(Duration.ofMillis(3)))
                .atOnce(AT_ONCE)
                .fromFirstEvent();
    }

    /** One write to the pipe, whole or not at all. */
    private static synchronized void say(String line) {
        System.out.println(line);
    }

    private static Step event(long number) {
        return new Step("k" + number * 7919 % KEYS, (int) number);
    }

    /** Appends up to a number of events while the effect is done for them. */
    static final class Mailing {
        private Mailing() {}

        public static void main(String[] arguments) {
            long events = Long.parseLong(arguments[1]);
            try (EffectsRig rig = new EffectsRig(Path.of(arguments[0]))) {
                LiveEffect<String> mail = rig.run(printing());
                say("up");
                while (rig.rig.log.head().number() < events) {
                    rig.rig.log.append(event(rig.rig.log.head().number() + 1));
                }
                mail.atLeast(rig.rig.log.head(), SOON);
                Waits.until(() -> mail.totals().waitingEvents() == 0);
            }
        }
    }

    @Test
    void whateverTheMomentOfAKillEachEffectIsDoneInOrderAndOnlyWhatWasUnderWayTwice() {
        List<String> said = new ArrayList<>();
        int kills =
                crash(Long.MAX_VALUE)
                        .kills(10)
                        .within(Duration.ofMillis(300))
                        .run(life -> said.addAll(life.output()));
        assertThat(kills).isEqualTo(10);
        long events;
        try (Rig rig = new Rig(directory)) {
            events = rig.log.head().number() + 100;
        }
        said.addAll(crash(events).finish().output());

        Map<Long, Set<String>> deduplicationKeys = new HashMap<>();
        Map<String, LinkedHashSet<Long>> orders = new HashMap<>();
        int did = 0;
        for (String line : said) {
            if (line.startsWith("did ")) {
                did++;
                String[] words = line.split(" ");
                long number = Long.parseLong(words[1]);
                deduplicationKeys.computeIfAbsent(number, _ -> new LinkedHashSet<>()).add(words[2]);
                orders.computeIfAbsent(event(number).key(), _ -> new LinkedHashSet<>()).add(number);
            }
        }
        assertThat(LongStream.rangeClosed(1, events).filter(n -> !deduplicationKeys.containsKey(n)))
                .as("events without an effect")
                .isEmpty();
        assertThat(deduplicationKeys.values()).allMatch(keys -> keys.size() == 1);
        assertThat(deduplicationKeys.values().stream().flatMap(Set::stream).distinct().count())
                .isEqualTo(events);
        orders.values()
                .forEach(order ->
                        assertThat(List.copyOf(order)).as("after deduplication").isSorted());
        assertThat(did - events).as("repeated").isBetween(0L, (long) kills * AT_ONCE);
    }

    private Crash crash(long events) {
        return Crash.seeded(SEED).work(Mailing.class, directory.toString(), Long.toString(events));
    }

    /** Does the effect of its first event, and in its first life never comes back from it. */
    static final class DiesAfterTheEffect {
        private DiesAfterTheEffect() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            Path marker = directory.resolve("marker");
            boolean first = !Files.exists(marker);
            try (EffectsRig rig = new EffectsRig(directory)) {
                if (first) {
                    rig.rig.log.append(event(1));
                }
                LiveEffect<String> mail =
                        rig.run(
                                Effect.of("mail", Step.class)
                                        .key(String.class, Step::key)
                                        .perform(attempt -> {
                                            Files.writeString(marker, "sent");
                                            say(
                                                    "sent "
                                                            + attempt.number()
                                                            + " "
                                                            + attempt.deduplicationKey());
                                            if (first) {
                                                new CountDownLatch(1).await();
                                            }
                                        })
                                        .fromFirstEvent());
                mail.atLeast(rig.rig.log.head(), SOON);
                say("position " + mail.position().number());
            }
        }
    }

    @Test
    void aKillBetweenTheEffectAndItsPositionRepeatsItUnderTheSameKey() {
        List<String> said = new ArrayList<>();
        Crash crash =
                Crash.seeded(SEED)
                        .work(DiesAfterTheEffect.class, directory.toString())
                        .within(Duration.ofMillis(50));
        assertThat(crash.kills(1).run(life -> said.addAll(life.output()))).isEqualTo(1);
        assertThat(said).hasSize(1);
        said.addAll(crash.finish().output());
        assertThat(said).hasSize(3);
        assertThat(said.get(1)).startsWith("sent 1 ").isEqualTo(said.get(0));
        assertThat(said.get(2)).isEqualTo("position 1");
        assertThat(crash.finish().output()).containsExactly("position 1");
    }
}
