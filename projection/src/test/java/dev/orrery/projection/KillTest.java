package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Crash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 100,000 events over 20,000 keys, in transactions of 750, through a process that is killed ten
 * times on the way, while subscribers follow; they live here and come back with the last cursor
 * that reached them. // laws P1, P2, P5, P8; cases X01, X03, X17
 */
class KillTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261126);
    private static final int EVENTS = 100_000;
    private static final int KEYS = 20_000;
    private static final int HOT = 10;
    private static final int TOGETHER = 750;
    private static final int KILLS = 10;

    /** What a life appends, so that each of them has something to append. */
    private static final int A_LIFE = 13 * TOGETHER;

    /** The keys that are followed: hot ones, and some like all others. */
    private static final List<String> FOLLOWED =
            IntStream.range(0, HOT + 10).mapToObj(i -> "k" + (i < HOT ? i : i * 997)).toList();

    @TempDir Path directory;

    /** The event with a number, the same in every life; every tenth is of a hot key. */
    private static Step event(long number) {
        long key = number % 10 == 0 ? number / 10 % HOT : (number - number / 10) * 7919 % KEYS;
        return new Step("k" + key, (int) (number * 31 % 1000));
    }

    /** Appends, folds and serves the followers, from where the life before stopped. */
    static final class Flow {
        private Flow() {}

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            boolean last = arguments.length > 1;
            try (Rig rig = new Rig(directory)) {
                LiveProjection<String, Trace> traces = rig.traces();
                Map<String, Cursor> cursors = cursors(directory, traces);
                List<Thread> followers = new ArrayList<>();
                for (String key : FOLLOWED) {
                    long until = last ? statesOf(key).size() - 1 : Long.MAX_VALUE;
                    followers.add(
                            Thread.startVirtualThread(
                                    () -> follow(traces, key, cursors.get(key), until)));
                }
                say("head " + rig.log.head().number());
                append(rig, last ? EVENTS : Math.min(EVENTS, rig.log.head().number() + A_LIFE));
                if (!last) {
                    new CountDownLatch(1).await(); // the kill ends this
                }
                traces.atLeast(rig.log.head(), SOON);
                for (Thread follower : followers) {
                    assertThat(follower.join(SOON)).isTrue();
                }
            }
        }

        private static void append(Rig rig, long end) {
            for (long from = rig.log.head().number() + 1; from <= end; from += TOGETHER) {
                rig.log.appendAll(
                        LongStream.range(from, Math.min(from + TOGETHER, EVENTS + 1))
                                .mapToObj(KillTest::event)
                                .toList());
            }
        }

        private static void follow(
                LiveProjection<String, Trace> traces, String key, Cursor cursor, long until) {
            var states = traces.states(key);
            try (Subscription<Update<Trace, Trace>> updates =
                    cursor == null ? states.subscribe() : states.subscribe(cursor)) {
                long version = cursor == null ? -1 : ((Cursor.Numbered) cursor).offset();
                while (version < until) {
                    Update<Trace, Trace> update = updates.next();
                    version = ((Cursor.Numbered) update.cursor()).offset();
                    switch (update) {
                        case Update.Whole(var at, Trace state) -> tell("whole", key, at, state);
                        case Update.Delta(var at, Trace state) -> tell("delta", key, at, state);
                    }
                }
            }
        }

        private static void tell(String kind, String key, Cursor at, Trace state) {
            say(String.join(" ", kind, key, at.text(), Long.toString(state.digest())));
        }

        /** One write to the pipe. */
        private static synchronized void say(String line) {
            System.out.println(line);
        }
    }

    private static Path placeOf(Path directory) {
        return directory.resolve("cursors");
    }

    private static Map<String, Cursor> cursors(Path directory, LiveProjection<String, Trace> traces)
            throws IOException {
        Map<String, Cursor> cursors = new HashMap<>();
        if (Files.exists(placeOf(directory))) {
            for (String line : Files.readAllLines(placeOf(directory))) {
                String[] words = line.split(" ");
                cursors.put(words[0], traces.states(words[0]).cursor(words[1]));
            }
        }
        return cursors;
    }

    /** The states of a key, by version. */
    private static List<Trace> statesOf(String key) {
        List<Trace> states = new ArrayList<>(List.of(Trace.NONE));
        for (long number = 1; number <= EVENTS; number++) {
            Step step = event(number);
            if (step.key().equals(key)) {
                states.add(states.getLast().then(step));
            }
        }
        return states;
    }

    @Test
    void tenKillsLoseAndDoubleNothingForStatesAndFollowers() {
        flow(SEED, directory);
    }

    @Tag("long")
    @Test
    void twoHundredKillsLoseAndDoubleNothingForStatesAndFollowers() {
        for (int round = 1; round <= 20; round++) {
            flow(SEED + round, directory.resolve("round-" + round));
        }
    }

    private static void flow(long seed, Path directory) {
        Followers followers = new Followers(directory);
        int kills =
                Crash.seeded(seed)
                        .work(Flow.class, directory.toString())
                        .within(Duration.ofMillis(300))
                        .kills(KILLS)
                        .run(followers::heard);
        assertThat(kills).as("lives that were killed").isEqualTo(KILLS);
        followers.heard(
                Crash.seeded(seed).work(Flow.class, directory.toString(), "the last").finish());
        followers.haveEverything();
        statesEqualAPlainFold(directory);
    }

    private static void statesEqualAPlainFold(Path directory) {
        Map<String, Trace> plain = new HashMap<>();
        for (long number = 1; number <= EVENTS; number++) {
            Step step = event(number);
            plain.put(step.key(), plain.getOrDefault(step.key(), Trace.NONE).then(step));
        }
        assertThat(plain.size()).isEqualTo(KEYS);
        try (Rig rig = new Rig(directory)) {
            assertThat(rig.log.head().number()).isEqualTo(EVENTS);
            LiveProjection<String, Trace> traces = rig.traces().atLeast(rig.log.head(), SOON);
            assertThat(traces.count()).isEqualTo(KEYS);
            assertThat(
                            plain.keySet().stream()
                                    .filter(key -> !traces.require(key).equals(plain.get(key))))
                    .as("keys whose state is not that of a plain fold")
                    .isEmpty();
        }
    }

    /** Those who follow keys from outside: they outlive the process and know what they got last. */
    private static final class Followers {
        private final Path directory;
        private final Map<String, List<Trace>> expected = new HashMap<>();
        private final Map<String, Cursor.Numbered> places = new HashMap<>();
        private final Map<String, Integer> wholes = new HashMap<>();

        private Followers(Path directory) {
            this.directory = directory;
            FOLLOWED.forEach(key -> expected.put(key, statesOf(key)));
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** What a life told them: the next version of each, with the state of that version. */
        private void heard(Crash.Life life) {
            for (String line : life.output()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "head" ->
                            assertThat(Long.parseLong(words[1]))
                                    .as("a transaction is kept whole or not at all")
                                    .matches(head -> head % TOGETHER == 0 || head == EVENTS);
                    case "whole", "delta" -> heard(words, "life " + life.number() + ": " + line);
                    default -> throw new AssertionError(line);
                }
            }
            remember();
        }

        private void heard(String[] words, String said) {
            String key = words[1];
            Cursor.Numbered at = Cursor.Numbered.parse(words[2]);
            Cursor.Numbered before = places.get(key);
            if (words[0].equals("whole")) {
                assertThat(before).as("nobody who comes back starts again, %s", said).isNull();
                wholes.merge(key, 1, Integer::sum);
            } else {
                assertThat(at.epoch()).as(said).isEqualTo(before.epoch());
                assertThat(at.offset()).as(said).isEqualTo(before.offset() + 1);
            }
            assertThat(Long.parseLong(words[3]))
                    .as(said)
                    .isEqualTo(expected.get(key).get((int) at.offset()).digest());
            places.put(key, at);
        }

        private void remember() {
            try {
                Files.write(
                        placeOf(directory),
                        places.entrySet().stream()
                                .map(place -> place.getKey() + " " + place.getValue().text())
                                .toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void haveEverything() {
            expected.forEach((key, states) -> {
                assertThat(places.get(key).offset()).as(key).isEqualTo(states.size() - 1);
                assertThat(wholes.get(key)).as(key).isEqualTo(1);
            });
        }
    }
}
