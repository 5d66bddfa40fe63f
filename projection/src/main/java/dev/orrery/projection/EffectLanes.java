package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.EffectTables.Due;
import dev.orrery.projection.EffectTables.Follows;
import dev.orrery.projection.EffectTables.Released;
import dev.orrery.projection.EffectTables.SetAside;
import dev.orrery.projection.EffectTables.Standing;
import dev.orrery.projection.EffectTables.WaitingRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an effect has to do next, in order by key, and what is to be stored of it.
 *
 * <p>The events of one key are in one lane. A lane has at most one event under way; its next one is
 * ready when the end of that is stored. An event that is to be tried again, or is parked, is stored
 * as waiting, and those of its key behind it, so that the position moves on. What is due again gets
 * a lane of its own, filled from the store, while the key's new events go to the store behind it.
 *
 * <p>Confined to one thread. // laws F1, F3
 */
final class EffectLanes<E, K> {
    private static final int WINDOW = 1024;
    private static final int MOST_RETRYING = 1024;

    private final Effect<E, K> effect;
    private final EventLog<? extends E> log;
    private final EffectTables tables;
    private final long fence;
    private final Codec<K> keys;
    private final InstantSource clock;
    private final EffectWindow window;
    private final Map<K, Lane<E, K>> lanes = new HashMap<>();
    private final Deque<Lane<E, K>> ready = new ArrayDeque<>();
    private Changes<E, K> changes = new Changes<>();
    private long waiting;
    private int storedLanes;

    /** An event to be handled, and how often that was tried in vain. */
    record Job<E>(Recorded<E> recorded, int attempts) {
        long number() {
            return recorded.position().number();
        }
    }

    /** The events of one key to be handled next; of a stored one the first that waits, alone. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Lane<E, K>(K key, byte[] bytes, boolean stored, Deque<Job<E>> jobs) {
        /** The event to be handled first. */
        Job<E> first() {
            return jobs.element();
        }
    }

    /** What is to be stored. */
    private static final class Changes<E, K> {
        private final List<WaitingRow> waiting = new ArrayList<>();
        private final Set<K> waitingKeys = new HashSet<>();
        private final List<WaitingRow> again = new ArrayList<>();
        private final List<Released> released = new ArrayList<>();
        private final List<Lane<E, K>> advancing = new ArrayList<>();

        private boolean isEmpty() {
            return waiting.isEmpty() && again.isEmpty() && released.isEmpty();
        }
    }

    EffectLanes(
            Effect<E, K> effect,
            EventLog<? extends E> log,
            EffectTables.Opened opened,
            Codec<K> keys,
            InstantSource clock) {
        this.effect = effect;
        this.log = log;
        this.tables = opened.tables();
        this.fence = opened.fence();
        this.keys = keys;
        this.clock = clock;
        this.window = new EffectWindow(WINDOW, opened.position(), opened.done());
        this.waiting = opened.waiting();
    }

    // what happened

    /** Events were read. */
    void arrived(List<Recorded<E>> batch) {
        for (Recorded<E> recorded : batch) {
            if (window.arrive(recorded.position().number())) {
                arrived(recorded);
            }
        }
    }

    private void arrived(Recorded<E> recorded) {
        K key = effect.keyOf(recorded);
        Lane<E, K> lane = lanes.get(key);
        if (lane == null && !isWaiting(key)) {
            lane = new Lane<>(key, keys.encode(key), false, new ArrayDeque<>());
            lanes.put(key, lane);
            ready.add(lane);
        }
        if (lane == null || lane.stored) {
            setAside(keys.encode(key), recorded.position().number(), new Follows());
        } else {
            lane.jobs.add(new Job<>(recorded, 0));
        }
    }

    private boolean isWaiting(K key) {
        return changes.waitingKeys.contains(key)
                || (waiting > 0 && tables.first(keys.encode(key)).isPresent());
    }

    /** Has an event wait that has not waited before. */
    private void setAside(byte[] key, long number, Standing standing) {
        changes.waiting.add(new WaitingRow(key, number, standing));
        window.handle(number);
    }

    /** The first event of a lane is handled, be it done or left out. */
    void handled(Lane<E, K> lane) {
        Job<E> job = lane.jobs.remove();
        if (lane.stored) {
            changes.released.add(new Released(lane.bytes, job.number()));
            changes.advancing.add(lane);
            return;
        }
        window.handle(job.number());
        if (lane.jobs.isEmpty()) {
            lanes.remove(lane.key);
        } else {
            ready.add(lane);
        }
    }

    /** The first event of a lane is to be tried again after a time. */
    void retried(Lane<E, K> lane, Duration delay, String cause) {
        int attempts = lane.first().attempts + 1;
        waits(lane, new Due(clock.instant().plus(delay), attempts, cause));
    }

    /** The first event of a lane waits until somebody decides. */
    void parked(Lane<E, K> lane, String cause) {
        waits(lane, new SetAside(lane.first().attempts + 1, cause));
    }

    private void waits(Lane<E, K> lane, Standing standing) {
        leave(lane);
        long number = lane.jobs.remove().number();
        if (lane.stored) {
            changes.again.add(new WaitingRow(lane.bytes, number, standing));
            return;
        }
        changes.waitingKeys.add(lane.key);
        setAside(lane.bytes, number, standing);
        lane.jobs.forEach(behind -> setAside(lane.bytes, behind.number(), new Follows()));
    }

    private void leave(Lane<E, K> lane) {
        lanes.remove(lane.key);
        if (lane.stored) {
            storedLanes--;
        }
    }

    // what somebody wants

    /** Has what waits for a key tried from now on, unless it is under way. */
    void retry(K key) {
        WaitingRow first = firstWaiting(key);
        if (!lanes.containsKey(key)) {
            changes.again.add(new WaitingRow(first.key(), first.position(), dueNow(first)));
        }
    }

    private Due dueNow(WaitingRow row) {
        return switch (row.standing()) {
            case Due due -> new Due(clock.instant(), due.attempts(), due.cause());
            case SetAside aside -> new Due(clock.instant(), aside.attempts(), aside.cause());
            case Follows _ -> new Due(clock.instant(), 0, "");
        };
    }

    /** Leaves out what waits first for a key, and returns its number. */
    long skip(K key) {
        WaitingRow first = firstWaiting(key);
        if (lanes.containsKey(key)) {
            throw new Conflict(
                    "key " + key + " of effect " + effect.name(), "waiting", "under way");
        }
        changes.released.add(new Released(first.key(), first.position()));
        return first.position();
    }

    private WaitingRow firstWaiting(K key) {
        return tables.first(keys.encode(key))
                .orElseThrow(() -> new Missing("what waits for effect " + effect.name(), key));
    }

    // what is next

    /** A lane whose first event is to be handled now. */
    Optional<Lane<E, K>> next() {
        return Optional.ofNullable(ready.poll());
    }

    /**
     * Makes ready what is due, as many keys as may be under way at once.
     *
     * @return how long until something more is due, if that is known
     */
    Optional<Duration> takeDue() {
        if (waiting == 0 || storedLanes >= effect.atOnce()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        for (WaitingRow row : tables.due(storedLanes + effect.atOnce())) {
            K key = keys.decode(row.key());
            if (!lanes.containsKey(key) && row.standing() instanceof Due due) {
                if (due.at().isAfter(now)) {
                    return Optional.of(Duration.between(now, due.at()));
                }
                Lane<E, K> lane = new Lane<>(key, row.key(), true, new ArrayDeque<>());
                lanes.put(key, lane);
                storedLanes++;
                tryAgain(lane, row, due);
            }
        }
        return Optional.empty();
    }

    private void tryAgain(Lane<E, K> lane, WaitingRow row, Due due) {
        Optional<Recorded<E>> recorded = find(row.position());
        if (recorded.isPresent()) {
            lane.jobs.add(new Job<>(recorded.get(), due.attempts()));
            ready.add(lane);
        } else {
            leave(lane);
            String cause = "the log no longer holds the event, which failed before: " + due.cause();
            changes.again.add(
                    new WaitingRow(row.key(), row.position(), new SetAside(due.attempts(), cause)));
        }
    }

    private Optional<Recorded<E>> find(long number) {
        Position before = new Position(log.start().log(), number - 1);
        return log.read(before, 1).stream()
                .filter(found -> found.position().number() == number)
                .<Recorded<E>>map(EffectReader::as)
                .findFirst();
    }

    /** Goes on with the next waiting event of a key, or ends its lane where there is none. */
    private void advance(Lane<E, K> lane) {
        Optional<WaitingRow> next = tables.first(lane.bytes);
        if (next.isPresent() && next.get().standing() instanceof Due due) {
            tryAgain(lane, next.get(), due);
        } else {
            leave(lane);
        }
    }

    /** How many more events should be read now; none while too many are tried again and again. */
    int room() {
        boolean held = waiting >= MOST_RETRYING && tables.counts().due() >= MOST_RETRYING;
        return held ? 0 : window.room();
    }

    // storing

    /** Whether there is something to be stored. */
    boolean isUnstored() {
        return !changes.isEmpty() || window.hasChanged();
    }

    /** Stores what changed, if anything did, and makes ready what that allows. */
    void store() {
        if (!isUnstored()) {
            return;
        }
        Changes<E, K> stored = changes;
        long position = window.position();
        EffectTables.Save save =
                new EffectTables.Save(
                        fence,
                        window.stored(),
                        position,
                        window.freshAbove(position),
                        stored.waiting,
                        stored.again,
                        stored.released,
                        clock.instant());
        if (!tables.save(save)) {
            throw new Conflict("position of effect " + effect.name(), window.stored(), "another");
        }
        window.store(position);
        waiting += stored.waiting.size() - stored.released.size();
        changes = new Changes<>();
        stored.advancing.forEach(this::advance);
    }

    /** Everything up to here is handled, and that is stored. */
    long position() {
        return window.stored();
    }

    /** How many events above the position are handled. */
    int above() {
        return window.above();
    }

    /** How many events wait. */
    long waiting() {
        return waiting;
    }
}
