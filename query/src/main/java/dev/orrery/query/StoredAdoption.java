package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dormant nodes get their first memo from a store: read and decoded when they are first asked for,
 * and not before. Whatever of it is unknown here, or cannot be read, is as if it were not stored.
 * Thread-safe.
 */
final class StoredAdoption implements Adoption {
    private final QueryStore store;
    private final StoredForms forms;
    private final long begun;

    StoredAdoption(Engine engine, QueryStore store, StoredForms forms) {
        this.store = store;
        this.forms = forms;
        this.begun = engine.timeline.published();
    }

    @Override
    public @Nullable Memo baseline(Node node) { // law Q21
        StoredForm.OfQuery<?, ?> form = forms.of(node.definition);
        if (form == null || !form.isKept()) {
            return null;
        }
        try {
            StoredRecord.Remembered found = store.find(form.number, form.key(node).toArray());
            return found == null ? null : certified(form, found);
        } catch (Invalid unreadable) {
            return null;
        }
    }

    private @Nullable Certified certified(
            StoredForm.OfQuery<?, ?> form, StoredRecord.Remembered found) {
        List<StoredRecord.Read> reads = found.reads();
        Cell[] cells = new Cell[reads.size()];
        StoredForm[] cellForms = new StoredForm[cells.length];
        Bytes[] prints = new Bytes[cells.length];
        for (int i = 0; i < cells.length; i++) {
            StoredRecord.Read read = reads.get(i);
            StoredForm source = forms.of(read.source());
            if (source == null) {
                return null;
            }
            cells[i] = source.cell(read.key());
            cellForms[i] = source;
            prints[i] = read.print();
        }
        return new Certified(form.decode(found.value()), begun, cells, cellForms, prints);
    }
}
