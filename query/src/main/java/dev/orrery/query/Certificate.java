package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a result what is stored: its value, and for each thing that was read, what was found
 * there. For one save, at its pinned revision; confined to it.
 *
 * <p>A result that covers the revision is told with what its dependencies hold there. One that was
 * put in doubt before is told with those that still hold what was read; when one does not, its
 * reader would have to run in any case, and nothing is stored. // law Q30
 */
final class Certificate {
    /** A result that has read more is not stored: comparing all that is no quicker than a run. */
    private static final int MOST_READS = 1 << 18;

    private final StoredForms forms;
    private final long revision;

    /** Sets are read by many and dear to print. */
    private final IdentityHashMap<Memo, Bytes> setPrints = new IdentityHashMap<>();

    Certificate(StoredForms forms, long revision) {
        this.forms = forms;
        this.revision = revision;
    }

    /** The memo to be stored: one that covers the revision, or ended before it. */
    @Nullable Memo choose(Node node) {
        Memo covering = node.at(revision);
        Memo live = covering != null ? covering : node.memo;
        boolean known =
                live != null
                        && !live.failed // nor without its value
                        && !live.mustRun
                        && live.changedAt() != Memo.PRIVATE // law Q8: it has no dependencies
                        && !(live instanceof Certified)
                        && live.from <= revision;
        return known ? live : null;
    }

    /** What is stored of a memo; null when something it read is not known any more. */
    StoredRecord.@Nullable Remembered of(StoredForm.OfQuery<?, ?> form, Node node, Memo memo) {
        if (memo.dependencies.length > MOST_READS) {
            return null;
        }
        try {
            List<StoredRecord.Read> reads = new ArrayList<>(memo.dependencies.length);
            for (Cell cell : memo.dependencies) {
                StoredForm source = forms.of(cell);
                Bytes print = source == null ? null : print(source, cell, memo);
                if (source == null || print == null) {
                    return null;
                }
                reads.add(new StoredRecord.Read(source.number, source.key(cell), print));
            }
            Bytes value = Bytes.of(form.encode(memo.value));
            return new StoredRecord.Remembered(form.key(node), value, reads);
        } catch (Invalid formless) {
            return null;
        }
    }

    private @Nullable Bytes print(StoredForm form, Cell cell, Memo reader) {
        boolean covers = reader.covers(revision);
        return switch (cell) {
            case Leaf leaf ->
                    covers || leaf.since(revision) < reader.until()
                            ? ((StoredForm.OfKeys<?, ?>) form).print(leaf, revision)
                            : null;
            case Node child ->
                    print(form, child, covers ? child.at(revision) : onLine(child, reader));
        };
    }

    /** The memo of a child that has not changed since a reader was put in doubt. */
    private static @Nullable Memo onLine(Node child, Memo reader) { // law Q6
        Memo live = child.memo;
        return live != null && live.changedAt() < reader.until() ? live : null;
    }

    private @Nullable Bytes print(StoredForm form, Node child, @Nullable Memo memo) {
        if (memo == null || memo.failed || memo instanceof Certified) {
            return null;
        }
        return form instanceof StoredForm.OfSets<?, ?>
                ? setPrints.computeIfAbsent(memo, each -> form.print(child, each.value))
                : form.print(child, memo.value);
    }
}
