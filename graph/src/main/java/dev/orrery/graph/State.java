package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything entries have said, joined: a function of the set of entries, whatever their order,
 * their repetitions and the batches they came in. Local write, merge and replay come through {@link
 * #join} alone. Guarded by the lock of its graph.
 */
final class State { // law G7
    private final Map<String, Slot> slots = new HashMap<>();

    /**
     * What was known when the checkpoint was written; what is in {@link #slots} counts instead.
     * Null when all of it is there, or nothing was.
     */
    private @Nullable RestingEntities resting;

    /** Whether what rests shows: before that nothing does. */
    private boolean begun;

    /**
     * The edges that ever named a node as an end, by node; it may name some that do so no more, and
     * some twice.
     */
    private final Map<String, List<String>> incident = new HashMap<>();

    /** The ids of which something was to be erased. */
    private final Set<String> erased = new HashSet<>();

    private SchemaFacts facts;
    private KeyStatements keys = KeyStatements.none();

    State(String graph) {
        this.facts = SchemaFacts.none(graph);
    }

    /** What is known of an id, and what of that shows under the schema of the moment. */
    static final class Slot {
        private Entity entity;

        /** A {@link Node}, an {@link Edge}, or null. */
        @Nullable Object shown;

        List<Quarantined> quarantined = List.of();

        /** Whether it is among those that are to be judged when a batch has joined. */
        boolean isTouched;

        private Slot(Entity entity) {
            this.entity = entity;
        }

        Entity entity() {
            return entity;
        }
    }

    /** What an entry did to one id: what was known before. */
    record Step(Slot slot, Entity before) {}

    /** Takes in an entry; null when it makes no difference to an id. */
    @Nullable Step join(Entry entry) {
        return switch (entry.operation()) {
            case Operation.Define(String _, List<Fact> more) -> join(more, entry.stamp());
            case Operation.Extend(List<Fact> more) -> join(more, entry.stamp());
            case Operation.OfEntity about -> join(about, entry.stamp());
            case Operation.Grant _, Operation.Revoke _ -> {
                keys = keys.and(entry);
                yield null;
            }
            case Operation.Seal _ -> null;
        };
    }

    /** Takes in an entry about an id; null when it makes no difference. */
    @SuppressWarnings("ReferenceEquality") // the very entity says that nothing was changed
    private @Nullable Step join(Operation.OfEntity operation, Stamp stamp) {
        Slot slot = slotFor(operation.id());
        Entity before = slot.entity;
        Entity after = before.join(operation, stamp);
        if (after == before) {
            return null;
        }
        slot.entity = after;
        note(after);
        if (operation instanceof Operation.AddEdge edge) {
            link(before, edge);
        }
        return new Step(slot, before);
    }

    /** Takes in what other entries said about an id; null when it makes no difference. */
    @SuppressWarnings("ReferenceEquality") // the very entity says that nothing was changed
    @Nullable Step join(Entity other) {
        Slot slot = slotFor(other.id());
        Entity before = slot.entity;
        Entity after = before.join(other);
        if (after == before) {
            return null;
        }
        slot.entity = after;
        note(after);
        var linked = before.endpoints();
        for (String node : other.endpoints()) {
            if (!linked.contains(node)) {
                incident.computeIfAbsent(node, _ -> new ArrayList<>(2)).add(other.id());
            }
        }
        return new Step(slot, before);
    }

    /** Takes in everything that other entries said, and returns what that changed. */
    List<Step> join(State other) {
        keys = keys.and(other.keys);
        other.facts.statements().forEach((stamp, stated) -> join(stated, stamp));
        return other.slots().stream()
                .map(slot -> join(slot.entity))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Takes over what was known of an id of which nothing is known yet. */
    void restore(Entity entity) {
        slots.put(entity.id(), new Slot(entity));
        note(entity);
        for (String node : entity.endpoints()) {
            incident.computeIfAbsent(node, _ -> new ArrayList<>(2)).add(entity.id());
        }
    }

    // ---- what rests in a checkpoint

    /** Takes over what was known of ids; of none of them anything is known yet. */
    void rest(RestingEntities entities) {
        resting = entities;
        erased.addAll(entities.erased());
    }

    /** What rests and may be shown as it was; null when nothing does. */
    @SuppressWarnings("ReferenceEquality") // the very facts say that nothing was stated since
    @Nullable RestingEntities resting() {
        return resting != null && resting.facts() == facts ? resting : null;
    }

    /** From now on what rests shows. */
    void begin() {
        begun = true;
    }

    /** The ids of which something may be known that does not rest. */
    Collection<Slot> awake() {
        return List.copyOf(slots.values());
    }

    private @Nullable Slot wake(String id) {
        RestingEntities rest = resting;
        int place = rest == null ? RestingEntities.NONE : rest.find(id);
        return rest == null || place == RestingEntities.NONE ? null : wake(rest, place);
    }

    private Slot wake(RestingEntities rest, int place) {
        Entity entity = rest.entity(place);
        Slot slot = new Slot(entity);
        slot.shown = begun ? rest.shown(place, entity) : null;
        slots.put(entity.id(), slot);
        return slot;
    }

    private void wakeAll() {
        RestingEntities rest = resting;
        if (rest == null) {
            return;
        }
        for (int place = 0; place < rest.size(); place++) {
            String id = rest.id(place);
            if (!slots.containsKey(id)) {
                wake(rest, place);
            }
            List<String> edges = rest.incident(place);
            if (!edges.isEmpty()) {
                incident.computeIfAbsent(id, _ -> new ArrayList<>(edges.size())).addAll(edges);
            }
        }
        resting = null;
    }

    private Slot slotFor(String id) {
        Slot known = slot(id);
        if (known != null) {
            return known;
        }
        Slot slot = new Slot(Entity.unknown(id));
        slots.put(id, slot);
        return slot;
    }

    /** Takes over what an entry had stated about the schema. */
    void restore(List<Fact> stated, Stamp stamp) {
        facts = facts.and(stamp, stated);
    }

    /** Takes over what entries had stated about keys. */
    void restore(KeyStatements stated) {
        keys = keys.and(stated);
    }

    /** Takes in an entry about the schema. */
    private @Nullable Step join(List<Fact> more, Stamp stamp) {
        if (!facts.statements().containsKey(stamp)) {
            facts = facts.and(stamp, more);
        }
        return null;
    }

    private void link(Entity known, Operation.AddEdge edge) {
        var linked = known.endpoints();
        if (!linked.contains(edge.from())) {
            incident.computeIfAbsent(edge.from(), _ -> new ArrayList<>(2)).add(edge.id());
        }
        if (!linked.contains(edge.to()) && !edge.from().equals(edge.to())) {
            incident.computeIfAbsent(edge.to(), _ -> new ArrayList<>(2)).add(edge.id());
        }
    }

    /** Takes a step back: the newest that was not taken back yet. */
    void undo(Step step) {
        step.slot().entity = step.before();
        if (!step.before().isErased()) {
            erased.remove(step.before().id());
        }
    }

    private void note(Entity entity) {
        if (entity.isErased()) {
            erased.add(entity.id());
        }
    }

    /** The ids of which something was to be erased. */
    Set<String> erased() {
        return Collections.unmodifiableSet(erased);
    }

    void undo(SchemaFacts before, KeyStatements keysBefore) {
        facts = before;
        keys = keysBefore;
    }

    /** Whether an entry says something that was to be erased. */
    boolean isErased(Entry entry) {
        if (!erased.isEmpty()
                && entry.operation() instanceof Operation.OfEntity about
                && !(about instanceof Operation.Remove)
                && !(about instanceof Operation.Erase)
                && erased.contains(about.id())) {
            Slot slot = slot(about.id());
            return slot != null && slot.entity.isRemoved(entry.stamp());
        }
        return false;
    }

    SchemaFacts facts() {
        return facts;
    }

    KeyStatements keys() {
        return keys;
    }

    /** What is known of an id; null when nothing is. */
    @Nullable Slot slot(String id) {
        Slot slot = slots.get(id);
        return slot == null ? wake(id) : slot;
    }

    /** The node that shows under an id, null when none does. */
    @Nullable Node node(String id) {
        Slot slot = slots.get(id);
        if (slot == null) {
            return resting == null ? null : resting.node(id);
        }
        return slot.shown instanceof Node node ? node : null;
    }

    /** Whether anything was ever added or removed under an id. */
    boolean isKnown(String id) {
        Slot slot = slots.get(id);
        if (slot == null) {
            return resting != null && resting.isKnown(id);
        }
        return slot.entity.isKnown();
    }

    Collection<Slot> slots() {
        wakeAll();
        return slots.values();
    }

    /** The edges that may have a node as an end, some perhaps twice. */
    List<String> incident(String node) {
        List<String> later = incident.getOrDefault(node, List.of());
        RestingEntities rest = resting;
        int place = rest == null ? RestingEntities.NONE : rest.find(node);
        if (rest == null || place == RestingEntities.NONE) {
            return later;
        }
        List<String> all = new ArrayList<>(rest.incident(place));
        all.addAll(later);
        return all;
    }
}
