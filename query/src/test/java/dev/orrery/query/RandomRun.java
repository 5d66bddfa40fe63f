package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Writers, readers and snapshots over a random world, everything compared with the oracle. */
final class RandomRun {
    private final World world;
    private final Random random;
    private final long seed;
    private final Duration length;
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final AtomicLong reads = new AtomicLong();
    private final List<Watched> watched = new CopyOnWriteArrayList<>();
    private final List<World.Diverged> diverged = new CopyOnWriteArrayList<>();
    private volatile boolean over;

    RandomRun(long seed, Duration length, Set<Fault> faults) {
        this.seed = seed;
        this.length = length;
        this.random = new Random(seed);
        this.world = new World(seed, faults, true);
    }

    /** What was done: for the report. */
    @Override
    public String toString() {
        return "seed "
                + seed
                + ": "
                + world.timeline.now()
                + ", "
                + reads
                + " reads, "
                + world.queries.statistics();
    }

    /** Runs concurrently for the length, then checks the graph at rest. */
    void check() throws Throwable {
        try (world.queries) {
            runAndCheck();
        }
    }

    private void runAndCheck() throws Throwable {
        List<Thread> threads = new ArrayList<>();
        threads.add(start("writer 1", this::write));
        threads.add(start("writer 2", this::write));
        threads.add(start("reader 1", this::read));
        threads.add(start("reader 2", this::read));
        threads.add(start("reader who is interrupted", this::readInterrupted));
        threads.add(start("snapshots", this::readSnapshots));
        threads.add(start("snapshots with own writes", this::diverge));
        threads.add(start("reader of those", this::readDiverged));
        threads.add(start("watcher", this::watch));
        long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() < end && broken.get() == null) {
            Thread.sleep(5);
        }
        over = true;
        for (Thread thread : threads) {
            thread.join(10_000);
            if (thread.isAlive()) {
                AssertionError stuck = new AssertionError(thread.getName() + " is stuck");
                stuck.setStackTrace(thread.getStackTrace());
                throw stuck;
            }
        }
        if (broken.get() != null) {
            throw broken.get();
        }
        world.checkAtRest();
        for (World.Diverged each : diverged) {
            each.checkAtRest();
            each.close();
        }
        watched.forEach(Watched::checkAtRest);
    }

    /** A watched key and what was shown last. */
    private final class Watched {
        private final int key;
        private final Subscription<Outcome<Integer>> shown;
        private Outcome<Integer> last;

        Watched(int key) {
            this.key = key;
            this.shown = world.query.watchOutcome(key);
            this.last = shown.next();
        }

        void look() {
            shown.next(Duration.ofNanos(1000)).ifPresent(outcome -> last = outcome);
        }

        void checkAtRest() {
            int expected = world.expected(key, world.timeline.published());
            long patience = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (World.encoded(last) != expected) {
                shown.next(Duration.ofMillis(100)).ifPresent(outcome -> last = outcome);
                if (System.nanoTime() > patience) {
                    throw new AssertionError(
                            "law Q17: node(" + key + ") is " + expected + " and shown is " + last);
                }
            }
            shown.close();
        }
    }

    private void watch(Random own) {
        if (watched.size() < 5) {
            watched.add(new Watched(own.nextInt(World.KEYS)));
        }
        watched.get(own.nextInt(watched.size())).look();
    }

    private void readInterrupted(Random own) {
        boolean interrupt = own.nextInt(4) == 0;
        if (interrupt) {
            Thread.currentThread().interrupt();
        }
        try {
            world.checkNow(own.nextInt(World.KEYS));
            Thread.interrupted();
        } catch (OrreryException.Cancelled cancelled) {
            if (!Thread.interrupted() || !interrupt) {
                throw new AssertionError("law Q13: the interrupt is lost, or was never there");
            }
        }
        java.util.concurrent.locks.LockSupport.parkNanos(own.nextInt(200_000));
    }

    /** One thread's work, a little at a time. */
    private interface Work {
        void step(Random random);
    }

    private Thread start(String name, Work work) {
        Random own = new Random(random.nextLong());
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .start(() -> {
                    try {
                        while (!over) {
                            work.step(own);
                        }
                    } catch (Throwable thrown) {
                        broken.compareAndSet(null, thrown);
                    }
                });
    }

    private void write(Random own) {
        world.change(own);
        if (own.nextInt(3) > 0) {
            java.util.concurrent.locks.LockSupport.parkNanos(own.nextInt(400_000));
        }
    }

    private void read(Random own) {
        int key = own.nextInt(World.KEYS);
        reads.incrementAndGet();
        switch (own.nextInt(40)) {
            case 0 -> world.checkForget(key);
            case 2 -> world.checkForgetRing(own.nextInt(Rings.SIZE));
            case 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 -> world.checkNow(key);
            default -> world.checkHit(key);
        }
    }

    /** Opens, nests, changes, reads and closes snapshots that go their own way. */
    private void diverge(Random own) {
        if (diverged.isEmpty() || (diverged.size() < 4 && own.nextInt(8) == 0)) {
            diverged.add(world.new Diverged());
        }
        World.Diverged one = diverged.get(own.nextInt(diverged.size()));
        switch (own.nextInt(24)) {
            case 0 -> {
                if (diverged.size() < 4) {
                    diverged.add(one.nested());
                }
            }
            case 1 -> {
                diverged.remove(one);
                one.close();
            }
            case 2, 3, 4, 5, 6, 7 -> one.change(own);
            default -> {
                reads.incrementAndGet();
                one.check(own.nextInt(World.KEYS));
            }
        }
    }

    private void readDiverged(Random own) {
        for (World.Diverged each : diverged) {
            if (each.check(own.nextInt(World.KEYS))) {
                reads.incrementAndGet();
            }
        }
        java.util.concurrent.locks.LockSupport.parkNanos(own.nextInt(50_000));
    }

    private void readSnapshots(Random own) {
        Deque<Snapshot> open = new ArrayDeque<>();
        try {
            for (int i = 0; i < 200 && !over; i++) {
                if (open.size() < 4) {
                    open.add(world.queries.snapshot());
                }
                for (Snapshot snapshot : open) {
                    reads.incrementAndGet();
                    world.checkAt(snapshot, own.nextInt(World.KEYS));
                }
                if (own.nextInt(8) == 0) {
                    open.remove().close();
                }
            }
        } finally {
            open.forEach(Snapshot::close);
        }
    }
}
