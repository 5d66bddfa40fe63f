package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which entries may be compacted, and when that is worth it. Immutable: each method gives a policy
 * with one more thing settled.
 */
public final class Compaction {
    private final Scope scope;
    private final Duration age;
    private final long most;
    private final Duration every;

    /** Whom an entry must have reached. */
    sealed interface Scope {
        /** These replicas. */
        record Named(Set<String> replicas) implements Scope {}

        /** All that were heard of within a time. */
        record Heard(Duration within) implements Scope {}

        /** Nobody. */
        record Everything() implements Scope {}
    }

    private Compaction(Scope scope, Duration age, long most, Duration every) {
        this.scope = scope;
        this.age = age;
        this.most = most;
        this.every = every;
    }

    private static Compaction of(Scope scope) {
        return new Compaction(scope, Duration.ZERO, 0, Duration.ZERO);
    }

    /**
     * What these replicas are known to have, from exchanges with them, and named consumers have
     * acknowledged. Who was never heard of holds everything back.
     */
    public static Compaction acknowledgedBy(List<String> replicas) {
        return of(new Scope.Named(Set.copyOf(replicas)));
    }

    /** What all replicas have that were heard of within a time, and named consumers. */
    public static Compaction acknowledgedByAll(Duration heardWithin) {
        return of(new Scope.Heard(heardWithin));
    }

    /**
     * Everything, whoever has it: a replica that lacks some gets the base instead, and a consumer
     * who has not acknowledged it finds its place stale.
     */
    public static Compaction everything() {
        return of(new Scope.Everything());
    }

    /** Only what was written so long ago. */
    public Compaction olderThan(Duration least) {
        return new Compaction(scope, least, most, every);
    }

    /** Only when more entries than that are kept. */
    public Compaction whenOver(long entries) {
        if (entries < 0) {
            throw new Invalid("entries", "is not negative", entries);
        }
        return new Compaction(scope, age, entries, every);
    }

    /** Only when the last time was so long ago, in this life of the graph. */
    public Compaction atMostEvery(Duration interval) {
        return new Compaction(scope, age, most, interval);
    }

    Scope scope() {
        return scope;
    }

    /** Whether it is time, by the number of entries and by when it was last. */
    boolean isDue(long kept, long now, Optional<Long> last) {
        return kept > most && last.map(then -> now - then >= every.toMillis()).orElse(true);
    }

    /** The greatest wall clock of what may be compacted. */
    long upTo(long now) {
        return now - age.toMillis();
    }
}
