package dev.orrery.projection;

import static dev.orrery.projection.Nodes.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.Nodes.Node;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Crash;
import dev.orrery.testkit.RealPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Two processes over one PostgreSQL append, fold and serve followers; either is killed again and
 * again, at random moments of its own, and comes back. The followers live here and come back with
 * the last cursor that reached them. // laws P1, P2, P5, P8, P16; cases X01, X15, X17
 */
@Timeout(900) // seconds: a fault shows as a failure, not as a build that hangs
class SharedKillTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261127);
    private static final int KEYS = 40;
    private static final int IN_MEMORY = 10;
    private static final int PROCESSES = 2;
    private static final int A_PROCESS = 1_000_000;
    private static final Duration LEASE = Duration.ofMillis(400);
    private static final List<String> FOLLOWED =
            IntStream.range(0, 8).mapToObj(i -> "k" + i).toList();

    @TempDir Path directory;

    private static Node node(Nodes nodes) {
        return nodes.node(LEASE, _ -> {}, traces -> traces.keysInMemory(IN_MEMORY));
    }

    /** The event with a number of a process, the same in every life. */
    private static Step event(int process, int number) {
        return new Step("k" + number * 7919L % KEYS, process * A_PROCESS + number);
    }

    private static List<Recorded<Step>> everything(Node node) {
        List<Recorded<Step>> all = new ArrayList<>();
        Position place = node.log.start();
        List<Recorded<Step>> next = node.log.read(place, 4096);
        while (!next.isEmpty()) {
            all.addAll(next);
            place = next.getLast().position();
            next = node.log.read(place, 4096);
        }
        return all;
    }

    /** One life of one of the processes. */
    static final class Flow {
        private Flow() {}

        public static void main(String[] arguments) throws Exception {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setURL(arguments[0]);
            source.setUser("postgres");
            Path directory = Path.of(arguments[1]);
            int process = Integer.parseInt(arguments[2]);
            boolean last = arguments.length > 3;
            try (Node node = node(new Nodes(source))) {
                if (last) {
                    node.traces.atLeast(node.log.head(), SOON);
                }
                Map<String, Cursor> cursors = cursors(directory, node.traces);
                List<Thread> followers = new ArrayList<>();
                for (String key : FOLLOWED) {
                    long until = last ? node.traces.read(key).version() : Long.MAX_VALUE;
                    followers.add(
                            Thread.startVirtualThread(
                                    () -> follow(node.traces, key, cursors.get(key), until)));
                }
                say("begun");
                if (last) {
                    for (Thread follower : followers) {
                        assertThat(follower.join(SOON)).isTrue();
                    }
                } else {
                    append(node, process);
                    new CountDownLatch(1).await(); // the kill ends this
                }
            }
        }

        private static void append(Node node, int process) {
            int next =
                    (int)
                                    everything(node).stream()
                                            .filter(one ->
                                                    one.event().value() / A_PROCESS == process)
                                            .count()
                            + 1;
            SplittableRandom random = new SplittableRandom(SEED + next);
            while (next < A_PROCESS) {
                int end = next + 1 + random.nextInt(20);
                node.log.appendAll(
                        IntStream.range(next, end).mapToObj(i -> event(process, i)).toList());
                next = end;
                say("appended " + (end - 1));
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

    private static Map<String, Cursor> cursors(Path directory, LiveProjection<String, Trace> traces)
            throws IOException {
        Map<String, Cursor> cursors = new HashMap<>();
        Path file = directory.resolve("cursors");
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                cursors.put(words[0], traces.states(words[0]).cursor(words[1]));
            }
        }
        return cursors;
    }

    @Test
    void killsOfEitherProcessLoseAndDoubleNothingForStatesAndFollowers() {
        flow(SEED, 4);
    }

    @Tag("long")
    @Test
    void manyKillsOfEitherProcessLoseAndDoubleNothingForStatesAndFollowers() {
        for (int round = 1; round <= 5; round++) {
            flow(SEED + round, 20);
        }
    }

    private void flow(long seed, int kills) {
        Path here = directory.resolve("seed-" + seed);
        PGSimpleDataSource source =
                (PGSimpleDataSource) RealPostgres.schema("kill_" + Long.toHexString(seed));
        List<Outside> outside = new ArrayList<>();
        List<FutureTask<Integer>> running = new ArrayList<>();
        for (int process = 0; process < PROCESSES; process++) {
            Outside followers = new Outside(process, here.resolve("process-" + process));
            outside.add(followers);
            Crash crash =
                    Crash.seeded(seed * PROCESSES + process)
                            .work(Flow.class, source.getURL(), followers.place(), "" + process)
                            .within(Duration.ofMillis(1500))
                            .kills(kills);
            FutureTask<Integer> task = new FutureTask<>(() -> crash.run(followers::heard));
            running.add(task);
            Thread.startVirtualThread(task);
        }
        running.forEach(task -> assertThat(Workers.result(task)).isEqualTo(kills));
        for (Outside followers : outside) {
            followers.heard(
                    Crash.seeded(seed)
                            .work(
                                    Flow.class,
                                    source.getURL(),
                                    followers.place(),
                                    "" + followers.process,
                                    "the last")
                            .finish());
        }
        try (Node node = node(new Nodes(source))) {
            List<Recorded<Step>> log = everything(node);
            Map<String, List<Trace>> plain = new HashMap<>();
            log.forEach(recorded -> {
                List<Trace> states =
                        plain.computeIfAbsent(
                                recorded.event().key(), _ -> new ArrayList<>(List.of(Trace.NONE)));
                states.add(states.getLast().then(recorded.event()));
            });
            node.traces.atLeast(node.log.head(), SOON);
            assertThat(node.traces.count()).isEqualTo(plain.size());
            plain.forEach((key, states) -> {
                assertThat(node.traces.require(key)).as(key).isEqualTo(states.getLast());
                assertThat(node.traces.read(key).version()).isEqualTo(states.size() - 1);
            });
            outside.forEach(followers -> followers.haveEverything(log, plain));
        }
    }

    /** Those who follow keys at one of the processes, from outside. */
    private static final class Outside {
        private final int process;
        private final Path directory;
        private final Map<String, Cursor.Numbered> places = new ConcurrentHashMap<>();
        private final Map<String, List<String>> heard = new ConcurrentHashMap<>();
        private int appended;

        private Outside(int process, Path directory) {
            this.process = process;
            this.directory = directory;
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String place() {
            return directory.toString();
        }

        /** What a life told them: the next version of each, with the state of that version. */
        private void heard(Crash.Life life) {
            for (String line : life.output()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "begun" -> {}
                    case "appended" -> appended = Integer.parseInt(words[1]);
                    case "whole", "delta" -> heard(words, "life " + life.number() + ": " + line);
                    default -> throw new AssertionError(line);
                }
            }
            try {
                Files.write(
                        directory.resolve("cursors"),
                        places.entrySet().stream()
                                .map(place -> place.getKey() + " " + place.getValue().text())
                                .toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void heard(String[] words, String said) {
            String key = words[1];
            Cursor.Numbered at = Cursor.Numbered.parse(words[2]);
            Cursor.Numbered before = places.get(key);
            if (words[0].equals("whole")) {
                assertThat(before).as("nobody who comes back starts again, %s", said).isNull();
            } else {
                assertThat(at.epoch()).as(said).isEqualTo(before.epoch());
                assertThat(at.offset()).as(said).isEqualTo(before.offset() + 1);
            }
            heard.computeIfAbsent(key, _ -> new ArrayList<>()).add(at.offset() + " " + words[3]);
            places.put(key, at);
        }

        private void haveEverything(List<Recorded<Step>> log, Map<String, List<Trace>> plain) {
            List<Integer> own =
                    log.stream()
                            .map(recorded -> recorded.event().value())
                            .filter(value -> value / A_PROCESS == process)
                            .map(value -> value % A_PROCESS)
                            .toList();
            assertThat(own)
                    .as("every event once, in order")
                    .isEqualTo(IntStream.rangeClosed(1, own.size()).boxed().toList());
            assertThat(own.size()).as("acknowledged").isGreaterThanOrEqualTo(appended).isPositive();
            for (String key : FOLLOWED) {
                List<Trace> states = plain.get(key);
                List<String> told = heard.get(key);
                for (String one : told) {
                    String[] words = one.split(" ");
                    assertThat(states.get(Integer.parseInt(words[0])).digest())
                            .as("%s at version %s", key, words[0])
                            .isEqualTo(Long.parseLong(words[1]));
                }
                assertThat(told.getLast()).startsWith(states.size() - 1 + " ");
            }
        }
    }
}
