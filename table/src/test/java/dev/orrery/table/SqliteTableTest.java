package dev.orrery.table;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.core.ValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTableTest extends TableContract {
    @TempDir Path directory;

    private Path file() {
        return directory.resolve("things.db");
    }

    private Table table(String name) {
        return Jdbc.open("jdbc:sqlite:" + file()).table(name);
    }

    private void execute(String sql) throws Exception {
        try (OtherProgram other = new OtherProgram(file())) {
            other.execute(sql);
        }
    }

    @Override
    protected Table emptyTable() throws Exception {
        execute(
                "CREATE TABLE things (id TEXT PRIMARY KEY COLLATE NOCASE, name TEXT COLLATE NOCASE,"
                        + " size INTEGER, weight REAL, good BOOLEAN)");
        return table("things");
    }

    @Test
    void theSchemaIsReadFromTheDatabase() throws Exception {
        execute(
                "CREATE TABLE \"odd \"\"one\" (n INT NOT NULL, code VARCHAR(3) PRIMARY KEY,"
                        + " at DATETIME NOT NULL DEFAULT 'now', price DECIMAL(8, 2), raw BLOB, twice AS (n * 2))");
        try (Table odd = table("odd \"one")) {
            Schema schema = odd.schema();

            assertThat(schema.id()).isEqualTo("code");
            assertThat(schema.fields())
                    .extracting(Schema.Field::name, Schema.Field::type, Schema.Field::required)
                    .containsExactly(
                            org.assertj.core.api.Assertions.tuple("n", ValueType.INTEGER, true),
                            org.assertj.core.api.Assertions.tuple("code", ValueType.TEXT, true),
                            org.assertj.core.api.Assertions.tuple("at", ValueType.TEXT, true),
                            org.assertj.core.api.Assertions.tuple("price", ValueType.NUMBER, false),
                            org.assertj.core.api.Assertions.tuple("raw", ValueType.BYTES, false),
                            org.assertj.core.api.Assertions.tuple("twice", ValueType.TEXT, false));
            assertThat(schema.field("code").maxLength()).isEqualTo(3);
            assertThat(odd.insert(Row.of("code", "abc", "n", 2)).text("at")).isEqualTo("now");
        }
    }

    @Test
    void aConditionIsPushedAsFarAsItCanBe() throws Exception {
        try (Table things = table("things")) {
            assertThat(
                            things.where(text("name").eq("x").and(integer("size").gt(1)))
                                    .plan()
                                    .narrowedBySource())
                    .isTrue();
            Plan mixed = things.where(text("name").eq("x").and(text("size").eq("x"))).plan();
            assertThat(mixed.pushed()).isEqualTo(text("name").eq("x"));
            assertThat(mixed.narrowedBySource()).isFalse();
        }
    }

    @Test
    void aValueAgainstItsColumnsTypeIsReadAsItIs() throws Exception {
        execute("INSERT INTO things (id, size, good) VALUES ('a', 'many', 7)");
        try (Table things = table("things")) {
            assertThat(things.require(Key.of("a")).value("size")).isEqualTo("many");
            assertThat(things.require(Key.of("a")).value("good")).isEqualTo(7L);
            assertThat(things.where(integer("size").ne(1)).list()).isEmpty();
        }
    }

    @Test
    void whatTheDatabaseRefusesIsInvalidWithItsColumn() throws Exception {
        execute("CREATE TABLE strict_one (id TEXT PRIMARY KEY, n INTEGER UNIQUE, CHECK (n > 0))");
        try (Table strict = table("strict_one")) {
            strict.insert(Row.of("id", "a", "n", 1));
            assertThatThrownBy(() -> strict.insert(Row.of("id", "b", "n", 1)))
                    .isInstanceOf(Invalid.class)
                    .hasMessageStartingWith(
                            "n was refused by the database: UNIQUE constraint failed");
            assertThatThrownBy(() -> strict.insert(Row.of("id", "b", "n", 0)))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("CHECK constraint failed");
            assertThat(strict.count()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatIsNotThereSaysSoAndIsNotMade() {
        Path nowhere = directory.resolve("nowhere.db");
        Table table = Jdbc.open("jdbc:sqlite:" + nowhere).table("things");

        assertThatThrownBy(table::schema)
                .isInstanceOf(Unavailable.class)
                .hasMessage(nowhere + " is not there; check the path, or put the file back");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void aTableThatIsNotThereIsNamedWithThoseThatAre() {
        assertThatThrownBy(() -> table("thinks").list())
                .isInstanceOf(BadDefinition.class)
                .hasMessage("table thinks: is not in " + file() + "; its tables are: things");
    }

    @Test
    void aTableWithoutAPrimaryKeyOfOneColumnIsRefused() throws Exception {
        execute("CREATE TABLE loose (a TEXT)");
        execute("CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b))");

        assertThatThrownBy(() -> table("loose").list())
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("has no primary key");
        assertThatThrownBy(() -> table("pairs").list())
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("has a primary key of several columns: a, b");
        assertThat(Jdbc.open("jdbc:sqlite:" + file()).tables())
                .containsExactly("loose", "pairs", "things");
    }

    @Test
    void aFileThatIsNoDatabaseSaysSo() throws Exception {
        Path other = directory.resolve("notes.txt");
        Files.writeString(
                other,
                "not a database, but long enough to look like one at first sight".repeat(20));

        assertThatThrownBy(() -> Jdbc.open("jdbc:sqlite:" + other).table("things").list())
                .isInstanceOf(BadDefinition.class)
                .hasMessage(other + ": is not a sound SQLite database; check the path");
        assertThatThrownBy(() -> Jdbc.open("jdbc:sqlite:" + directory).table("things").list())
                .isInstanceOf(BadDefinition.class)
                .hasMessage(directory + ": is a directory; name a SQLite file");
        assertThatThrownBy(() -> Jdbc.open("jdbc:postgresql://localhost/x"))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("is no database known here");
    }

    @Test
    void aFilePutInAnothersPlaceIsRead() throws Exception {
        try (Table things = table("things")) {
            things.insert(Row.of("id", "old"));
            Object before = things.driver().mark();
            Path replacement = directory.resolve("new.db");
            try (OtherProgram other = new OtherProgram(replacement)) {
                other.execute("CREATE TABLE things (id TEXT PRIMARY KEY)")
                        .execute("INSERT INTO things VALUES ('new')");
            }
            Files.move(replacement, file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

            assertThat(things.driver().mark()).isNotEqualTo(before);
            assertThat(things.list()).containsExactly(Row.of("id", "new"));
        }
    }

    @Test
    void aLockedDatabaseIsUnavailableAndNothingIsDone() throws Exception {
        try (Table things = table("things");
                OtherProgram other = new OtherProgram(file())) {
            other.execute("BEGIN IMMEDIATE");

            assertThatThrownBy(() -> things.insert(Row.of("id", "a")))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("see that no other program keeps it locked");
            other.execute("ROLLBACK");
            assertThat(things.insert(Row.of("id", "a"))).isNotNull();
        }
    }
}
