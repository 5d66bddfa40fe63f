package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
}
