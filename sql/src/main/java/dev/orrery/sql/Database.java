package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.ProcessLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An embedded SQL database: one writer at a time, in the order of asking, and readers that never
 * wait for it.
 *
 * <p>{@link #write} is one transaction, durable when it returns; {@link #read} sees one moment. The
 * database file, its write-ahead log and a lock file belong to this process until {@link #close}.
 *
 * <p>Thread-safe. Work runs on the calling thread, with the writer's turn or one of the reading
 * sessions held: it must not call {@code write} or {@code read} again.
 */
public final class Database implements AutoCloseable {
    private static final String FORMATS = "orrery_formats";

    private final String name;
    private final Options options;
    private final Dialect dialect;
    private final @Nullable ProcessLock processLock;
    private final ReentrantLock turn = new ReentrantLock(true); // law S2
    private final Connected writer;
    private final @Nullable Readers readers;
    private volatile boolean closed;

    /** Work that reads. */
    @FunctionalInterface
    public interface Reading<T extends @Nullable Object, X extends Exception> {
        T run(Session session) throws X;
    }

    /** Work that writes and has a result. */
    @FunctionalInterface
    public interface Writing<T extends @Nullable Object, X extends Exception> {
        T run(WriteSession session) throws X;
    }

    /** Work that writes and has no result. */
    @FunctionalInterface
    public interface Work<X extends Exception> {
        void run(WriteSession session) throws X;
    }

    /**
     * How a database is used.
     *
     * @param readers the greatest number of sessions reading at once, at least 1
     * @param patience how long a caller waits for its turn, and for other programs' locks on the
     *     file
     */
    public record Options(int readers, Duration patience) {
        /** Eight readers, half a minute. */
        public static final Options DEFAULT = new Options(8, Duration.ofSeconds(30));
    }

    private Database(
            String name, Options options, Dialect dialect, @Nullable ProcessLock processLock) {
        this.name = name;
        this.options = options;
        this.dialect = dialect;
        this.processLock = processLock;
        this.writer = Connected.open(dialect, Dialect.Access.WRITE);
        this.readers = processLock == null ? null : new Readers(dialect, options);
    }

    /** Opens a SQLite file, with {@link Options#DEFAULT}. */
    public static Database open(Path file) {
        return open(file, Options.DEFAULT);
    }

    /**
     * Opens a SQLite file, creating it and its directory when they are not there.
     *
     * @throws StorageFailure {@code LOCKED} when another database object, here or in another
     *     process, holds the file; {@code NEWER_FORMAT} when a newer version wrote it, and then
     *     nothing was touched; {@code DAMAGED} when it is no database; {@code UNREADABLE} when the
     *     file system says so
     */
    public static Database open(Path file, Options options) {
        Path absolute = file.toAbsolutePath().normalize();
        Path directory = absolute.resolveSibling("");
        ProcessLock processLock =
                ProcessLock.hold(directory, absolute.getFileName() + ".lock"); // law S5
        boolean opened = false;
        try {
            Database database =
                    new Database(
                            absolute.toString(),
                            options,
                            new SqliteDialect(absolute.toString(), options.patience()),
                            processLock);
            opened = true;
            return database;
        } finally {
            if (!opened) {
                processLock.close();
            }
        }
    }

    /** A database that lives as long as the object. Its readers take turns with its writer. */
    public static Database inMemory() {
        Options options = Options.DEFAULT;
        return new Database(
                "database in memory",
                options,
                new SqliteDialect(SqliteDialect.MEMORY, options.patience()),
                null);
    }

    /** What is particular to this kind of database. */
    public Dialect dialect() {
        return dialect;
    }

    /**
     * Brings a component's tables to the version of its format.
     *
     * @throws StorageFailure {@code NEWER_FORMAT} when the database holds a newer version of that
     *     component; then nothing was changed
     */
    public void install(Format format) {
        perform(session -> {
            session.update(
                    "CREATE TABLE IF NOT EXISTS "
                            + FORMATS
                            + " (component "
                            + dialect.textType()
                            + " PRIMARY KEY, version "
                            + dialect.integerType()
                            + " NOT NULL)");
            int stored =
                    session.find(
                                    "SELECT version FROM " + FORMATS + " WHERE component = ?",
                                    row -> (int) row.integer(1),
                                    format.component())
                            .orElse(0);
            if (stored > format.version()) { // law S4
                throw new StorageFailure(
                        StorageFailure.Kind.NEWER_FORMAT, format.component() + " in " + name, null);
            }
            for (Format.Step step : format.steps().subList(stored, format.version())) {
                step.apply(dialect).forEach(session::update);
            }
            session.update(
                    "INSERT INTO "
                            + FORMATS
                            + " (component, version) VALUES (?, ?)"
                            + " ON CONFLICT (component) DO UPDATE SET version = excluded.version",
                    format.component(),
                    format.version());
        });
    }

    /**
     * Runs work in one transaction, alone among writers, and returns its result once everything it
     * wrote is durable. Whatever it throws undoes all of it and is thrown on.
     *
     * @throws OrreryException.TimedOut when the turn did not come within {@link Options#patience};
     *     nothing was done
     */
    public <T extends @Nullable Object, X extends Exception> T write(Writing<T, X> work) throws X {
        takeTurn();
        try {
            return within(writer, work);
        } finally {
            turn.unlock();
        }
    }

    /** {@link #write} for work without a result. */
    public <X extends Exception> void perform(Work<X> work) throws X {
        this.<@Nullable Void, X>write(session -> {
            work.run(session);
            return null;
        });
    }

    /**
     * Runs work that reads, all of it as of one moment: it sees every write that returned before it
     * began.
     *
     * @throws OrreryException.TimedOut when no session was free within {@link Options#patience}
     */
    public <T extends @Nullable Object, X extends Exception> T read(Reading<T, X> work) throws X {
        if (readers == null) {
            return write(work::run);
        }
        refuseWithin();
        requireOpen();
        Connected session = readers.borrow();
        try {
            return within(session, work::run);
        } finally {
            readers.giveBack(session);
        }
    }

    /**
     * Waits for work under way, at most {@link Options#patience} for either side, then closes the
     * file. Closing twice is harmless.
     */
    @Override
    public void close() {
        refuseWithin();
        Waits.within(options.patience(), "the last write to " + name, turn::tryLock);
        try (processLock) {
            if (!closed) {
                closed = true;
                closeSessions();
            }
        } finally {
            turn.unlock();
        }
    }

    private void closeSessions() {
        try (writer) {
            if (readers != null) {
                readers.close();
            }
        }
    }

    private static <T extends @Nullable Object, X extends Exception> T within(
            Connected session, Writing<T, X> work) throws X {
        session.begin();
        T result;
        try {
            result = work.run(session);
        } catch (Throwable e) { // law S1
            session.rollback(e);
            throw e;
        }
        session.commit();
        return result;
    }

    private void takeTurn() {
        refuseWithin();
        Waits.within(options.patience(), "the turn to write to " + name, turn::tryLock);
        if (closed) {
            turn.unlock();
            throw new OrreryException.Closed(name);
        }
    }

    private void refuseWithin() {
        if (turn.isHeldByCurrentThread()) {
            throw new OrreryException.Unsupported(
                    "begin within its own write; use the session at hand", name);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new OrreryException.Closed(name);
        }
    }
}
