package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Pin;
import dev.orrery.core.Reference;
import dev.orrery.core.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime keeps in its store: it notes what changed since the last save and writes that, as
 * of one pinned revision, while readers and writers go on. Thread-safe; one save at a time.
 */
final class Saving implements CommitHook {
    /*
     * An input's changed keys are noted while a commit marks, so before its revision can be pinned:
     * a save at a pin finds every key changed up to it. It takes a key off first and reads its value
     * second. A commit in between notes the key again; one that noted it before the taking and is
     * newer than the pin is seen afterwards by its version, and the save notes the key again.
     *
     * A result is noted when it is settled, under its node's monitor, and looked at by the save
     * without one: memos do not change, and all that is read for one is as of the pin, or of the end
     * of its interval. // law Q32
     */
    final StoredForms forms;
    final Adoption adoption;
    private final Engine engine;
    private final QueryStore store;
    private final Map<Input<?, ?>, SavedInput<?, ?>> inputs = new ConcurrentHashMap<>();
    private final Map<String, Interned<?>> interned = new ConcurrentHashMap<>();
    private final List<SavedInterned<?>> savedInterned = new CopyOnWriteArrayList<>();
    private final Queue<Node> unsaved = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private long savedRevision;

    Saving(Engine engine, QueryStore store) {
        if (store.revision().number() > engine.timeline.published()) {
            throw new BadDefinition(
                    "the timeline",
                    "begins before what is stored, at " + engine.timeline.now(),
                    "begin it at " + store.revision());
        }
        this.engine = engine;
        this.store = store;
        this.forms = new StoredForms(engine, store);
        StoredAdoption stored = new StoredAdoption(engine, store, forms);
        this.adoption = node -> Reference.resolving(this::find, () -> stored.baseline(node));
        this.savedRevision = store.restored().revision().number();
    }

    /** Fills a new input with what is stored of it, and notes its changes from now on. */
    <K, V> void add(Input<K, V> input) {
        StoredForm.OfKeys<K, V> form = forms.inputKeys(input);
        SavedInput<K, V> saved = new SavedInput<>(input, form);
        resolvingAll(() -> saved.fill(store));
        store.replaceOthers(form.number);
        inputs.put(input, saved);
    }

    /** Gives new interned values the numbers they have, before anybody can ask for one. */
    <V> void add(Interned<V> values) {
        SavedInterned<V> saved = new SavedInterned<>(values, forms.internedNumber(values));
        saved.fill(store);
        interned.put(values.name(), values);
        savedInterned.add(saved);
    }

    private void resolvingAll(Runnable reading) {
        Reference.resolving(
                this::find,
                () -> {
                    reading.run();
                    return true;
                });
    }

    /** The id of a stored name, when its values are defined and it is among them. */
    private @Nullable Reference find(String text) {
        int space = text.indexOf(' ');
        Interned<?> values = space < 0 ? null : interned.get(text.substring(space + 1));
        try {
            return values == null
                    ? null
                    : values.find(Long.parseLong(text.substring(0, space))).orElse(null);
        } catch (NumberFormatException foreign) {
            return null;
        }
    }

    /** Takes in a new query, before anyone can ask it. */
    void add(Definition<?, ?> query, QueryDefinition.Keeping keeping, Object code) {
        Optional<Bytes> version =
                keeping.version().isPresent()
                        ? Optional.of(BodyCode.ofVersion(keeping.version().getAsInt()))
                        : BodyCode.of(code);
        boolean kept = keeping.stored() && version.isPresent();
        forms.add(query, version.orElse(Print.ABSENT), kept);
        StoredForm.OfQuery<?, ?> form = forms.of(query);
        query.stored = form != null && form.isKept();
    }

    @Override
    public void mark(Commit commit) {
        commit.changes().forEach(this::note);
    }

    @SuppressWarnings("unchecked") // an input is kept with its own keys
    private <K, V> void note(ChangeSet<K, V> changes) {
        SavedInput<K, V> saved = (SavedInput<K, V>) inputs.get(changes.source());
        if (saved != null) {
            changes.forEach(change -> saved.changed(change.key()));
        }
    }

    /** Notes a result to be saved. Holding its node's monitor. */
    void settled(Node node) {
        unsaved.add(node);
    }

    /** Whether an input has changed since the last save. */
    boolean hasUnsavedFacts() {
        return inputs.values().stream().anyMatch(SavedInput::isChanged);
    }

    /** Writes what changed since the last save; durable when it returns. */
    Saved save() { // law Q32
        lock.lock();
        try (Pin pin = engine.timeline.pin()) {
            long revision = pin.revision().number();
            Saved saved = new Draft(revision).save(store.mustBeWhole());
            if (store.isWorthRewriting()) { // law Q36
                new Draft(revision).save(true);
            }
            return saved;
        } finally {
            lock.unlock();
        }
    }

    /** One save. Confined to the thread that saves. */
    private final class Draft {
        private final long revision;
        private final Certificate certificate;
        private final List<Node> nodes = new ArrayList<>();

        private Draft(long revision) {
            this.revision = revision;
            this.certificate = new Certificate(forms, revision);
        }

        private Saved save(boolean whole) {
            collect();
            if (!whole && isEmpty() && revision == savedRevision) {
                return new Saved(new Revision(revision), 0, 0, 0);
            }
            StoreWriter writer = store.begin(engine.timeline.epoch(), revision, whole);
            boolean committed = false;
            try {
                if (whole) {
                    store.rewriting(writer).run();
                    inputs.values().forEach(input -> input.writeAll(revision, writer));
                } else {
                    inputs.values().forEach(input -> input.write(revision, writer));
                }
                long rewritten = writer.memos();
                nodes.forEach(node -> write(node, writer));
                savedInterned.forEach(values -> values.write(whole, writer));
                writer.commit();
                committed = true;
                savedRevision = revision;
                return new Saved(
                        new Revision(revision),
                        writer.facts(),
                        writer.memos() - rewritten,
                        writer.bytes());
            } finally {
                end(committed, writer);
            }
        }

        private void collect() {
            inputs.values().forEach(SavedInput::collect);
            for (Node node = unsaved.poll(); node != null; node = unsaved.poll()) {
                Storing.collected(node);
                nodes.add(node);
            }
        }

        private boolean isEmpty() {
            return nodes.isEmpty()
                    && inputs.values().stream().noneMatch(SavedInput::hasCollected)
                    && savedInterned.stream().noneMatch(SavedInterned::isChanged);
        }

        private void write(Node node, StoreWriter writer) {
            StoredForm.OfQuery<?, ?> form = forms.of(node.definition);
            if (form == null) {
                return;
            }
            Memo memo = certificate.choose(node);
            StoredRecord.Remembered told = memo == null ? null : certificate.of(form, node, memo);
            if (told != null) {
                writer.memo(form.number, told);
            } else {
                Storing.missed(node, revision, Saving.this);
            }
        }

        private void end(boolean committed, StoreWriter writer) {
            if (committed) {
                inputs.values().forEach(input -> input.saved(revision));
                savedInterned.forEach(SavedInterned::saved);
            } else {
                writer.abandon();
                inputs.values().forEach(SavedInput::giveBack);
                nodes.forEach(node -> Storing.note(node, Saving.this));
            }
        }
    }

    @Override
    public String toString() {
        return "the store of query results";
    }
}
