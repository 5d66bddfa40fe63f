package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The write transactions of one connection to PostgreSQL.
 *
 * <h2>Order of writers</h2>
 *
 * A write takes a lock for its part and holds it until its transaction has ended: {@code
 * pg_advisory_xact_lock}, which the server lets go of when it commits, when it rolls back, and when
 * its connection is gone. The server makes a commit visible before it lets go of the lock, and at
 * the isolation used here each statement sees what was committed before it began. So whoever has
 * the lock sees all that earlier holders committed and nothing that others will still commit; no
 * clock takes part. A write of the whole database takes the database's lock alone, all others share
 * it. // law S11
 *
 * <h2>A connection lost in a commit</h2>
 *
 * When the connection breaks while a commit is under way, also because the committing virtual
 * thread was interrupted, the transaction is asked for by its number on another connection: the
 * server knows whether it was committed ({@code pg_xact_status}). Its numbers are good as long as
 * the server has not been restarted in between; after that, the outcome is not known. // law S13
 */
final class PostgresWrites implements Bounds {
    private static final String TAKE_WHOLE =
            "SELECT pg_current_xact_id()::text, pg_advisory_xact_lock(?)";
    private static final String TAKE_PART =
            "SELECT pg_current_xact_id()::text, pg_advisory_xact_lock_shared(?),"
                    + " pg_advisory_xact_lock(?)";
    private static final String TAKE_PART_UNFORCED =
            TAKE_PART + ", set_config('synchronous_commit', 'off', true)";

    /** When the server was started, and when it last recovered, as far as one may see that. */
    private static final String LIFE =
            "SELECT pg_postmaster_start_time()::text || coalesce((SELECT backend_start::text FROM"
                    + " pg_stat_activity WHERE backend_type = 'checkpointer'), '')";

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private final PostgresDialect dialect;
    private final Connection connection;
    private final PreparedStatement takeWhole;
    private final PreparedStatement takePart;
    private final PreparedStatement takePartUnforced;
    private final String life;
    private String transaction = "";

    PostgresWrites(PostgresDialect dialect, Connection connection) throws SQLException {
        this.dialect = dialect;
        this.connection = connection;
        this.takeWhole = connection.prepareStatement(TAKE_WHOLE);
        this.takePart = connection.prepareStatement(TAKE_PART);
        this.takePartUnforced = connection.prepareStatement(TAKE_PART_UNFORCED);
        this.life = text(connection, LIFE);
        connection.commit();
    }

    @Override
    public void begin(@Nullable String part, boolean forced) throws SQLException { // law S11
        try {
            PreparedStatement take =
                    part == null ? takeWhole : forced ? takePart : takePartUnforced; // law S14
            take.setLong(1, dialect.lock("whole"));
            if (part != null) {
                take.setLong(2, dialect.lock("part\n" + part));
            }
            transaction = text(take);
        } catch (SQLException e) {
            if (!dialect.isLost(e)) {
                connection.rollback();
            }
            throw e;
        }
    }

    @Override
    public void commit() throws SQLException {
        try {
            connection.commit();
        } catch (SQLException e) {
            if (!dialect.isLost(e)) {
                throw e;
            }
            connection.abort(Runnable::run); // the server is not to wait for more from here
            if (!wasCommitted(e)) {
                throw e;
            }
        }
    }

    @Override
    public void rollback() throws SQLException {
        connection.rollback();
    }

    /** Asks until the server has decided; an interrupt waits, since the answer has to be known. */
    private boolean wasCommitted(SQLException lost) { // law S13
        boolean interrupted = Thread.interrupted();
        try {
            long began = System.nanoTime();
            while (System.nanoTime() - began < dialect.patience().toNanos()) {
                switch (status()) {
                    case "committed" -> {
                        return true;
                    }
                    case "aborted" -> {
                        return false;
                    }
                    default -> interrupted |= interruptedWhilePausing();
                }
            }
            throw new OrreryException.Unavailable(
                    "whether the last commit to " + dialect.where() + " was kept is not known",
                    "look, or repeat what is under an id",
                    dialect.patience(),
                    lost);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What the server says of the transaction now; a word of ours where it cannot say. */
    private String status() {
        try (Connection other = dialect.connect(Dialect.Access.LISTEN)) {
            String known = "not known";
            if (text(other, LIFE).equals(life)) {
                known = text(other, "SELECT pg_xact_status('" + transaction + "'::xid8)");
            }
            dialect.release(other);
            return known;
        } catch (SQLException | OrreryException e) {
            return "not reached";
        }
    }

    private static boolean interruptedWhilePausing() {
        try {
            Thread.sleep(BETWEEN_LOOKS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return text(statement);
        }
    }

    private static String text(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
