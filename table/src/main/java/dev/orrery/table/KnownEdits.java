package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The last edits by name, so that one that comes again is not done again. Thread-safe.
 *
 * <p>Edits take turns, so that two calls of one edit at the same time are told apart. Lock order:
 * this lock, then the reducer's. // law T19
 */
final class KnownEdits<V> {
    private static final int KEPT = 1_024;

    private final ReentrantLock turns = new ReentrantLock();
    private final Map<String, Known<V>> known =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Known<V>> eldest) {
                    return size() > KEPT;
                }
            };

    private record Known<V>(Key key, Row fields, Write<V> write) {}

    /** The write of an edit: the one there is, or the one that is begun now. */
    Write<V> once(Key key, Edit edit, Supplier<Write<V>> begin) {
        turns.lock();
        try {
            Known<V> before = known.get(edit.mutation());
            if (before != null && before.write().state() != Write.State.WITHDRAWN) {
                requireSame(key, edit, before.key(), before.fields());
                return before.write();
            }
            Write<V> write = begin.get();
            known.put(edit.mutation(), new Known<>(key, edit.fields(), write));
            return write;
        } finally {
            turns.unlock();
        }
    }

    /** Refuses an edit under the name of another one. */
    void requireSame(Key key, Edit edit, Key knownKey, Row knownFields) {
        if (!key.equals(knownKey) || !edit.fields().equals(knownFields)) {
            throw new Invalid("mutation", "names one edit, and this is another", edit.mutation());
        }
    }

    /** Forgets an edit. */
    void forget(String mutation) {
        turns.lock();
        try {
            known.remove(mutation);
        } finally {
            turns.unlock();
        }
    }
}
