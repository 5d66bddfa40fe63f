package dev.orrery;

import dev.orrery.channel.AccessPolicy;
import dev.orrery.core.OrreryException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;

/** How an Orrery is opened. Immutable: each method answers a changed copy. */
public record Configuration(
        Optional<Path> directory,
        Optional<DataSource> database,
        AccessPolicy access,
        ThreadFactory threads,
        InstantSource clock,
        LongSupplier nanos,
        RandomGenerator random) {
    /** Keeps everything in a directory, made when it is not there. */
    public Configuration directory(Path path) {
        return new Configuration(
                Optional.of(path), database, access, threads, clock, nanos, random);
    }

    /**
     * Keeps event logs and projections in PostgreSQL: in the first schema on the search path of
     * this source, which other processes may share. What belongs to this process, the rows of live
     * tables, what waits to be written, inputs and results of queries, stays in the directory, or
     * in memory without one.
     */
    public Configuration database(DataSource source) {
        return new Configuration(
                directory, Optional.of(source), access, threads, clock, nanos, random);
    }

    /** Asks this policy about everybody outside the process. */
    public Configuration access(AccessPolicy policy) {
        return new Configuration(directory, database, policy, threads, clock, nanos, random);
    }

    /** Makes threads with this factory; virtual ones are meant. */
    public Configuration threads(ThreadFactory factory) {
        return new Configuration(directory, database, access, factory, clock, nanos, random);
    }

    /** Tells the time by this clock. */
    public Configuration clock(InstantSource source) {
        return new Configuration(directory, database, access, threads, source, nanos, random);
    }

    /** Measures intervals by this clock, in nanoseconds. */
    public Configuration nanos(LongSupplier source) {
        return new Configuration(directory, database, access, threads, clock, source, random);
    }

    /** Draws the names of epochs from here. */
    public Configuration random(RandomGenerator generator) {
        return new Configuration(directory, database, access, threads, clock, nanos, generator);
    }

    /**
     * Opens it: stored states and rows can be read, nothing is folded yet.
     *
     * @throws OrreryException.StorageFailure when the directory cannot be used
     * @throws OrreryException.Unavailable when the database cannot be reached
     */
    public Orrery open() {
        return new Orrery(this);
    }
}
