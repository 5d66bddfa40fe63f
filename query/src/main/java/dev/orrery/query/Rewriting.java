package dev.orrery.query;

import dev.orrery.core.SegmentLog;
import java.util.List;
import java.util.Optional;

/**
 * Writes anew, into a whole save, what is needed of what a log has: names, facts of inputs that
 * nobody has defined so far, and the newest results within the budget, none of them decoded.
 * Confined to one thread.
 */
final class Rewriting { // law Q36
    private static final int READ_AT_ONCE = 4096;

    private final QueryStore store;
    private final SegmentLog log;
    private final StoreWriter save;

    Rewriting(QueryStore store, SegmentLog log, StoreWriter save) {
        this.store = store;
        this.log = log;
        this.save = save;
    }

    void run() {
        QueryStore.Needed needed = store.needed();
        needed.names().forEach(save::declare);
        needed.unclaimed()
                .forEach((number, values) ->
                        values.forEach((key, value) ->
                                save.fact(new StoredRecord.Fact(number, key, Optional.of(value)))));
        memos(Math.max(log.start(), needed.oldestMemo()) - 1);
    }

    private void memos(long after) {
        long last = after;
        while (last < save.before()) {
            List<SegmentLog.Entry> entries = log.read(last, READ_AT_ONCE);
            if (entries.isEmpty()) {
                return;
            }
            for (SegmentLog.Entry entry : entries) {
                last = entry.position();
                if (last <= save.before()) {
                    memo(entry);
                }
            }
        }
    }

    private void memo(SegmentLog.Entry entry) {
        StoredRecord.Memoir memo = StoredRecord.memoir(entry.bytes());
        if (memo != null && store.isNeeded(memo, entry)) {
            save.memo(memo.hash(), entry.bytes());
        }
    }
}
