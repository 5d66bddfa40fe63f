package dev.orrery.table;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The statuses of all rows whose newest write is not settled, and the feed of them. Confined: the
 * reducer guards it, and its lock is what makes the whole fit the differences. // law T18
 */
final class WriteStatuses {
    private static final int CHANGES_KEPT = 1_000;

    private final Map<Key, WriteStatus> unsettled = new LinkedHashMap<>();
    private final Broadcast<List<WriteStatus>> changes;

    WriteStatuses(String epoch) {
        changes = new Broadcast<>(epoch, CHANGES_KEPT);
    }

    /** Notes how a row stands now; told when it stood otherwise. */
    void note(WriteStatus status) {
        boolean settled = status.state() == WriteStatus.State.SETTLED;
        WriteStatus before =
                settled ? unsettled.remove(status.key()) : unsettled.put(status.key(), status);
        boolean isNews = settled ? before != null : !status.equals(before);
        if (isNews) {
            changes.publish(List.of(settled && before != null ? settled(before) : status));
        }
    }

    private static WriteStatus settled(WriteStatus before) {
        return new WriteStatus(
                before.key(),
                WriteStatus.State.SETTLED,
                before.mutation(),
                before.fields(),
                before.theirs(),
                "");
    }

    /** The feed; {@code locked} runs what it is given under the owner's lock. */
    Feed<Update<List<WriteStatus>, List<WriteStatus>>> feed(Locked locked) {
        return new StateFeed<>(changes, () -> locked.call(this::whole));
    }

    private Update.Whole<List<WriteStatus>, List<WriteStatus>> whole() {
        return new Update.Whole<>(changes.head(), List.copyOf(unsettled.values()));
    }

    /** Runs something under the owner's lock. */
    interface Locked {
        <T> T call(Supplier<T> work);
    }
}
