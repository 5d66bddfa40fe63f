package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Timeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of version 1, which are written and read the same for ever. Law Q35. */
class StoreFormatTest {
    private static final String GOLDEN = "queries-1.segment";
    private static final String SEGMENT = "00000000000000000001.segment";

    @TempDir Path directory;

    private int runs;

    /** What the golden file was made by. */
    Path write(Path where) {
        try (QueryStore store = QueryStore.open(where)) {
            Queries queries = queries(store);
            Input<String, String> text = queries.input("text", String.class, String.class);
            Query<String, Integer> twice = twice(queries, text);
            text.set("a", "hello");
            twice.of("a");
            queries.save();
            queries.close();
        }
        return where.resolve(SEGMENT);
    }

    private static Queries queries(QueryStore store) {
        return new Queries(
                Timeline.startingAt("golden", store.revision()),
                Thread.ofVirtual().factory(),
                store);
    }

    private Query<String, Integer> twice(Queries queries, Input<String, String> text) {
        Query<String, Integer> length =
                queries.define("length", String.class, Integer.class)
                        .version(1)
                        .as(key -> {
                            runs++;
                            return text.require(key).length();
                        });
        return queries.define("twice", String.class, Integer.class)
                .version(1)
                .as(key -> {
                    runs++;
                    return 2 * length.of(key);
                });
    }

    private static byte[] golden() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(StoreFormatTest.class.getResourceAsStream(GOLDEN))) {
            return in.readAllBytes();
        }
    }

    @Test
    void whatIsWrittenIsTheGoldenFile() throws IOException {
        assertThat(write(directory)).hasBinaryContent(golden());
    }

    @Test
    void theGoldenFileIsRead() throws IOException {
        Files.write(directory.resolve(SEGMENT), golden());
        try (QueryStore store = QueryStore.open(directory)) {
            Queries queries = queries(store);
            Input<String, String> text = queries.input("text", String.class, String.class);
            assertThat(text.require("a")).isEqualTo("hello");
            assertThat(twice(queries, text).of("a")).isEqualTo(10);
            assertThat(runs).isZero();
            queries.close();
        }
    }
}
