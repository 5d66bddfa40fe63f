package dev.orrery.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Entries that are committed together: what they are, what they make visible, and how to take them
 * back. Guarded by the lock of the graph until it is handed to the committer.
 */
final class Batch {
    private final long first;
    private final List<Hash> headsBefore;
    private final HybridTime clockBefore;
    private final SchemaFacts factsBefore;
    private final KeyStatements keysBefore;
    private final Judge judgeBefore;
    private final boolean loose;
    private final List<Taken> taken = new ArrayList<>(1);

    /** In the order in which it came about; an id may be there more than once. */
    private final List<Shown> shown = new ArrayList<>(1);

    private List<Held> held = List.of();

    /** An entry, the number it had before it came, and what it did to the state. */
    private record Taken(Entry entry, int numberBefore, State.@Nullable Step step) {}

    /** Nodes and edges that showed and show now, each null where there is none. */
    record Shown(State.Slot slot, @Nullable Object before, @Nullable Object after) {
        String id() {
            return slot.entity().id();
        }
    }

    /** What the quarantine holds of an entry now; with the slot, what it held of that before. */
    record Held(
            Hash entry,
            Optional<Quarantined> now,
            State.@Nullable Slot slot,
            List<Quarantined> before) {}

    Batch(
            long first,
            List<Hash> headsBefore,
            HybridTime clockBefore,
            SchemaFacts factsBefore,
            KeyStatements keysBefore,
            Judge judgeBefore,
            boolean loose) {
        this.first = first;
        this.headsBefore = headsBefore;
        this.clockBefore = clockBefore;
        this.factsBefore = factsBefore;
        this.keysBefore = keysBefore;
        this.judgeBefore = judgeBefore;
        this.loose = loose;
    }

    /** The arrival number of the first entry. */
    long first() {
        return first;
    }

    /** Whether its entries came without what they follow. */
    boolean isLoose() {
        return loose;
    }

    HybridTime clockBefore() {
        return clockBefore;
    }

    SchemaFacts factsBefore() {
        return factsBefore;
    }

    Judge judgeBefore() {
        return judgeBefore;
    }

    boolean isEmpty() {
        return taken.isEmpty();
    }

    List<Entry> entries() {
        if (taken.size() == 1) {
            return List.of(taken.getFirst().entry());
        }
        List<Entry> entries = new ArrayList<>(taken.size());
        addTo(entries);
        return entries;
    }

    void addTo(List<Entry> entries) {
        for (Taken each : taken) {
            entries.add(each.entry());
        }
    }

    List<Shown> shown() {
        return shown;
    }

    List<Held> held() {
        return held;
    }

    void take(Entry entry, int number, State.@Nullable Step step) {
        taken.add(new Taken(entry, number, step));
    }

    /** Notes what an id shows now, and shows it. */
    void show(State.Slot slot, @Nullable Object after) {
        shown.add(new Shown(slot, slot.shown, after));
        slot.shown = after;
    }

    /** Notes what of an id is in the quarantine now. */
    void quarantine(State.Slot slot, List<Quarantined> now) {
        List<Quarantined> before = slot.quarantined;
        for (Quarantined old : before) {
            hold(new Held(old.entry(), Optional.empty(), slot, before));
        }
        for (Quarantined each : now) {
            hold(new Held(each.entry(), Optional.of(each), slot, before));
        }
        slot.quarantined = now;
    }

    /** Notes whether an entry about the schema is in the quarantine now. */
    void quarantine(Hash schema, Optional<Quarantined> now) {
        hold(new Held(schema, now, null, List.of()));
    }

    private void hold(Held each) {
        if (held.isEmpty()) {
            held = new ArrayList<>();
        }
        held.add(each);
    }

    /** Makes it as if this batch, the newest, had never been. */
    void undo(State state, EntryIndex index) {
        for (Taken each : taken.reversed()) {
            index.removeLast(each.entry(), headsBefore, each.numberBefore());
            if (each.step() != null) {
                state.undo(each.step());
            }
        }
        state.undo(factsBefore, keysBefore);
        shown.reversed().forEach(each -> each.slot().shown = each.before());
        for (Held each : held.reversed()) {
            if (each.slot() != null) {
                each.slot().quarantined = each.before();
            }
        }
    }
}
