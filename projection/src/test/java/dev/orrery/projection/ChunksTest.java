package dev.orrery.projection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.StorageFailure;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Changes in chunks: written by batch, read by key. */
class ChunksTest {
    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<String> texts(List<byte[]> changes) {
        return changes.stream().map(change -> new String(change, UTF_8)).toList();
    }

    private static List<byte[]> changes(String... texts) {
        return Arrays.stream(texts).map(ChunksTest::bytes).toList();
    }

    private final Map<Long, byte[]> stored = new HashMap<>();

    private long store(long next, String key, long before, long first, String... changes) {
        Chunks chunks = new Chunks(next);
        long id = chunks.add(bytes(key), before, first, changes(changes));
        chunks.all().forEach(chunk -> stored.put(chunk.id(), chunk.bytes()));
        return id;
    }

    private List<String> after(String key, long newest, long version) {
        return texts(
                Chunks.changes(
                        id -> Optional.ofNullable(stored.get(id)),
                        bytes(key),
                        newest,
                        version,
                        "here"));
    }

    @Test
    void theLastChangesOfAKeyAreFoundFromItsNewestChunkBackwards() {
        long first = store(1, "a", 0, 1, "one", "two");
        store(2, "b", 0, 1, "other");
        long second = store(3, "a", first, 3, "three");
        assertThat(after("a", second, 0)).containsExactly("one", "two", "three");
        assertThat(after("a", second, 1)).containsExactly("two", "three");
        assertThat(after("a", second, 2)).containsExactly("three");
        assertThat(after("a", second, 3)).isEmpty();
    }

    @Test
    void withoutTheFirstOfThemThereIsNone() {
        long first = store(1, "a", 0, 1, "one", "two");
        long second = store(2, "a", first, 3, "three");
        stored.remove(first);
        assertThat(after("a", second, 1)).isEmpty();
        assertThat(after("a", second, 2)).containsExactly("three");
        long later = store(3, "a", second, 6, "six"); // two were dropped within a batch
        assertThat(after("a", later, 2)).isEmpty();
        assertThat(after("a", later, 5)).containsExactly("six");
    }

    @Test
    void aChunkIsClosedWhenItIsFullAndTheNextHasTheNextNumber() {
        Chunks chunks = new Chunks(7);
        String large = "x".repeat(20_000);
        assertThat(chunks.add(bytes("a"), 0, 1, changes(large))).isEqualTo(7);
        assertThat(chunks.add(bytes("b"), 0, 1, changes("y", "z"))).isEqualTo(8);
        assertThat(chunks.all()).extracting(Chunks.Chunk::id).containsExactly(7L, 8L);
        assertThat(chunks.all()).extracting(Chunks.Chunk::changes).containsExactly(1, 2);
    }

    /** The stored form, which must not change. */
    @Test
    void theLayoutIsTheOneThatIsDocumented() {
        store(1, "k", 5, 2, "ab", "c");
        assertThat(HexFormat.of().formatHex(stored.get(1L)))
                .isEqualTo(
                        "00000001"
                                + "6b" // the key
                                + "0000000000000005" // the chunk before
                                + "0000000000000002" // the first version
                                + "00000002"
                                + "0000000b" // two changes of 11 bytes
                                + "00000002"
                                + "6162"
                                + "00000001"
                                + "63");
    }

    @Test
    void damageIsSaidAndNeverMore() {
        store(1, "key", 0, 1, "one", "two", "three");
        byte[] whole = stored.get(1L);
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            try {
                Chunks.find(damaged, bytes("key"), "here");
            } catch (StorageFailure expected) {
                assertThat(expected.kind()).isEqualTo(StorageFailure.Kind.DAMAGED);
            }
        }
        assertThatThrownBy(() -> Chunks.find(new byte[] {-1, -1, -1, -1}, bytes("key"), "here"))
                .isInstanceOf(StorageFailure.class);
    }
}
