package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Statements are prepared once and kept, within bounds. */
class StatementsTest {
    private final Connected session =
            Connected.open(
                    new SqliteDialect(SqliteDialect.MEMORY, Duration.ofSeconds(1)),
                    Dialect.Access.WRITE);

    @Test
    void theSameTextIsPreparedOnce() { // law S9
        session.begin(null, true);
        for (int i = 0; i < 100; i++) {
            assertThat(session.find("SELECT ?", row -> row.integer(1), i)).hasValue((long) i);
        }
        assertThat(session.prepared()).isEqualTo(1);
        session.commit();
    }

    @Test
    void oldStatementsGiveWayToNewOnes() { // law S9
        session.begin(null, true);
        for (int i = 0; i < 1_000; i++) {
            assertThat(session.find("SELECT " + i, row -> row.integer(1))).hasValue((long) i);
        }
        assertThat(session.prepared()).isLessThanOrEqualTo(256);
        assertThat(session.find("SELECT 0", row -> row.integer(1))).hasValue(0L);
        session.commit();
    }

    @Test
    void parametersOfOneRunAreForgottenByTheNext() {
        session.begin(null, true);
        session.update("CREATE TABLE t (a, b)");
        session.update("INSERT INTO t VALUES (?, ?)", "one", 1);
        session.update("INSERT INTO t VALUES (?, ?)", null, null);
        assertThat(session.query("SELECT b FROM t WHERE a IS NULL", row -> row.isNull(1)))
                .containsExactly(true);
        session.commit();
    }

    @Test
    void aStatementThatFailedRunsAgain() { // law S9
        session.begin(null, true);
        assertThat(absolute(-1)).hasValue(1L);
        assertThatThrownBy(() -> absolute(Long.MIN_VALUE)).hasMessageContaining("overflow");
        assertThat(absolute(-2)).hasValue(2L);
        session.commit();
    }

    private Optional<Long> absolute(long number) {
        return session.find("SELECT abs(?)", row -> row.integer(1), number);
    }

    @Test
    void aCommitThatFailedDoesNotFailTheNextOnes() {
        assertThatThrownBy(session::commit).hasMessageContaining("no transaction");
        session.begin(null, true);
        session.update("CREATE TABLE t (a)");
        session.commit();
        session.begin(null, true);
        assertThat(session.find("SELECT count(*) FROM t", row -> row.integer(1))).hasValue(0L);
        session.rollback(new IllegalStateException("enough"));
    }
}
