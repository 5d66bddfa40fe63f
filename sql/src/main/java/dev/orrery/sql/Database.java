package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.ProcessLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A SQL database: embedded, where this process writes alone, or shared with other processes.
 *
 * <p>{@link #write} is one transaction, durable when it returns; {@link #read} sees one moment, and
 * waits for no writer. A SQLite file, its write-ahead log and a lock file belong to this process
 * until {@link #close}; its writers come one at a time, in the order of asking. A PostgreSQL schema
 * belongs to everybody who opens it; writers of one part of it come one at a time, whatever process
 * they are in.
 *
 * <p>Thread-safe. Work runs on the calling thread, with a writing or a reading session held: in a
 * write it must not call {@code write} or {@code read} again.
 */
public final class Database implements AutoCloseable {
    private static final String FORMATS = "orrery_formats";
    private static final int MANY = 1 << 16;

    private final String name;
    private final Options options;
    private final Dialect dialect;
    private final @Nullable ProcessLock processLock;
    private final @Nullable Announcements announcements;
    private final Sessions writers;
    private final @Nullable Sessions readers;
    private final @Nullable Sessions moments;
    private final ReentrantLock closing = new ReentrantLock();
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

    /** Told of what transactions announce, on a thread that calls one listener after the other. */
    public interface Listener {
        /** A transaction that announced this has committed. */
        void announced(String text);

        /**
         * Some may have been missed: hearing has begun, for the first time or again. What is
         * committed from here on is heard.
         */
        void missed();
    }

    /**
     * How a database is used.
     *
     * @param readers the greatest number of sessions reading at once, at least 1; where others may
     *     write too, also of those writing at once
     * @param patience how long a caller waits for its turn, and for locks that other programs hold
     */
    public record Options(int readers, Duration patience) {
        /** Eight readers, half a minute. */
        public static final Options DEFAULT = new Options(8, Duration.ofSeconds(30));
    }

    private Database(
            String name,
            Options options,
            Dialect dialect,
            @Nullable ProcessLock processLock,
            @Nullable Announcements announcements) {
        this.name = name;
        this.options = options;
        this.dialect = dialect;
        this.processLock = processLock;
        this.announcements = announcements;
        boolean inMemory = processLock == null && !dialect.isShared();
        this.writers = sessions(Dialect.Access.WRITE, dialect.isShared() ? options.readers() : 1);
        this.readers = inMemory ? null : sessions(Dialect.Access.READ, options.readers());
        this.moments = dialect.isShared() ? sessions(Dialect.Access.READ, MANY) : null;
        writers.giveBack(writers.borrow()); // what cannot be opened is refused here
    }

    private Sessions sessions(Dialect.Access access, int most) {
        return new Sessions(dialect, access, most, options.patience(), name);
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
                            processLock,
                            null);
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
                null,
                null);
    }

    /** Opens a PostgreSQL schema, with {@link Options#DEFAULT}. */
    public static Database open(DataSource source, ThreadFactory threads) {
        return open(source, Options.DEFAULT, threads);
    }

    /**
     * Opens a PostgreSQL schema: the first on the search path of the source's connections. It is
     * not created, and tables are made in it.
     *
     * <p>Connections are kept while the database is open: at most {@link Options#readers} that
     * read, as many that write, and one that listens. They must reach the server itself or a pool
     * that lends whole sessions.
     *
     * @param threads makes the thread that hears what is announced, when somebody first listens
     * @throws OrreryException.Unavailable when the server cannot be reached
     */
    public static Database open(DataSource source, Options options, ThreadFactory threads) {
        PostgresDialect dialect = new PostgresDialect(source, options.patience());
        return new Database(
                dialect.where(), options, dialect, null, new Announcements(dialect, threads));
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
        return written(null, true, work);
    }

    /**
     * Runs work in one transaction as {@link #write(Writing)} does, but where the database is
     * shared alone only among the writers of the same part of it and of the whole: writers of other
     * parts, and their waits, are not in its way.
     *
     * @param part names what the work reads and writes, letter for letter as other writers of it do
     */
    public <T extends @Nullable Object, X extends Exception> T write(
            String part, Writing<T, X> work) throws X {
        return written(part, true, work);
    }

    /** {@link #write(Writing)} for work without a result. */
    public <X extends Exception> void perform(Work<X> work) throws X {
        perform(null, true, work);
    }

    /** {@link #write(String, Writing)} for work without a result. */
    public <X extends Exception> void perform(String part, Work<X> work) throws X {
        perform(part, true, work);
    }

    /**
     * {@link #perform(String, Work)} for what can be made again from what was written before it:
     * everybody sees it when this returns, and it is durable when the next write that waits for the
     * disk is, of whatever part. Until then the loss of power, or of the server, may undo it,
     * together with all that was written after it and with nothing before; a kill of this process
     * does not.
     */
    public <X extends Exception> void performUnforced(String part, Work<X> work) throws X {
        perform(part, false, work);
    }

    private <X extends Exception> void perform(@Nullable String part, boolean forced, Work<X> work)
            throws X {
        this.<@Nullable Void, X>written(
                part,
                forced,
                session -> {
                    work.run(session);
                    return null;
                });
    }

    private <T extends @Nullable Object, X extends Exception> T written(
            @Nullable String part, boolean forced, Writing<T, X> work) throws X {
        refuseWithin();
        Connected session = begun(writers, part, forced);
        try {
            return within(session, work);
        } finally {
            writers.giveBack(session);
        }
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
        Connected session = begun(readers, null, true);
        try {
            return within(session, work::run);
        } finally {
            readers.giveBack(session);
        }
    }

    /**
     * Begins to keep a shared database as it is now, to be read until it is closed: it has a
     * connection of its own, beside those of the {@link Options}. It sees every write that returned
     * before.
     *
     * @throws OrreryException.Unsupported in an embedded database, where this process writes alone
     */
    public Moment moment() {
        if (moments == null) {
            throw new OrreryException.Unsupported("keep a moment for long", name);
        }
        return Moment.begin(moments, dialect);
    }

    /**
     * Has somebody told of what other users of a shared database {@link WriteSession#announce
     * announce} on a topic, and of what is announced here, as long as this is open. An embedded
     * database has no other users, and nobody is told anything.
     */
    public void listen(String topic, Listener listener) {
        if (announcements != null) {
            announcements.listen(topic, listener);
        }
    }

    /**
     * Waits for work under way, at most {@link Options#patience} for either side, then closes all
     * connections. Closing twice is harmless.
     */
    @Override
    public void close() {
        refuseWithin();
        Waits.within(options.patience(), "the closing of " + name, closing::tryLock);
        try {
            if (!closed) {
                closed = true;
                closeAll();
            }
        } finally {
            closing.unlock();
        }
    }

    private void closeAll() {
        try (processLock;
                writers;
                readers;
                moments) {
            if (announcements != null) {
                announcements.close();
            }
        }
    }

    private static <T extends @Nullable Object, X extends Exception> T within(
            Connected session, Writing<T, X> work) throws X {
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

    /** A session in a transaction; one that turns out to be lost before that is replaced once. */
    private static Connected begun(Sessions sessions, @Nullable String part, boolean forced) {
        Connected first = sessions.borrow();
        boolean begun = false;
        try {
            first.begin(part, forced);
            begun = true;
            return first;
        } catch (OrreryException.Unavailable e) {
            if (!first.isLost()) {
                throw e;
            }
        } finally {
            if (!begun) {
                sessions.giveBack(first);
            }
        }
        Connected second = sessions.borrow();
        try {
            second.begin(part, forced);
            begun = true;
            return second;
        } finally {
            if (!begun) {
                sessions.giveBack(second);
            }
        }
    }

    private void refuseWithin() {
        if (writers.lentToThisThread()) {
            throw new OrreryException.Unsupported(
                    "begin within its own write; use the session at hand", name);
        }
    }
}
