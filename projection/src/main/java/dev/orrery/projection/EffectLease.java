package dev.orrery.projection;

import dev.orrery.projection.EffectStatus.StandingBy;
import dev.orrery.projection.EffectStatus.Working;
import dev.orrery.projection.EffectTables.Opened;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Says which process does an effect. Thread-safe. */
interface EffectLease {
    /** Where the effect is, if it is to be done here from now on. */
    Optional<Opened> claim();

    /** Whether it is to be done here still; to be asked in this {@link #rhythm}. */
    boolean holds(long fence);

    Duration rhythm();

    /** Lets others take over. */
    void release(long fence);

    /** How the effect stands while it is not done here. */
    EffectStatus otherwise();

    /** Of an effect in a database that no other process has. */
    static EffectLease alone(EffectTables tables) {
        return new EffectLease() {
            @Override
            public Optional<Opened> claim() {
                return Optional.of(tables.opened());
            }

            @Override
            public boolean holds(long fence) {
                return true;
            }

            @Override
            public Duration rhythm() {
                return Duration.ofMinutes(1);
            }

            @Override
            public void release(long fence) {
                // nobody else takes over
            }

            @Override
            public EffectStatus otherwise() {
                return new Working(); // it is begun, or begun anew
            }
        };
    }

    /**
     * Of an effect in a database that several processes share. // law F6
     *
     * <p>Whoever holds the lease renews it three times in its length. One that is not heard of for
     * that long loses it: another takes over with a greater fence, under which alone positions are
     * stored from then on. So the clocks decide when somebody takes over, and never whether a
     * position is right; what the first had under way is done twice.
     */
    static EffectLease shared(EffectTables tables, InstantSource clock, Duration length) {
        return new EffectLease() {
            private static final int RENEWALS = 3;

            @Override
            public Optional<Opened> claim() {
                Instant now = clock.instant();
                return tables.claim(now, now.plus(length));
            }

            @Override
            public boolean holds(long fence) {
                return tables.hold(fence, clock.instant().plus(length));
            }

            @Override
            public Duration rhythm() {
                return length.dividedBy(RENEWALS);
            }

            @Override
            public void release(long fence) {
                tables.hold(fence, Instant.EPOCH);
            }

            @Override
            public EffectStatus otherwise() {
                return new StandingBy();
            }
        };
    }
}
