package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database keeps, whatever system is behind it. */
abstract class DatabaseContract {
    private static final Format PLANETS =
            Format.of(
                    "planets",
                    dialect ->
                            List.of(
                                    "CREATE TABLE planets (name "
                                            + dialect.textType()
                                            + " PRIMARY KEY, moons "
                                            + dialect.integerType()
                                            + ")"
                                            + dialect.keyedTable()));
    static final String INSERT = "INSERT INTO planets (name, moons) VALUES (?, ?)";
    private static final String COUNT = "SELECT count(*) FROM planets";

    @TempDir Path directory;

    /** Opens the database that belongs to the directory, without the test's tables at first. */
    protected abstract Database bare();

    Database open() {
        Database database = bare();
        database.install(PLANETS);
        return database;
    }

    static long count(Database database) {
        return database.read(session -> session.find(COUNT, row -> row.integer(1)).orElseThrow());
    }

    @Test
    void whatWasWrittenIsThereAfterReopening() {
        try (Database database = open()) {
            int changed = database.write(session -> session.update(INSERT, "Mars", 2));
            assertThat(changed).isEqualTo(1);
        }
        try (Database database = open()) {
            assertThat(
                            database.<List<String>, RuntimeException>read(session ->
                                    session.query(
                                            "SELECT name, moons FROM planets",
                                            row -> row.text(1) + row.integer(2))))
                    .containsExactly("Mars2");
        }
    }

    @Test
    void anExceptionUndoesAllAndIsThrownOnAsItWas() { // law S1
        try (Database database = open()) {
            assertThatThrownBy(() ->
                            database.perform(session -> {
                                session.update(INSERT, "Mars", 2);
                                throw new IOException("on purpose");
                            }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("on purpose");
            assertThat(count(database)).isZero();
            database.perform(session -> session.update(INSERT, "Venus", 0));
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void aBrokenConstraintUndoesTheWholeTransaction() { // law S1
        try (Database database = open()) {
            assertThatThrownBy(() ->
                            database.write(session ->
                                    session.batch(
                                            INSERT,
                                            List.of(
                                                    new Object[] {"Mars", 2},
                                                    new Object[] {"Mars", 3}))))
                    .isInstanceOf(OrreryException.Invalid.class);
            assertThat(count(database)).isZero();
        }
    }

    @Test
    void aReaderKeepsItsMomentWhileAWriterCommits() { // law S3
        try (Database database = open()) {
            long[] seen =
                    database.read(session -> {
                        long before = session.find(COUNT, row -> row.integer(1)).orElseThrow();
                        onAnotherThread(
                                () -> database.perform(other -> other.update(INSERT, "Mars", 2)));
                        return new long[] {
                            before, session.find(COUNT, row -> row.integer(1)).orElseThrow()
                        };
                    });
            assertThat(seen).containsExactly(0, 0);
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void aNewerComponentIsRefusedAndNothingChanges() { // law S4
        try (Database database = open()) {
            database.install(
                    PLANETS.then(dialect -> List.of("ALTER TABLE planets ADD COLUMN rings TEXT")));
            assertThatThrownBy(() -> database.install(PLANETS))
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StorageFailure.Kind.NEWER_FORMAT));
        }
    }

    @Test
    void aSessionIsClosedAfterItsWork() { // law S6
        try (Database database = open()) {
            List<Session> kept = new ArrayList<>();
            database.read(session -> kept.add(session));
            assertThatThrownBy(() -> kept.getFirst().query(COUNT, row -> row.integer(1)))
                    .isInstanceOf(OrreryException.Closed.class);
        }
    }

    @Test
    void aSessionIsClosedToOtherThreads() { // law S6
        try (Database database = open()) {
            database.perform(session ->
                    onAnotherThread(() ->
                            assertThatThrownBy(() -> session.update(INSERT, "Mars", 2))
                                    .isInstanceOf(OrreryException.Closed.class)));
            assertThat(count(database)).isZero();
        }
    }

    @Test
    void aStatementThatIsWrongIsNamed() { // law S10
        try (Database database = open()) {
            assertThatThrownBy(() ->
                            database.write(
                                    session -> session.update("INSERT INTO plants VALUES (1)")))
                    .isInstanceOf(OrreryException.BadDefinition.class)
                    .hasMessageContaining("plants");
        }
    }

    @Test
    void aWriteWithinAWriteIsRefusedByName() { // law S6
        try (Database database = open()) {
            assertThatThrownBy(() -> database.perform(session -> database.read(other -> 1)))
                    .isInstanceOf(OrreryException.Unsupported.class);
        }
    }

    @Test
    void aMapperMayAskTheSameAgain() {
        try (Database database = open()) {
            database.perform(session ->
                    session.batch(
                            INSERT, List.of(new Object[] {"Mars", 2}, new Object[] {"Earth", 1})));
            String sql = "SELECT name FROM planets ORDER BY name";
            List<List<String>> nested =
                    database.read(session ->
                            session.query(sql, row -> session.query(sql, inner -> inner.text(1))));
            assertThat(nested).containsExactly(List.of("Earth", "Mars"), List.of("Earth", "Mars"));
        }
    }

    @Test
    void allParameterTypesComeBackAsTheyWere() {
        try (Database database = bare()) {
            database.perform(session -> {
                Dialect types = session.dialect();
                session.update(
                        "CREATE TABLE t (a %s, b %s, c %s, d %s, e %s, f %s)"
                                .formatted(
                                        types.integerType(),
                                        types.numberType(),
                                        types.textType(),
                                        types.bytesType(),
                                        types.integerType(),
                                        types.textType()));
                session.update(
                        "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)",
                        1L << 40,
                        0.5,
                        "é",
                        new byte[] {0, -1},
                        true,
                        null);
                session.each(
                        "SELECT * FROM t",
                        row -> {
                            assertThat(row.integer(1)).isEqualTo(1L << 40);
                            assertThat(row.number(2)).isEqualTo(0.5);
                            assertThat(row.text(3)).isEqualTo("é");
                            assertThat(row.bytes(4)).containsExactly(0, -1);
                            assertThat(row.flag(5)).isTrue();
                            assertThat(row.isNull(6)).isTrue();
                            assertThat(row.textOrNull(6)).isNull();
                            assertThatThrownBy(() -> row.text(6))
                                    .isInstanceOf(OrreryException.Invalid.class);
                        });
            });
        }
    }

    static void onAnotherThread(Runnable work) {
        FutureTask<Void> task = new FutureTask<>(work, null);
        Thread.startVirtualThread(task);
        try {
            task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
