package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.Recorded;
import dev.orrery.projection.EpochTables.Released;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Some events folded over an epoch in memory: what they change, before any of it is stored or seen.
 *
 * <p>The keys are spread over a fixed number of partitions by their hash; when there is much to do
 * the partitions are folded at the same time, each by a thread of its own. Confined to the folding
 * thread, which waits for those.
 */
final class FoldBatch<E, K, S> {
    private static final System.Logger LOG = System.getLogger(FoldBatch.class.getName());
    private static final int PARTITIONS = 16;

    private final Folding<E, K, S> folding;
    private final Epoch<K, S> epoch;
    private final Workers workers;
    private final StoredRows stored;
    private final List<FoldPart<E, K, S>> parts = new ArrayList<>(PARTITIONS);
    private int retries;
    private long position;
    private Instant time;
    private @Nullable OrreryException failure;

    /**
     * What is to be stored and then shown of a batch.
     *
     * @param changed the keys that changed, with what is known of them from now on
     */
    record Result<K, S>(EpochTables.Save save, Map<K, Held<S>> changed, List<Waiting<K>> waiting) {}

    /** Nothing yet, over an epoch as it is. */
    FoldBatch(Folding<E, K, S> folding, Epoch<K, S> epoch, Workers workers) {
        this(folding, epoch, workers, epoch.tables()::states);
    }

    private FoldBatch(
            Folding<E, K, S> folding, Epoch<K, S> epoch, Workers workers, StoredRows stored) {
        this.folding = folding;
        this.epoch = epoch;
        this.workers = workers;
        this.stored = stored;
        this.position = epoch.position().number();
        this.time = epoch.reached().time();
        for (int i = 0; i < PARTITIONS; i++) {
            parts.add(new FoldPart<>(folding, epoch));
        }
    }

    /**
     * Folds the events that come after an epoch, up to one that stops the projection.
     *
     * @param stored reads states that are not in memory
     */
    static <E, K, S> FoldBatch<E, K, S> of(
            Folding<E, K, S> folding,
            Epoch<K, S> epoch,
            Workers workers,
            StoredRows stored,
            List<Recorded<E>> events) {
        FoldBatch<E, K, S> folded = new FoldBatch<>(folding, epoch, workers, stored);
        folded.foldAll(events);
        FoldPart.Stopped stopped = folded.stopped();
        if (stopped == null) {
            return folded;
        }
        FoldBatch<E, K, S> before =
                new FoldBatch<>(folding, epoch, workers, stored); // what went further
        before.foldAll(
                events.stream()
                        .filter(event -> event.position().number() < stopped.position())
                        .toList());
        before.failure =
                new UserFailure(
                        "projection " + folding.name() + " at event " + stopped.position(),
                        stopped.key(),
                        stopped.cause());
        return before;
    }

    private void foldAll(List<Recorded<E>> events) {
        int routed = 0;
        for (Recorded<E> recorded : events) {
            if (recorded.position().number() <= position) { // law P2
                continue;
            }
            Collection<? extends K> concerned = keysOf(recorded);
            if (failure != null) {
                break;
            }
            for (K key : concerned) {
                part(key).add(key, recorded);
                routed++;
            }
            position = recorded.position().number();
            time = recorded.time();
        }
        bringAll();
        workers.runAll(parts.stream().<Runnable>map(part -> part::fold).toList(), routed);
    }

    private void bringAll() {
        if (!epoch.isWhole()) {
            Set<K> all = new HashSet<>();
            parts.forEach(part -> all.addAll(part.keys()));
            epoch.bring(all, stored);
        }
    }

    /** The keys an event concerns; none when it is left out, or stops the projection. */
    private Collection<? extends K> keysOf(Recorded<E> recorded) { // law P6
        for (int attempt = 1; ; attempt++) {
            try {
                return keysOf(recorded.event());
            } catch (RuntimeException | StackOverflowError e) {
                retries++;
                switch (folding.answer(recorded, attempt, e)) {
                    case Fault.Skip _ -> {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "projection {0}: event {1}, whose keys cannot be told, is left out:"
                                        + " {2}",
                                folding.name(),
                                recorded.position(),
                                e);
                        return List.of();
                    }
                    case Fault.Stop _ -> {
                        return stoppedAt(recorded, "", e);
                    }
                    case Fault.Park _ -> {
                        return stoppedAt(recorded, ", without which nothing can be parked, ", e);
                    }
                    case Fault.Retry(Duration after) -> {
                        if (!after.isZero()) {
                            return stoppedAt(recorded, ", without which nothing can wait, ", e);
                        }
                    }
                }
            }
        }
    }

    private Collection<? extends K> stoppedAt(Recorded<E> recorded, String why, Throwable cause) {
        failure =
                new UserFailure(
                        "keys of projection " + folding.name() + why, recorded.position(), cause);
        return List.of();
    }

    private Collection<? extends K> keysOf(E event) {
        Collection<? extends K> concerned = folding.projection().keys(event);
        concerned.forEach(this::part); // throws here where one is null or has no hash
        return concerned.size() < 2 ? concerned : new LinkedHashSet<>(concerned);
    }

    /** The partition of a key, of which what is known is in memory from now on. */
    FoldPart<E, K, S> brought(K key) {
        epoch.bring(List.of(key), stored);
        return part(key);
    }

    private FoldPart<E, K, S> part(K key) {
        int hash = key.hashCode();
        return parts.get((hash ^ hash >>> 16) & PARTITIONS - 1);
    }

    private FoldPart.@Nullable Stopped stopped() {
        FoldPart.Stopped first = null;
        for (FoldPart<E, K, S> part : parts) {
            FoldPart.Stopped stopped = part.stopped();
            if (stopped != null && (first == null || stopped.position() < first.position())) {
                first = stopped;
            }
        }
        return first;
    }

    /** Why folding cannot go on after {@link #position}. */
    Optional<OrreryException> failure() {
        return Optional.ofNullable(failure);
    }

    /** The number of the last event of the batch. */
    long position() {
        return position;
    }

    /** When the last event of the batch was appended. */
    Instant time() {
        return time;
    }

    /** How often the keys of an event could not be told, or a fold threw. */
    int retries() {
        return retries + parts.stream().mapToInt(FoldPart::retries).sum();
    }

    /** Whether every fold went well at once, so that the events alone say what came of them. */
    boolean isRepeatable() {
        return failure == null
                && retries == 0
                && parts.stream().allMatch(part -> part.retries() == 0 && part.waiting().isEmpty());
    }

    /** What there is to store and to show; {@code released} are the events that no longer wait. */
    Result<K, S> result(long revision, List<Released> released) {
        List<Changed<E, K, S>> changed = new ArrayList<>();
        List<Waiting<K>> waiting = new ArrayList<>();
        int changes = 0;
        for (FoldPart<E, K, S> part : parts) {
            waiting.addAll(part.waiting());
            for (Work<E, K, S> one : part.worked()) {
                if (one.isChanged()) {
                    changed.add(new Changed<>(one.encodedKey(), one));
                    changes += one.changes();
                }
            }
        }
        changed.sort((left, right) -> Arrays.compareUnsigned(left.key, right.key));
        Chunks chunks = new Chunks(epoch.changes().next());
        List<EpochTables.StateRow> rows = new ArrayList<>(changed.size());
        Map<K, Held<S>> held = HashMap.newHashMap(changed.size());
        for (Changed<E, K, S> one : changed) {
            EpochTables.StateRow row = one.work.row(one.key, chunks);
            rows.add(row);
            held.put(one.work.key(), one.work.held(row.chunk()));
        }
        return new Result<>(
                new EpochTables.Save(
                        epoch.fence(),
                        epoch.term(),
                        position,
                        time,
                        revision,
                        rows,
                        chunks.all(),
                        epoch.changes().droppedFor(changes, folding.changesKept()),
                        waiting.stream().map(this::row).toList(),
                        released,
                        epoch.forgottenAt(position).stream()
                                .filter(former -> !held.containsKey(former.key()))
                                .map(former ->
                                        new EpochTables.Former(
                                                folding.keys().encode(former.key()),
                                                former.version()))
                                .toList()),
                held,
                waiting);
    }

    /** A key that changed, with its bytes. */
    @SuppressWarnings("ArrayRecordComponent") // on its way to the store, compared by nobody
    private record Changed<E, K, S>(byte[] key, Work<E, K, S> work) {}

    private EpochTables.ParkedRow row(Waiting<K> one) {
        return new EpochTables.ParkedRow(
                folding.keys().encode(one.key()),
                one.position(),
                one.cause(),
                one.attempts(),
                one.retryAt());
    }
}
