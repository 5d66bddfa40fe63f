package dev.orrery.table;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The durable half of pending writes: which mutations were accepted and which of them are settled.
 *
 * <p>The layout of its records is {@code docs/formats/outbox.md}. Confined: its owner guards it.
 */
final class Outbox implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Outbox.class.getName());
    private static final byte FORMAT = 1;
    private static final int READ_AT_ONCE = 256;

    private final String name;
    private final SegmentLog log;
    private final Codec<Entry> codec = Codec.of(Entry.class);

    /** What a record of the outbox says. */
    sealed interface Entry {
        /** A commit's mutations were accepted, together. */
        record Accepted(List<Mutation> mutations) implements Entry {
            public Accepted {
                mutations = List.copyOf(mutations);
            }
        }

        /**
         * A mutation came to its end.
         *
         * @param mutation its id
         * @param confirmed the source did it
         * @param row the source's answer, if it was confirmed and there is a row
         */
        record Settled(String mutation, boolean confirmed, @Nullable Row row) implements Entry {
            public Settled {
                Objects.requireNonNull(mutation);
            }
        }
    }

    Outbox(String name, SegmentLog log) {
        this.name = name;
        this.log = log;
    }

    /** Brings the mutations that are not settled into an overlay, in order. */
    void replayInto(Overlay overlay) { // law T6
        long after = log.start() - 1;
        for (var batch = log.read(after, READ_AT_ONCE);
                !batch.isEmpty();
                batch = log.read(after, READ_AT_ONCE)) {
            for (SegmentLog.Entry entry : batch) {
                replay(entry, overlay);
                after = entry.position();
            }
        }
        for (SegmentLog.Damage damage : log.damage()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the outbox of {0} is damaged, a pending write may be lost: {1}",
                    name,
                    damage);
        }
    }

    private void replay(SegmentLog.Entry record, Overlay overlay) {
        switch (decode(record.bytes())) {
            case Entry.Accepted(List<Mutation> mutations) ->
                    mutations.forEach(
                            each -> overlay.accept(new Overlay.Pending(each, record.position())));
            case Entry.Settled settled -> {
                Overlay.Pending known = overlay.pending(settled.mutation());
                if (known != null) { // its acceptance may be dropped already
                    overlay.remove(known, settled.confirmed() ? answer(settled) : null, List.of());
                }
            }
        }
    }

    private static Settlement.Confirmed answer(Entry.Settled settled) {
        return new Settlement.Confirmed(Optional.ofNullable(settled.row()));
    }

    private Entry decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] > FORMAT) {
            throw new StorageFailure(
                    StorageFailure.Kind.NEWER_FORMAT, "the outbox of " + name, null);
        }
        try {
            return codec.decode(Arrays.copyOfRange(bytes, 1, bytes.length));
        } catch (Invalid damaged) {
            throw new StorageFailure(StorageFailure.Kind.DAMAGED, "the outbox of " + name, damaged);
        }
    }

    /** Where the next record will stand: names its mutations. */
    long next() {
        return log.end() + 1;
    }

    /** Keeps accepted mutations; when it returns they survive a crash. */
    long accept(List<Mutation> mutations) {
        return append(new Entry.Accepted(mutations));
    }

    /** Keeps the end of a mutation. */
    void settle(String mutation, Settlement.@Nullable Confirmed confirmed) {
        Row row = confirmed == null ? null : confirmed.row().orElse(null);
        append(new Entry.Settled(mutation, confirmed != null, row));
    }

    private long append(Entry entry) {
        byte[] body = codec.encode(entry);
        byte[] record = new byte[body.length + 1];
        record[0] = FORMAT;
        System.arraycopy(body, 0, record, 1, body.length);
        return log.append(record);
    }

    /** Lets go of what no pending mutation needs. */
    void trim(Overlay overlay) {
        long oldest =
                overlay.pending().stream()
                        .mapToLong(pending -> pending.position)
                        .min()
                        .orElse(log.end() + 1);
        log.truncateBefore(oldest);
    }

    @Override
    public void close() {
        log.close();
    }
}
