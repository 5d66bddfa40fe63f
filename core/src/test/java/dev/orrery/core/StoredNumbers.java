package dev.orrery.core;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbers with a store of their own, which a test may look into and stop at. */
final class StoredNumbers extends StoredRelation<String, Integer> {
    final Map<String, Integer> store = new ConcurrentSkipListMap<>();
    final AtomicInteger asked = new AtomicInteger();

    /** Run when the store is asked for a key, before it answers. */
    volatile Runnable whenAsked = () -> {};

    /** Run when the store has handed over everything. */
    volatile Runnable whenScanned = () -> {};

    StoredNumbers(Timeline timeline, int most) {
        super(timeline, "numbers", most);
    }

    @Override
    protected Optional<Integer> stored(String key) {
        asked.incrementAndGet();
        whenAsked.run();
        return Optional.ofNullable(store.get(key));
    }

    @Override
    protected boolean eachStored(StoredReader<String, Integer> reader) {
        store.forEach((key, value) -> reader.read(key, () -> value));
        whenScanned.run();
        return true;
    }

    // the steps of a writer

    /** Holds keys and stores what is new of them; empty is a removal. */
    void store(Map<String, Optional<Integer>> changes) {
        hold(changes.keySet(), key -> Optional.ofNullable(store.get(key)));
        changes.forEach((key, value) ->
                value.ifPresentOrElse(number -> store.put(key, number), () -> store.remove(key)));
    }

    Revision show(Map<String, Optional<Integer>> changes) {
        Revision shown =
                timeline()
                        .transact(
                                "show",
                                transaction ->
                                        changes.forEach((key, value) ->
                                                transaction.write(this, key, value)));
        letGo();
        return shown;
    }

    Revision write(Map<String, Optional<Integer>> changes) {
        store(changes);
        return show(changes);
    }

    Revision set(String key, int value) {
        return write(Map.of(key, Optional.of(value)));
    }

    Revision remove(String key) {
        return write(Map.of(key, Optional.empty()));
    }

    /** The same relation after a restart. */
    StoredNumbers reopened(int most) {
        StoredNumbers again = new StoredNumbers(timeline(), most);
        again.store.putAll(store);
        again.restore(again.store.keySet().stream().limit(most).toList());
        return again;
    }

    private void restore(Iterable<String> some) {
        some.forEach(key -> restore(key, store.get(key)));
        if (keysInMemory() < store.size()) {
            restoredSome();
        }
    }

    boolean isInMemoryForTest(String key) {
        return isInMemory(key);
    }

    LocalRelation<String, Integer> even() {
        return subset("even numbers", value -> value % 2 == 0);
    }

    Set<String> keysOfEveryVersion() {
        Set<String> keys = new java.util.TreeSet<>();
        eachVersion((key, _) -> keys.add(key));
        return keys;
    }

    @Override
    public Row toRow(String key, Integer value) {
        return Row.of("key", key, "value", value);
    }
}
