package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Hears what transactions of a PostgreSQL schema announce, on a connection and a thread of its own,
 * both begun with the first listener.
 *
 * <p>The server sends an announcement when its transaction commits, in the order of commits. What
 * is announced while there is no connection is not heard: after each new connection every listener
 * is told that it may have missed some. // law S12
 *
 * <p>Thread-safe. Listeners are called on the one thread, one after the other.
 */
final class Announcements implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Announcements.class.getName());

    /** How often a silent connection is asked whether it stands; nothing else depends on it. */
    private static final int CHECK_MILLIS = 10_000;

    private static final Duration RETRY = Duration.ofMillis(200);

    private final PostgresDialect dialect;
    private final ThreadFactory threads;
    private final Map<String, List<Database.Listener>> listeners = new ConcurrentHashMap<>();
    private @Nullable Thread hearing;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    Announcements(PostgresDialect dialect, ThreadFactory threads) {
        this.dialect = dialect;
        this.threads = threads;
    }

    synchronized void listen(String topic, Database.Listener listener) {
        listeners.computeIfAbsent(topic, _ -> new CopyOnWriteArrayList<>()).add(listener);
        if (hearing == null && !closed) {
            hearing = threads.newThread(this::hear);
            hearing.start();
        }
    }

    private void hear() {
        boolean told = false;
        while (!closed) {
            try (Connection fresh = dialect.connect(Dialect.Access.LISTEN)) {
                connection = fresh;
                begin(fresh);
                told = false;
                while (!closed) {
                    hearSome(fresh);
                }
                dialect.release(fresh);
            } catch (SQLException | OrreryException e) {
                if (!closed && !told) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "announcements are not heard until there is a connection again",
                            e);
                    told = true;
                }
                pause();
            } finally {
                connection = null;
            }
        }
    }

    private void begin(Connection fresh) throws SQLException {
        try (Statement statement = fresh.createStatement()) {
            statement.execute("LISTEN " + dialect.channel());
        }
        listeners.values().forEach(all -> all.forEach(each -> tell(each::missed)));
    }

    private void hearSome(Connection from) throws SQLException {
        PGNotification @Nullable [] heard =
                from.unwrap(PGConnection.class).getNotifications(CHECK_MILLIS);
        if (heard == null || heard.length == 0) {
            try (Statement statement = from.createStatement()) {
                statement.execute("SELECT 1");
            }
            return;
        }
        for (PGNotification notification : heard) {
            String text = notification.getParameter();
            int end = text.indexOf('\n');
            if (end >= 0) {
                String announced = text.substring(end + 1);
                listeners
                        .getOrDefault(text.substring(0, end), List.of())
                        .forEach(each -> tell(() -> each.announced(announced)));
            }
        }
    }

    /**
     * Tells a listener. One that could not reach the server either is told again, as of a new
     * connection, or what it was told of would be lost on it.
     */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (OrreryException.Unavailable lost) {
            if (!closed) {
                throw lost;
            }
        } catch (RuntimeException | StackOverflowError e) {
            if (!closed) {
                LOG.log(System.Logger.Level.ERROR, "a listener to announcements failed", e);
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            // asked to end, which the loop sees; nobody else interrupts this thread
        }
    }

    /** Ends the hearing and waits for its thread. */
    @Override
    public void close() {
        Thread ending;
        synchronized (this) {
            closed = true;
            ending = hearing;
        }
        if (ending == null) {
            return;
        }
        cut();
        ending.interrupt();
        Waits.within(
                Duration.ofSeconds(30),
                "the hearing of announcements",
                (time, unit) -> ending.join(Duration.of(time, unit.toChronoUnit())));
    }

    /** A read from the server ends when its connection does. */
    private void cut() {
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.log(System.Logger.Level.DEBUG, "a connection could not be cut", e);
            }
        }
    }
}
