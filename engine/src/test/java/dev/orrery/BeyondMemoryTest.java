package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Column;
import dev.orrery.core.StoredRelation;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Query;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries over a projection most of whose keys are not in memory. // laws C65, C66 */
class BeyondMemoryTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int KEYS = 300;
    private static final int IN_MEMORY = 4;

    record Flight(String origin, int delay) {}

    record Delays(long count, long sum) {}

    @TempDir private Path directory;

    /** A log, a projection of few keys in memory, and queries over one key, two and a set. */
    private static final class Wired implements AutoCloseable {
        final Orrery orrery;
        final EventLog<Flight> flights;
        final LiveProjection<String, Delays> delays;
        final Query<String, Long> twice;
        final Query<Integer, Long> pair;
        final Query<Long, Long> late;

        Wired(Path directory) {
            orrery = Orrery.open(directory);
            flights = orrery.log("flights", Flight.class);
            delays =
                    orrery.projection(
                            flights,
                            Projection.of("delays", Flight.class)
                                    .key(String.class, Flight::origin)
                                    .state(Delays.class, new Delays(0, 0))
                                    .fold((before, flight) ->
                                            new Delays(
                                                    before.count() + 1,
                                                    before.sum() + flight.delay()))
                                    .keysInMemory(IN_MEMORY));
            twice =
                    orrery.query(
                            "twice",
                            String.class,
                            Long.class,
                            key -> 2 * delays.find(key).map(Delays::sum).orElse(0L));
            pair =
                    orrery.query(
                            "pair",
                            Integer.class,
                            Long.class,
                            number -> twice.of(key(number)) + twice.of(key(number + KEYS / 2)));
            late =
                    orrery.query(
                            "late",
                            Long.class,
                            Long.class,
                            least -> delays.where(Column.integer("sum").ge(least)).count());
            orrery.start();
        }

        void fly(List<Flight> some) {
            flights.appendAll(some);
            orrery.settle(LIMIT);
        }

        @Override
        public void close() {
            orrery.close();
        }
    }

    private static String key(int number) {
        return "k" + number;
    }

    private static List<Flight> oneOfEach() {
        return IntStream.range(0, KEYS)
                .mapToObj(number -> new Flight(key(number), number))
                .toList();
    }

    @Test
    void aResultOverAKeyThatWasLeftOutIsMadeAnewWhenThatChangesAndOnlyThen() {
        try (Wired wired = new Wired(directory)) {
            wired.fly(oneOfEach());
            for (int number = 0; number < KEYS; number++) {
                assertThat(wired.twice.of(key(number))).isEqualTo(2L * number);
            }
            assertThat(((StoredRelation<?, ?>) wired.delays).keysInMemory())
                    .isLessThanOrEqualTo(IN_MEMORY);
            long ran = wired.twice.statistics().computed();
            wired.fly(List.of(new Flight("k7", 100)));
            wired.fly(List.of(new Flight("elsewhere", 1)));
            assertThat(wired.twice.of("k7")).isEqualTo(214);
            assertThat(wired.twice.of("k8")).isEqualTo(16);
            assertThat(wired.twice.of("k250")).isEqualTo(500);
            assertThat(wired.twice.statistics().computed() - ran).isEqualTo(1);
        }
    }

    @Test
    void queriesEqualThePlainSumsWhateverChangesAndWhateverIsRead() {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("-Dorrery.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        long[] sums = new long[KEYS];
        Wired wired = new Wired(directory);
        try {
            for (int step = 0; step < 300; step++) {
                if (random.nextInt(100) == 0) {
                    wired.close();
                    wired = new Wired(directory);
                }
                List<Flight> some = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    int number = random.nextInt(KEYS);
                    int delay = random.nextInt(10);
                    sums[number] += delay;
                    some.add(new Flight(key(number), delay));
                }
                wired.fly(some);
                for (int i = 0; i < 10; i++) {
                    int number = random.nextInt(KEYS / 2);
                    assertThat(wired.pair.of(number))
                            .isEqualTo(2 * (sums[number] + sums[number + KEYS / 2]));
                }
                assertThat(wired.late.of(15L))
                        .isEqualTo(IntStream.range(0, KEYS).filter(i -> sums[i] >= 15).count());
            }
        } finally {
            wired.close();
        }
    }
}
