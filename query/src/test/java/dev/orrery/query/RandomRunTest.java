package dev.orrery.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random histories against evaluation from scratch at the bound revision, and the laws of the graph
 * at rest after each. Laws Q1 to Q11.
 */
class RandomRunTest {
    @Test
    void everyReadIsTrueAtItsRevisionInOneThread() {
        Seeds.of(20).forEach(seed -> Seeds.run(seed, () -> inOneThread(seed, 600)));
    }

    @Test
    void everyReadIsTrueAtItsRevisionAmongWritersReadersAndSnapshots() {
        Seeds.of(6).forEach(seed -> concurrently(seed, Duration.ofSeconds(1)));
    }

    @Test
    @Tag("long")
    void aLongRunFindsNothing() {
        Seeds.of(12).forEach(seed -> concurrently(seed, Duration.ofSeconds(15)));
    }

    private static void concurrently(long seed, Duration length) {
        RandomRun run = new RandomRun(seed, length, Set.of());
        Seeds.run(seed, run::check);
        System.out.println(run);
    }

    /** Single steps, with the sweep after each few and a bounded number of runs. */
    private static void inOneThread(long seed, int steps) {
        World world = new World(seed, Set.of(), false);
        Random random = new Random(seed);
        List<Snapshot> open = new ArrayList<>();
        List<World.Diverged> diverged = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
            world.change(random);
            for (int i = random.nextInt(6); i >= 0; i--) {
                world.checkNow(random.nextInt(World.KEYS));
            }
            if (random.nextInt(5) == 0 && open.size() < 3) {
                open.add(world.queries.snapshot());
            }
            for (Snapshot snapshot : open) {
                world.checkAt(snapshot, random.nextInt(World.KEYS));
            }
            if (random.nextInt(6) == 0 && !open.isEmpty()) {
                open.remove(random.nextInt(open.size())).close();
            }
            diverge(world, diverged, random);
            if (random.nextInt(10) == 0) {
                world.checkForget(random.nextInt(World.KEYS));
            }
            if (step % 20 == 0) {
                world.checkAtRest();
                diverged.forEach(World.Diverged::checkAtRest);
            }
        }
        diverged.forEach(World.Diverged::close);
        open.forEach(Snapshot::close);
        world.checkAtRest();
        world.queries.close();
    }

    private static void diverge(World world, List<World.Diverged> diverged, Random random) {
        if (random.nextInt(8) == 0 && diverged.size() < 4) {
            World.Diverged parent =
                    diverged.isEmpty() ? null : diverged.get(random.nextInt(diverged.size()));
            boolean nest = parent != null && random.nextBoolean();
            diverged.add(nest ? parent.nested() : world.new Diverged());
        }
        for (World.Diverged each : diverged) {
            if (random.nextInt(3) == 0) {
                each.change(random);
            }
            each.check(random.nextInt(World.KEYS));
        }
        if (random.nextInt(12) == 0 && !diverged.isEmpty()) {
            diverged.remove(random.nextInt(diverged.size())).close();
        }
    }
}
