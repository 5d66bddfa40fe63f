package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A database in a SQLite file, and what is particular to files. */
class SqliteDatabaseTest extends DatabaseContract {
    @Override
    protected Database bare() {
        return Database.open(directory.resolve("orrery.db"));
    }

    @Test
    void aSecondHolderIsRefused() { // law S5
        try (Database database = open()) {
            assertThatThrownBy(() -> Database.open(directory.resolve("orrery.db")))
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StorageFailure.Kind.LOCKED));
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
