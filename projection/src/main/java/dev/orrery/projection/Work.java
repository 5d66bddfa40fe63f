package dev.orrery.projection;

import dev.orrery.log.Recorded;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One key under way: its newest state, and its changes since the batch began, as many as are kept.
 * Confined to the thread that folds its partition.
 */
final class Work<E, K, S> {
    /**
     * In place of a change or a state: none. A state without bytes was removed; a change without
     * bytes is one that only the whole can tell. No value is without bytes.
     */
    private static final byte[] NONE = {};

    private final Folding<E, K, S> folding;
    private final K key;
    private final long chunkBefore;
    private final Deque<byte[]> changes = new ArrayDeque<>(2);
    private @Nullable S state;
    private long version;
    private long position;
    private long first;
    private boolean changed;

    /** A key of which something is known, or nothing, before the event of a number. */
    Work(Folding<E, K, S> folding, K key, @Nullable Held<S> known, long number) {
        this.folding = folding;
        this.key = key;
        Held<S> held =
                known == null || known.isForgottenAt(number)
                        ? new Held<>(null, Remembrance.versionBefore(number), number, 0)
                        : known;
        this.state = held.state();
        this.version = held.version();
        this.position = held.position();
        this.chunkBefore = held.chunk();
        this.first = version + 1;
    }

    K key() {
        return key;
    }

    /** Folds an event; what it throws has changed nothing. */
    void apply(Recorded<E> recorded) {
        @Nullable S before = state;
        S from = before == null ? folding.projection().initial(key) : before;
        S next = folding.projection().apply(from, recorded.event());
        long at = recorded.position().number();
        if (folding.projection().removes(next)) {
            if (before != null) {
                change(null, NONE, at);
            }
        } else if (before == null || !next.equals(before)) {
            change(next, kept(from, next, recorded.event()), at);
        }
    }

    private byte[] kept(S before, S after, E event) {
        return folding.changesKept() == 0 ? NONE : folding.changes().encode(before, after, event);
    }

    /** Puts a state in place of what was folded, which those who follow the key get whole. */
    void put(S edited) {
        change(edited, NONE, position);
    }

    private void change(@Nullable S next, byte[] change, long at) {
        changes.add(change);
        if (changes.size() > Math.max(1, folding.changesKept())) {
            changes.remove();
            first++;
        }
        state = next;
        version++;
        position = at;
        changed = true;
    }

    boolean isChanged() {
        return changed;
    }

    int changes() {
        return changes.size();
    }

    byte[] encodedKey() {
        return folding.keys().encode(key);
    }

    /** The row of the state, its changes added to the chunks. */
    EpochTables.StateRow row(byte[] encodedKey, Chunks chunks) {
        long chunk =
                folding.changesKept() == 0
                        ? 0
                        : chunks.add(encodedKey, chunkBefore, first, changes);
        return new EpochTables.StateRow(encodedKey, version, position, encodedState(), chunk);
    }

    private byte[] encodedState() {
        @Nullable S now = state;
        if (now == null) {
            return NONE;
        }
        byte[] last = changes.getLast();
        return folding.changes().isState() && last.length > 0 ? last : folding.states().encode(now);
    }

    Held<S> held(long chunk) {
        return new Held<>(state, version, position, chunk);
    }
}
