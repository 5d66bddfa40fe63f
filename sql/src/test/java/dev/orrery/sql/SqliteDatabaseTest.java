package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A database in a SQLite file, and what is particular to files. */
class SqliteDatabaseTest extends DatabaseContract {
    private static final long NORMAL = 1; // a commit does not wait for the disk
    private static final long FULL = 2;

    @Override
    protected Database bare() {
        return Database.open(directory.resolve("orrery.db"));
    }

    @Test
    void aWriteThatIsNotForcedIsForcedByTheNextThatIs() throws IOException { // law S14
        Path lost = Files.createDirectory(directory.resolve("lost"));
        try (Database database = open()) {
            assertThat(forcing(database)).containsExactly(NORMAL, FULL);
            Path wal = directory.resolve("orrery.db-wal");
            database.performUnforced("a", session -> session.update(INSERT, "Mars", 2));
            assertThat(count(database)).isEqualTo(1);
            database.perform("b", session -> session.update(INSERT, "Venus", 0));
            long forced = Files.size(wal);
            database.performUnforced("a", session -> session.update(INSERT, "Earth", 1));
            Files.copy(directory.resolve("orrery.db"), lost.resolve("orrery.db"));
            byte[] kept = Arrays.copyOf(Files.readAllBytes(wal), (int) forced);
            Files.write(lost.resolve("orrery.db-wal"), kept);
        }
        try (Database database = Database.open(lost.resolve("orrery.db"))) {
            assertThat(count(database)).isEqualTo(2);
        }
    }

    /** What SQLite does at a commit: of a write that is not to be forced, then of one that is. */
    private static List<Long> forcing(Database database) {
        List<Long> levels = new ArrayList<>();
        database.performUnforced("a", session -> levels.add(level(session)));
        database.perform("a", session -> levels.add(level(session)));
        return levels;
    }

    private static long level(Session session) {
        return session.find("PRAGMA synchronous", row -> row.integer(1)).orElseThrow();
    }

    @Test
    void aSecondHolderIsRefused() { // law S5
        try (Database database = open()) {
            assertThatThrownBy(() -> Database.open(directory.resolve("orrery.db")))
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StorageFailure.Kind.LOCKED))
                    .hasMessageContaining("or a second time in this one; close it there");
            assertThat(count(database)).isZero();
        }
        open().close();
    }

    @Test
    void aNewerFileIsRefused() { // law S4
        Path file = directory.resolve("orrery.db");
        try (Database database = open()) {
            database.perform(session -> session.update("PRAGMA user_version = 2"));
        }
        assertThatThrownBy(() -> Database.open(file))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure ->
                                assertThat(failure.kind())
                                        .isEqualTo(StorageFailure.Kind.NEWER_FORMAT));
    }

    @Test
    void aFileThatIsNoDatabaseIsDamaged() throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("orrery.db"),
                        "this is a text, and rather a long one".repeat(99));
        assertThatThrownBy(() -> Database.open(file))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure ->
                                assertThat(failure.kind()).isEqualTo(StorageFailure.Kind.DAMAGED));
    }

    @Test
    void whatDidNotFitIsWrittenOnceThereIsRoom() { // laws S1, S10
        try (Database database = open()) {
            String planet = "x".repeat(1 << 20);
            pagesAtMost(database, 20);
            assertThatThrownBy(() -> database.perform(session -> session.update(INSERT, planet, 1)))
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind()).isEqualTo(StorageFailure.Kind.FULL));
            pagesAtMost(database, 1 << 20);
            database.perform(session -> session.update(INSERT, planet, 1));
            assertThat(count(database)).isEqualTo(1);
        }
    }

    private static void pagesAtMost(Database database, int pages) {
        database.perform(
                session -> session.find("PRAGMA max_page_count = " + pages, row -> row.integer(1)));
    }

    @Test
    void aDirectoryThatIsAFileIsUnreadable() throws IOException {
        Path file = Files.writeString(directory.resolve("plain"), "");
        assertThatThrownBy(() -> Database.open(file.resolve("orrery.db")))
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure ->
                                assertThat(failure.kind())
                                        .isEqualTo(StorageFailure.Kind.UNREADABLE));
    }
}
