package dev.orrery.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.KeyValueStore;
import dev.orrery.core.KeyValueStore.Write;
import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every engine of {@link KeyValueStore} keeps. An engine's test extends it and says how to
 * open one.
 */
// laws C50, C51
@Timeout(60) // seconds: a fault shows as a failure, not as a build that hangs
public abstract class KeyValueStoreContract {
    private static final byte[] FIRST = {};

    private KeyValueStore store = KeyValueStore.inMemory();

    /** Opens an empty store. */
    protected abstract KeyValueStore open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void whatIsPutIsFoundUntilItIsDeleted() {
        assertThat(store.find(bytes("mars"))).isEmpty();
        store.put(bytes("mars"), bytes("red"));
        assertThat(store.find(bytes("mars"))).hasValue(bytes("red"));
        store.put(bytes("mars"), bytes("rusty"));
        assertThat(store.find(bytes("mars"))).hasValue(bytes("rusty"));
        store.delete(bytes("mars"));
        store.delete(bytes("mars"));
        assertThat(store.find(bytes("mars"))).isEmpty();
    }

    @Test
    void emptyKeysAndValuesAreKeysAndValues() {
        store.put(FIRST, FIRST);
        assertThat(store.find(FIRST)).hasValue(FIRST);
        assertThat(store.scan(FIRST, null, 10))
                .containsExactly(new KeyValueStore.Entry(FIRST, FIRST));
    }

    @Test
    void aScanIsInTheOrderOfUnsignedBytes() { // law C51
        byte[][] keys = {
            {}, {0}, {0, 0}, {0, 1}, {1}, {127}, {127, -1}, {-128}, {-1}, {-1, 0}, {-1, -1}
        };
        List<byte[]> shuffled = new ArrayList<>(List.of(keys));
        shuffled.sort((left, right) -> Arrays.compare(right, left));
        shuffled.forEach(key -> store.put(key, key));
        assertThat(store.scan(FIRST, null, 100).stream().map(KeyValueStore.Entry::key))
                .containsExactly(keys);
    }

    @Test
    void aScanHoldsItsFirstKeyAndNotItsLast() {
        for (String key : List.of("a", "b", "c", "d")) {
            store.put(bytes(key), bytes(key));
        }
        assertThat(keys(store.scan(bytes("b"), bytes("d"), 10))).containsExactly("b", "c");
        assertThat(keys(store.scan(bytes("b"), null, 10))).containsExactly("b", "c", "d");
        assertThat(keys(store.scan(bytes("aa"), bytes("cc"), 1))).containsExactly("b");
        assertThat(store.scan(bytes("c"), bytes("b"), 10)).isEmpty();
        assertThat(store.scan(bytes("b"), bytes("b"), 10)).isEmpty();
    }

    @Test
    void aBatchIsAppliedInItsOrder() {
        store.apply(
                List.of(
                        new Write.Put(bytes("a"), bytes("1")),
                        new Write.Delete(bytes("a")),
                        new Write.Put(bytes("b"), bytes("1")),
                        new Write.Put(bytes("b"), bytes("2")),
                        new Write.Delete(bytes("c"))));
        assertThat(store.find(bytes("a"))).isEmpty();
        assertThat(store.find(bytes("b"))).hasValue(bytes("2"));
    }

    @Test
    void aBatchIsAppliedWholeOrNotAtAll() { // law C50
        byte[] longKey = new byte[KeyValueStore.LONGEST_KEY + 1];
        assertThatThrownBy(() ->
                        store.apply(
                                List.of(
                                        new Write.Put(bytes("a"), bytes("1")),
                                        new Write.Put(longKey, bytes("2")))))
                .isInstanceOf(OrreryException.LimitExceeded.class);
        assertThat(store.scan(FIRST, null, 10)).isEmpty();
    }

    @Test
    void aReaderSeesWholeBatchesOnly() throws InterruptedException { // law C50
        byte[][] keys = {bytes("a"), bytes("m"), bytes("z")};
        Thread writer =
                Thread.startVirtualThread(() -> {
                    for (int i = 0; i < 200; i++) {
                        byte[] value = bytes("value " + i);
                        store.apply(
                                Arrays.stream(keys).map(key -> new Write.Put(key, value)).toList());
                    }
                });
        while (writer.isAlive()) {
            List<KeyValueStore.Entry> seen = store.scan(FIRST, null, 10);
            assertThat(seen.size()).isIn(0, 3);
            assertThat(seen.stream().map(entry -> new String(entry.value(), UTF_8)).distinct())
                    .hasSizeLessThanOrEqualTo(1);
        }
        writer.join();
    }

    @Test
    void theStoreSharesNoArrayWithItsUsers() {
        byte[] key = bytes("key");
        byte[] value = bytes("value");
        store.put(key, value);
        key[0] = 'X';
        value[0] = 'X';
        store.find(bytes("key")).orElseThrow()[1] = 'X';
        store.scan(FIRST, null, 1).getFirst().key()[0] = 'Y';
        assertThat(store.scan(FIRST, null, 10))
                .containsExactly(new KeyValueStore.Entry(bytes("key"), bytes("value")));
    }

    @Test
    void aClosedStoreRefusesEverything() {
        store.close();
        store.close();
        assertThatThrownBy(() -> store.find(FIRST)).isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(() -> store.put(FIRST, FIRST))
                .isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(() -> store.scan(FIRST, null, 1))
                .isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void aRandomHistoryReadsAsItsModel() {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        for (int step = 0; step < 300; step++) {
            List<Write> batch = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                byte[] key = randomBytes(random, 3);
                if (random.nextInt(3) == 0) {
                    batch.add(new Write.Delete(key));
                    model.remove(key);
                } else {
                    byte[] value = randomBytes(random, 20);
                    batch.add(new Write.Put(key, value));
                    model.put(key, value);
                }
            }
            store.apply(batch);
            byte[] from = randomBytes(random, 2);
            int max = random.nextInt(1, 20);
            assertThat(store.scan(from, null, max))
                    .as("seed %d", seed)
                    .isEqualTo(
                            model.tailMap(from, true).entrySet().stream()
                                    .limit(max)
                                    .map(each ->
                                            new KeyValueStore.Entry(each.getKey(), each.getValue()))
                                    .toList());
        }
    }

    private static byte[] randomBytes(SplittableRandom random, int longest) {
        byte[] bytes = new byte[random.nextInt(longest + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<String> keys(List<KeyValueStore.Entry> entries) {
        return entries.stream().map(entry -> new String(entry.key(), UTF_8)).toList();
    }
}
