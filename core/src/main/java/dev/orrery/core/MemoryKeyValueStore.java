package dev.orrery.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** The key-value store in memory: a sorted map under a read-write lock. Thread-safe. */
final class MemoryKeyValueStore implements KeyValueStore {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final TreeMap<byte[], byte[]> values =
            new TreeMap<>(Arrays::compareUnsigned); // law C51
    private boolean closed;

    @Override
    public Optional<byte[]> find(byte[] key) {
        lock.readLock().lock();
        try {
            requireOpen();
            return Optional.ofNullable(values.get(key)).map(byte[]::clone);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void apply(List<? extends Write> batch) {
        batch.forEach(KeyValueStore::requireWithinLimits);
        lock.writeLock().lock(); // law C50
        try {
            requireOpen();
            for (Write write : batch) {
                switch (write) {
                    case Write.Put(var key, var value) -> values.put(key.clone(), value.clone());
                    case Write.Delete(var key) -> values.remove(key);
                }
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public List<Entry> scan(byte[] from, byte @Nullable [] to, int max) {
        lock.readLock().lock();
        try {
            requireOpen();
            List<Entry> found = new ArrayList<>();
            for (Map.Entry<byte[], byte[]> each : range(from, to).entrySet()) {
                if (found.size() >= max) {
                    break;
                }
                found.add(new Entry(each.getKey().clone(), each.getValue().clone()));
            }
            return found;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            values.clear();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private NavigableMap<byte[], byte[]> range(byte[] from, byte @Nullable [] to) {
        if (to == null) {
            return values.tailMap(from, true);
        }
        return Arrays.compareUnsigned(from, to) >= 0
                ? Collections.emptyNavigableMap()
                : values.subMap(from, true, to, false);
    }

    private void requireOpen() {
        if (closed) {
            throw new OrreryException.Closed("key-value store");
        }
    }
}
