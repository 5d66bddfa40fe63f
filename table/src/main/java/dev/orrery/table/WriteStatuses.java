package dev.orrery.table;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.Row;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import dev.orrery.table.Overlay.Pending;
import dev.orrery.table.spi.Mutation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the newest write of each row stands, told to whoever follows. Guarded by the monitor of its
 * live table, which is what makes the whole fit the differences. // law T18
 */
final class WriteStatuses {
    private static final int CHANGES_KEPT = 1_000;
    private static final int FAILURES_KEPT = 1024;

    private final Monitor monitor;
    private final Overlay overlay;
    private final Broadcast<List<WriteStatus>> changes;
    private final Map<Key, WriteStatus> unsettled = new LinkedHashMap<>();
    private final Map<Key, Failed> failures =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Failed> eldest) {
                    return size() > FAILURES_KEPT;
                }
            };
    private @Nullable OrreryException away;

    /** The last write of a row, and why it failed. */
    private record Failed(Mutation mutation, OrreryException reason) {}

    WriteStatuses(String epoch, Monitor monitor, Overlay overlay) {
        this.monitor = monitor;
        this.overlay = overlay;
        this.changes = new Broadcast<>(epoch, CHANGES_KEPT);
        overlay.pending().forEach(pending -> note(pending.key()));
    }

    /** The feed: all rows whose newest write is not settled, then each change of one. */
    Feed<Update<List<WriteStatus>, List<WriteStatus>>> feed() {
        return new StateFeed<>(
                changes,
                () ->
                        monitor.ask(() ->
                                new Update.Whole<>(
                                        changes.head(), List.copyOf(unsettled.values()))));
    }

    /** Looks at a row again; told when it stands otherwise than before. */
    void note(Key key) {
        WriteStatus status = statusOf(key);
        boolean settled = status.state() == WriteStatus.State.SETTLED;
        WriteStatus before = settled ? unsettled.remove(key) : unsettled.put(key, status);
        boolean isNews = settled ? before != null : !status.equals(before);
        if (isNews) {
            changes.publish(List.of(settled && before != null ? settled(before) : status));
        }
    }

    /** Notes whether the source can be reached, null meaning that it can. */
    void reaches(@Nullable OrreryException reason) {
        away = reason;
        overlay.pending().forEach(pending -> note(pending.key()));
    }

    /** Remembers that a write failed, until the row is written again or the failure given up. */
    void failed(Mutation mutation, OrreryException reason) {
        failures.put(mutation.key(), new Failed(mutation, reason));
    }

    /** Notes a new write of a row, after which an earlier failure is no longer the newest. */
    void written(Key key) {
        failures.remove(key);
        note(key);
    }

    /** Forgets that a write failed; false when none of this name did. */
    boolean forgetFailure(String mutation) {
        for (Map.Entry<Key, Failed> failed : failures.entrySet()) {
            if (failed.getValue().mutation().id().equals(mutation)) {
                written(failed.getKey());
                return true;
            }
        }
        return false;
    }

    /** Why the last write to a row failed, if it did and nothing was written since. */
    Optional<OrreryException> failureOf(Key key) {
        return Optional.ofNullable(failures.get(key)).map(Failed::reason);
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

    private WriteStatus statusOf(Key key) {
        List<Pending> lane = overlay.lane(key);
        if (!lane.isEmpty()) {
            boolean waits = away != null || lane.getFirst().attempts > 0;
            return status(
                    waits ? WriteStatus.State.WAITING : WriteStatus.State.SAVING,
                    lane.getLast().mutation(),
                    why(away));
        }
        Failed failed = failures.get(key);
        if (failed == null) {
            return new WriteStatus(key, WriteStatus.State.SETTLED, "", Row.of(), Row.of(), "");
        }
        return status(
                failed.reason() instanceof Conflict
                        ? WriteStatus.State.CONFLICT
                        : WriteStatus.State.REJECTED,
                failed.mutation(),
                why(failed.reason()));
    }

    private WriteStatus status(WriteStatus.State state, Mutation mutation, String reason) {
        Row fields =
                switch (mutation) {
                    case Mutation.Insert insert -> insert.row();
                    case Mutation.Patch patch -> patch.fields();
                    case Mutation.Delete _ -> Row.of();
                };
        Row base = overlay.base(mutation.key()).orElse(Row.of());
        Row theirs = Row.of();
        for (String column : fields.columns()) {
            if (base.has(column)) {
                theirs = theirs.with(column, base.value(column));
            }
        }
        return new WriteStatus(mutation.key(), state, mutation.id(), fields, theirs, reason);
    }

    private static String why(@Nullable OrreryException reason) {
        return switch (reason) {
            case null -> "";
            case OrreryException.Unavailable source -> source.what();
            default -> reason.getMessage();
        };
    }
}
