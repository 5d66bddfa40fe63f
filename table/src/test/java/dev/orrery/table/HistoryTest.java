package dev.orrery.table;

import static dev.orrery.table.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import dev.orrery.table.Rig.City;
import dev.orrery.testkit.Histories;
import dev.orrery.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Random histories of local writes, foreign writes, refusals, failures and restarts. */
class HistoryTest {
    private static final List<String> IDS = List.of("a", "b", "c");

    /** A live table, and what its own writers and others did to it. */
    private static final class Subject implements AutoCloseable {
        private final Rig rig = new Rig(new City("a", "A", 1L), new City("b", "B", 2L));
        private final List<Write<City>> writes = new ArrayList<>();
        private long number;

        private String local(Seeded random) {
            String id = random.pick(IDS);
            long value = ++number;
            try {
                switch (random.below(4)) {
                    case 0 -> writes.add(rig.cities.insert(new City(id, "new", value)));
                    case 1 -> writes.add(rig.cities.delete(id));
                    case 2 -> writes.add(rig.cities.patch(id, Row.of("name", "n" + value)));
                    default ->
                            writes.add(
                                    rig.cities.update(
                                            id, city -> new City(id, city.name(), value)));
                }
                return id + " as " + value;
            } catch (Conflict | Missing expected) {
                return id + ": " + expected.getMessage();
            }
        }

        private String commit(Seeded random) {
            try {
                rig.timeline.commit(() -> {
                    for (int i = random.below(3); i >= 0; i--) {
                        local(random);
                    }
                    if (random.oneIn(4)) {
                        throw new Missing("nothing", "cancelled");
                    }
                });
                return "done";
            } catch (Missing | Conflict cancelled) { // on purpose, or another commit was quicker
                return "cancelled";
            }
        }

        private String tryForeign(Seeded random) {
            try {
                return foreign(random);
            } catch (Conflict | Missing raced) { // the courier was quicker
                return raced.getMessage();
            }
        }

        private String foreign(Seeded random) {
            String id = random.pick(IDS);
            Table table = rig.source.table();
            long value = ++number;
            if (random.oneIn(3)) {
                table.delete(Key.of(id));
            } else if (table.find(Key.of(id)).isPresent()) {
                table.patch(Key.of(id), Row.of("name", "f" + value));
            } else {
                table.insert(Row.from(new City(id, "foreign", value)));
            }
            return id + " as " + value;
        }

        private String trouble(Seeded random) {
            int what = random.below(5);
            rig.driver.away = what == 0;
            long lucky = random.below(2);
            rig.driver.refused =
                    what == 1 ? mutation -> mutation.id().hashCode() % 2 == lucky : _ -> false;
            rig.driver.answerLost = what == 2 ? _ -> true : _ -> false;
            return List.of("away", "refusing", "losing an answer", "well", "well").get(what);
        }

        private String restart() {
            Map<String, City> before = visible();
            boolean idle = rig.driver.away;
            rig.restart();
            if (idle) {
                assertThat(visible()).as("served after a restart").isEqualTo(before);
            }
            return idle ? "while the source is away" : "";
        }

        private Map<String, City> visible() {
            Map<String, City> map = new TreeMap<>();
            rig.cities.list().forEach(city -> map.put(city.id(), city));
            return map;
        }

        private void atRestEqualsTheSource() { // law T14
            rig.driver.away = false;
            rig.rest();
            assertThat(rig.cities.list()).isEqualTo(rig.atTheSource());
            writes.forEach(write ->
                    assertThat(
                                    write.state().isSettled()
                                            || write.state() == Write.State.SENT
                                            || write.state() == Write.State.ACCEPTED)
                            .isTrue());
        }

        @Override
        public void close() {
            try {
                atRestEqualsTheSource();
            } finally {
                rig.close();
            }
        }
    }

    @Test
    void atRestTheLiveTableEqualsItsSource() { // law T14
        Histories.of(Subject::new)
                .step(6, (subject, random) -> "write " + subject.local(random))
                .step(2, (subject, random) -> "commit " + subject.commit(random))
                .step(3, (subject, random) -> "foreign " + subject.tryForeign(random))
                .step(2, (subject, random) -> "source is " + subject.trouble(random))
                .step(1, (subject, random) -> "restart " + subject.restart())
                .step(
                        1,
                        (subject, random) -> {
                            subject.atRestEqualsTheSource();
                            return "rest";
                        })
                .run(60, 40);
    }

    @Test
    void everyAcknowledgedWriteOfManyThreadsIsCountedOnceAndReadersSeeOnlyWholeCommits()
            throws Exception { // law T7
        int threads = 4;
        int each = 60;
        try (Rig rig = new Rig(new City("a", "A", 0L), new City("b", "B", 0L));
                var pool = Executors.newFixedThreadPool(threads + 2)) {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Future<Long>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                done.add(
                        pool.submit(() -> {
                            ready.countDown();
                            ready.await();
                            long counted = 0;
                            for (int i = 0; i < each; i++) {
                                counted += countBoth(rig) ? 1 : 0;
                            }
                            return counted;
                        }));
            }
            Future<?> stranger =
                    pool.submit(() -> {
                        for (int i = 0; i < each; i++) {
                            rig.foreign("a", Row.of("name", "f" + i));
                            rig.foreign("b", Row.of("name", "f" + i));
                        }
                    });
            long total = 0;
            for (Future<Long> one : done) {
                total += one.get();
            }
            stranger.get();
            rig.rest();

            assertThat(rig.cities.list()).isEqualTo(rig.atTheSource());
            assertThat(rig.cities.require("a").people()).isEqualTo(total);
            assertThat(rig.cities.require("b").people()).isEqualTo(total);
            assertThat(total).isEqualTo((long) threads * each);
        }
    }

    /**
     * Counts up in both rows in one commit, again when another commit was quicker; true when the
     * source took it.
     */
    private static boolean countBoth(Rig rig) {
        while (true) {
            List<Write<City>> writes = new ArrayList<>();
            try {
                rig.timeline.commit(() -> {
                    for (String id : List.of("a", "b")) {
                        writes.add(
                                rig.cities.update(
                                        id, city -> new City(id, city.name(), city.people() + 1)));
                    }
                });
            } catch (Conflict quicker) {
                continue;
            }
            writes.forEach(write -> write.await(SOON));
            return true;
        }
    }

    @Test
    void updatesOfManyThreadsAreNotLost() throws Exception { // law T16
        try (Rig rig = new Rig(new City("a", "A", 0L));
                var pool = Executors.newFixedThreadPool(4)) {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                done.add(
                        pool.submit(() -> {
                            for (int i = 0; i < 50; i++) {
                                rig.cities.update(
                                        "a", city -> new City("a", "A", city.people() + 1));
                            }
                        }));
            }
            for (Future<?> one : done) {
                one.get();
            }
            assertThat(rig.cities.require("a").people()).isEqualTo(200);
            rig.rest();
            assertThat(rig.atTheSource()).containsExactly(new City("a", "A", 200L));
        }
    }
}
