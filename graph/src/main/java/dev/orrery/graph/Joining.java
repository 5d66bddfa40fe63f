package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How entries become part of a replica: made or taken in, joined to the state, and what they change
 * judged; or taken back. Everything is guarded by the lock of its replica, but for the schema of
 * the moment.
 */
final class Joining {
    private final String name;
    private final String author;
    private final @Nullable Identity identity;
    private final HybridClock clock;
    private final EntryCodec codec;
    private final State state;
    private final EntryIndex index;
    private volatile Judge judge;

    // what is asked for each id that is judged
    private final Function<String, @Nullable Node> nodes;
    private final Function<String, Boolean> known;

    /** Whether something was written here since the last seal, when there is one to seal with. */
    private boolean unsealed;

    Joining(String name, Replica.Found found) {
        this.name = name;
        this.author = found.author();
        this.identity = found.identity();
        this.clock = found.clock();
        this.codec = found.codec();
        this.state = found.state();
        this.nodes = state::node;
        this.known = state::isKnown;
        this.index = found.index();
        this.unsealed = index.newest(author) > 0;
        RestingEntities resting = state.resting();
        this.judge =
                resting == null ? new Judge(new Schema(state.facts().ontology())) : resting.judge();
    }

    /**
     * Judges all that was found, but for what rests and shows as it did; what is in the quarantine
     * is in the batch.
     */
    Batch begin() {
        Batch all =
                new Batch(
                        1,
                        index.heads(),
                        clock.last(),
                        SchemaFacts.none(name),
                        KeyStatements.none(),
                        judge,
                        false);
        RestingEntities resting = state.resting();
        if (resting == null) {
            judgeAnew(all);
        } else {
            resting.quarantined().forEach(state::slot);
            wakeEdges();
            judgeFacts(all);
            judgeAll(all, state.awake());
        }
        state.begin();
        return all;
    }

    /** Has edges judged too at whose ends something may have changed. */
    private void wakeEdges() {
        for (State.Slot slot : state.awake()) {
            state.incident(slot.entity().id()).forEach(state::slot);
        }
    }

    EntryCodec codec() {
        return codec;
    }

    EntryIndex index() {
        return index;
    }

    State state() {
        return state;
    }

    HybridClock clock() {
        return clock;
    }

    /** Who judges at the moment; to be asked for without the lock too. */
    Judge judge() {
        return judge;
    }

    /** A batch for what comes now. */
    Batch batch() {
        return batch(false);
    }

    /** A batch for entries that come without what they follow. */
    Batch looseBatch() {
        return batch(true);
    }

    private Batch batch(boolean isLoose) {
        return new Batch(
                index.size() + 1,
                index.heads(),
                clock.last(),
                state.facts(),
                state.keys(),
                judge,
                isLoose);
    }

    /** Makes an entry of an operation that may be written here. */
    void make(Batch batch, Operation operation) {
        new LocalCheck(state, judge.schema(), name).check(operation);
        HybridTime before = clock.last();
        HybridTime time = clock.tick();
        Entry entry;
        try {
            entry =
                    codec.encode(
                            author,
                            index.newest(author) + 1,
                            index.last(author),
                            time,
                            parents(),
                            operation);
        } catch (RuntimeException refused) {
            clock.reset(before);
            throw refused;
        }
        unsealed = true;
        take(batch, List.of(entry));
    }

    /** What an entry that is written now follows. */
    private List<Hash> parents() {
        List<Hash> heads = index.heads();
        return heads.size() > Limits.PARENTS ? heads.subList(0, Limits.PARENTS) : heads;
    }

    /**
     * A batch that seals what was written here and is not sealed yet, unless the wall clock was set
     * back too far for that.
     */
    Optional<Batch> seal() { // law G16
        if (identity == null || !unsealed || clock.isAheadOfTheWall()) {
            return Optional.empty();
        }
        Batch batch = batch();
        Entry seal =
                Seals.make(
                        codec,
                        identity,
                        index.newest(author) + 1,
                        index.last(author),
                        clock.tick(),
                        parents());
        take(batch, List.of(seal));
        unsealed = false;
        return Optional.of(batch);
    }

    /** Entries join the state, and what they change is judged: the one way in. */
    // law G8
    void take(Batch batch, List<Entry> entries) {
        SchemaFacts before = state.facts();
        KeyStatements keysBefore = state.keys();
        List<State.Slot> touched = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            State.Step step = take(batch, entry);
            if (step != null && !step.slot().isTouched) {
                step.slot().isTouched = true;
                touched.add(step.slot());
            }
        }
        sealAfter(keysBefore);
        boolean isJudgedAnew = !before.equals(state.facts()); // the very facts
        for (State.Slot slot : touched) {
            slot.isTouched = false;
            if (!isJudgedAnew) {
                judge(batch, slot);
            }
        }
        if (isJudgedAnew) {
            judgeAnew(batch);
        }
    }

    /** What was compacted elsewhere joins the state as its entries would. */
    void take(Batch batch, Base base, int[] arrivals) { // law G60
        SchemaFacts before = state.facts();
        index.compacted().join(base, arrivals, false);
        clock.witness(base.rows().greatestTime());
        KeyStatements keysBefore = state.keys();
        List<State.Step> steps = state.join(base.state());
        sealAfter(keysBefore);
        if (before.equals(state.facts())) { // the very facts
            steps.forEach(step -> judge(batch, step.slot()));
        } else {
            judgeAnew(batch);
        }
    }

    /**
     * Has a seal written where a key was revoked: it follows, and so vouches for, what its owner
     * had sealed with it and is here, which others may not have. Whoever only reads seals nothing.
     */
    private void sealAfter(KeyStatements before) { // law G66
        KeyStatements now = state.keys();
        if (!before.equals(now) && !before.revocations().equals(now.revocations())) {
            unsealed |= index.newest(author) > 0 || now.hasGrantOf(author);
        }
    }

    private State.@Nullable Step take(Batch batch, Entry entry) {
        int number = index.looseNumber(entry.hash());
        if (batch.isLoose()) {
            index.addLoose(index.size() + 1, entry);
        } else {
            index.add(entry);
        }
        clock.witness(entry.time());
        State.Step step = state.join(entry);
        batch.take(entry, number, step);
        return step;
    }

    private void judgeAnew(Batch batch) {
        judge = judge.under(new Schema(state.facts().ontology()));
        judgeFacts(batch);
        judgeAll(batch, state.slots());
    }

    private void judgeFacts(Batch batch) {
        SchemaFacts facts = state.facts();
        for (Hash entry : batch.factsBefore().rejected().keySet()) {
            batch.quarantine(entry, Optional.empty());
        }
        facts.rejected()
                .forEach((entry, reasons) -> {
                    String operation =
                            index.sequence(index.locate(entry)) == 0 ? "define" : "extend";
                    Quarantined rejected =
                            new Quarantined(entry, operation, "", reasons, judge.schema().hash());
                    batch.quarantine(entry, Optional.of(rejected));
                });
    }

    private void judgeAll(Batch batch, Collection<State.Slot> slots) {
        List<State.Slot> edgeSlots = new ArrayList<>();
        for (State.Slot slot : slots) {
            Entity.Add add = slot.entity().shown();
            if (add != null && add.isEdge()) {
                edgeSlots.add(slot);
            } else {
                judgeAlone(batch, slot);
            }
        }
        edgeSlots.forEach(slot -> judgeAlone(batch, slot)); // when all nodes are
    }

    /** Judges an id, and the edges at it when that makes a difference to them. */
    private void judge(Batch batch, State.Slot slot) {
        Object before = slot.shown;
        judgeAlone(batch, slot);
        if (!mattersToEdges(before, slot.shown)) {
            return;
        }
        List<String> incident = state.incident(slot.entity().id());
        for (String edge : incident.isEmpty() ? Set.<String>of() : Set.copyOf(incident)) {
            State.Slot end = state.slot(edge);
            if (end != null) {
                judgeAlone(batch, end);
            }
        }
    }

    /** Whether edges at an id may be seen in another way than before. */
    private static boolean mattersToEdges(@Nullable Object before, @Nullable Object after) {
        if (before instanceof Node was && after instanceof Node is) {
            return !was.lineage().equals(is.lineage());
        }
        return before instanceof Node || !(after instanceof Edge);
    }

    private void judgeAlone(Batch batch, State.Slot slot) {
        Judgement judgement = judge.judge(slot.entity(), nodes, known);
        Object after = judgement.node() == null ? judgement.edge() : judgement.node();
        if (after == null ? slot.shown != null : !after.equals(slot.shown)) {
            batch.show(slot, after);
        }
        if (!judgement.quarantined().equals(slot.quarantined)) {
            batch.quarantine(slot, judgement.quarantined());
        }
    }

    /** Makes it as if a batch, the newest, had never been. */
    void undo(Batch batch) {
        batch.undo(state, index);
        judge = batch.judgeBefore();
        clock.reset(batch.clockBefore());
        unsealed = true; // perhaps its seal is gone
    }
}
