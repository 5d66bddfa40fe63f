package dev.orrery.table;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import dev.orrery.table.spi.TableDriver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** A driver that can be made to fail in the ways a source does, and notes what it was sent. */
final class Unreliable implements TableDriver {
    final List<Mutation> sent = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile Predicate<Mutation> refused = _ -> false;
    volatile Predicate<Mutation> broken = _ -> false;
    volatile Predicate<Mutation> answerLost = _ -> false;
    volatile Semaphore gate = new Semaphore(1_000_000);

    private final TableDriver sound;

    Unreliable(Table sound) {
        this.sound = sound.driver();
    }

    Table table() {
        return Table.over(this);
    }

    private TableDriver reached() {
        if (away) {
            throw new Unavailable(
                    "the source is away", "bring it back", Duration.ofMillis(1), null);
        }
        return sound;
    }

    @Override
    public Settlement apply(Mutation mutation, Condition within) {
        gate.acquireUninterruptibly();
        TableDriver there = reached();
        sent.add(mutation);
        if (broken.test(mutation)) {
            throw new IllegalStateException("meant to be logged");
        }
        if (refused.test(mutation)) {
            return new Settlement.Refused(new Invalid("name", "was refused", mutation.key()));
        }
        Settlement settlement = there.apply(mutation, within);
        if (answerLost.test(mutation)) {
            answerLost = _ -> false;
            throw new Unavailable("the answer was lost", "ask again", Duration.ofMillis(1), null);
        }
        return settlement;
    }

    @Override
    public String name() {
        return sound.name();
    }

    @Override
    public Schema schema() {
        return reached().schema();
    }

    @Override
    public Set<Capability> capabilities() {
        return sound.capabilities();
    }

    @Override
    public Condition pushable(Condition condition) {
        return sound.pushable(condition);
    }

    @Override
    public List<Row> list(Condition pushed) {
        return reached().list(pushed);
    }

    @Override
    public Optional<Row> find(Key id) {
        return reached().find(id);
    }

    @Override
    public long count() {
        return reached().count();
    }

    @Override
    public long deleteAll(Condition within) {
        return reached().deleteAll(within);
    }

    @Override
    public Object mark() {
        return reached().mark();
    }

    @Override
    public void close() {
        // the sound one outlives this one, as a source outlives a connection to it
    }
}
