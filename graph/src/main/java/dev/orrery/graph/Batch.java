package dev.orrery.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Entries that are committed together: what they are, what they make visible, and how to take them
 * back. Guarded by the lock of the graph until it is handed to the committer.
 */
final class Batch {
    final List<Entry> entries = new ArrayList<>(1);

    /** What shows under an id with this batch, where that is another thing than without it. */
    final Map<String, Shown> shown = new LinkedHashMap<>(2);

    /** What is in the quarantine with this batch and was not before, or the other way round. */
    final Map<Hash, Optional<Quarantined>> quarantined = new LinkedHashMap<>(2);

    private final long first;
    private final List<State.Step> steps = new ArrayList<>(1);
    private final List<List<Hash>> headsBefore = new ArrayList<>(1);
    private final Map<State.Slot, List<Quarantined>> quarantinedBefore = new LinkedHashMap<>(2);
    private final HybridTime clockBefore;
    private final SchemaFacts factsBefore;
    private final Judge judgeBefore;

    /** Set when it is over, one way or the other. */
    boolean done;

    @Nullable RuntimeException failure;

    /** Nodes and edges that showed and show now, each null where there is none. */
    record Shown(State.Slot slot, @Nullable Object before, @Nullable Object after) {}

    Batch(long first, HybridTime clockBefore, SchemaFacts factsBefore, Judge judgeBefore) {
        this.first = first;
        this.clockBefore = clockBefore;
        this.factsBefore = factsBefore;
        this.judgeBefore = judgeBefore;
    }

    /** The arrival number of the first entry. */
    long first() {
        return first;
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

    void admitted(Entry entry, List<Hash> heads, State.@Nullable Step step) {
        entries.add(entry);
        headsBefore.add(heads);
        if (step != null) {
            steps.add(step);
        }
    }

    /** Notes what an id shows now, and shows it. */
    void show(State.Slot slot, @Nullable Object after) {
        String id = slot.entity().id();
        Shown known = shown.get(id);
        shown.put(id, new Shown(slot, known == null ? slot.shown : known.before(), after));
        slot.shown = after;
    }

    /** Notes what of an id is in the quarantine now. */
    void quarantine(State.Slot slot, List<Quarantined> now) {
        quarantinedBefore.putIfAbsent(slot, slot.quarantined);
        slot.quarantined.forEach(old -> quarantined.put(old.entry(), Optional.empty()));
        now.forEach(each -> quarantined.put(each.entry(), Optional.of(each)));
        slot.quarantined = now;
    }

    /** Notes that an entry about the schema is not in the quarantine now. */
    void release(Hash schema) {
        quarantined.put(schema, Optional.empty());
    }

    /** Notes an entry about the schema that is in the quarantine now. */
    void quarantine(Quarantined schema) {
        quarantined.put(schema.entry(), Optional.of(schema));
    }

    /** Makes it as if this batch, the newest, had never been. */
    void undo(State state, EntryIndex index) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            index.removeLast(entries.get(i), headsBefore.get(i));
        }
        steps.reversed().forEach(state::undo);
        state.undo(factsBefore);
        shown.values().forEach(each -> each.slot().shown = each.before());
        quarantinedBefore.forEach((slot, before) -> slot.quarantined = before);
    }
}
