package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.testkit.RealPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that break while a commit is under way. */
// law S13
@Timeout(60)
class LostCommitTest {
    /** Does something before or after a commit reaches the server; the one failure we inject. */
    private interface Breaking {
        void at(Connection real) throws SQLException;
    }

    private static final Breaking NOWHERE = _ -> {};
    private static final SQLException GONE = new SQLException("gone", "08006");

    private final DataSource real = RealPostgres.empty();
    private final AtomicReference<Breaking> before = new AtomicReference<>(NOWHERE);
    private final AtomicReference<Breaking> after = new AtomicReference<>(NOWHERE);
    private Database database;

    @BeforeEach
    void open() {
        database =
                Database.open(
                        proxy(
                                DataSource.class,
                                real,
                                (name, result) ->
                                        name.equals("getConnection")
                                                ? breakable((Connection) result)
                                                : result),
                        new Database.Options(2, Duration.ofSeconds(2)),
                        Thread.ofVirtual().factory());
        database.perform(session -> session.update("CREATE TABLE t (a BIGINT)"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private interface Result {
        Object of(String method, Object real) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, T target, Result result) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            try {
                                return result.of(
                                        method.getName(), method.invoke(target, arguments));
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private Connection breakable(Connection connection) {
        return (Connection)
                Proxy.newProxyInstance(
                        Connection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            try {
                                if (!method.getName().equals("commit")) {
                                    return method.invoke(connection, arguments);
                                }
                                before.getAndSet(NOWHERE).at(connection);
                                connection.commit();
                                after.getAndSet(NOWHERE).at(connection);
                                return null;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private long rows() {
        return database.read(session ->
                session.find("SELECT count(*) FROM t", row -> row.integer(1)).orElseThrow());
    }

    private void insert() {
        database.perform("t", session -> session.update("INSERT INTO t VALUES (1)"));
    }

    private static void cut(Connection connection) throws SQLException {
        connection.abort(Runnable::run);
        throw GONE;
    }

    @Test
    void aCommitWhoseAnswerWasLostCounts() {
        after.set(LostCommitTest::cut);
        insert();
        assertThat(rows()).isEqualTo(1);
        insert();
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void aCommitThatDidNotReachTheServerLeavesNothing() {
        before.set(LostCommitTest::cut);
        assertThatThrownBy(this::insert).isInstanceOf(Unavailable.class);
        assertThat(rows()).isZero();
        insert();
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void anInterruptInACommitThatWasKeptIsKeptForLater() {
        after.set(connection -> {
            Thread.currentThread().interrupt();
            cut(connection);
        });
        insert();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void anInterruptBeforeTheCommitReachedTheServerCancels() {
        before.set(connection -> {
            Thread.currentThread().interrupt();
            cut(connection);
        });
        assertThatThrownBy(this::insert).isInstanceOf(Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(rows()).isZero();
    }

    @Test
    void aTransactionThatIsStillUnderWayIsWaitedFor() {
        before.set(connection -> {
            throw GONE; // the server has not noticed, and goes on holding the transaction
        });
        assertThatThrownBy(this::insert)
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("try again");
        assertThat(rows()).isZero();
    }
}
