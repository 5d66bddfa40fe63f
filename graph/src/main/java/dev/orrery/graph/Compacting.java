package dev.orrery.graph;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** Makes bases of a replica's entries, one at a time. Thread-safe. */
final class Compacting { // law G60
    /*
     * Overview. What may be compacted is a set of entries with which everything they follow is in it: those that all
     * who count have acknowledged, each of whom acknowledged such a set; those up to a place of a consumer; those up to
     * a moment. Sets of that kind have such an intersection, and such a union with what is in bases already.
     *
     * What they say is read again from the store while the graph goes on, and stored behind everything else in one
     * append, under the lock; only then are older segments dropped. So a crash leaves what was there, or that and the
     * base, and either is the same graph.
     *
     * Before it is stored the base is opened again: an entry that was lost here would be missing in it.
     */
    private final Replica replica;

    /** When it was last, in milliseconds since 1970; guarded by the replica's lock of bases. */
    private Optional<Long> last = Optional.empty();

    /** What may be compacted, and what may not because of whom. */
    private record Selection(BitSet arrivals, long more, List<Compacted.HeldBack> heldBackBy) {}

    Compacting(Replica replica) {
        this.replica = replica;
    }

    Compacted run(Compaction wanted) {
        return replica.bases()
                .alone(() -> {
                    Compaction policy =
                            replica.bases().isErasing() ? Compaction.everything() : wanted;
                    if (policy.scope() instanceof Compaction.Scope.Everything) {
                        replica.store().seal(); // so that all of what is here now can be dropped
                    }
                    Optional<Selection> found = replica.locked(() -> select(policy));
                    if (found.isEmpty()
                            || (found.get().more() == 0 && !replica.bases().isErasing())) {
                        return result(0, found.map(Selection::heldBackBy).orElse(List.of()));
                    }
                    Selection selection = found.get();
                    PackedBase base = packed(selection.arrivals());
                    replica.bases().keep(base, selection.arrivals());
                    last = Optional.of(replica.locked(() -> replica.clock().wallMillis()));
                    return result(selection.more(), selection.heldBackBy());
                });
    }

    /** Drops everything that was said of some ids, here and in time everywhere. */
    Erased erase(Collection<String> ids) { // law G62
        return replica.bases()
                .alone(() -> {
                    Set<String> all = new TreeSet<>(ids);
                    List<Hash> by = new ArrayList<>();
                    List<Hash> entries = about(all);
                    replica.bases().beginErasing();
                    replica.writeAll(() -> all.stream().map(this::erasure).toList());
                    Rereading.scan(
                            replica,
                            replica.arrived(),
                            arrived -> {
                                if (arrived.entry().operation()
                                                instanceof Operation.Erase(String id, _)
                                        && all.contains(id)) {
                                    by.add(arrived.entry().hash());
                                }
                            });
                    Compacted compacted = run(Compaction.everything());
                    return new Erased(all, entries, by, compacted.base().orElseThrow());
                });
    }

    private List<Hash> about(Set<String> ids) {
        Set<Hash> about = new LinkedHashSet<>(); // once, also what was loose before
        Rereading.scan(
                replica,
                replica.arrived(),
                arrived -> {
                    if (arrived.entry().operation() instanceof Operation.OfEntity of
                            && ids.contains(of.id())) {
                        about.add(arrived.entry().hash());
                    }
                });
        return List.copyOf(about);
    }

    private Operation erasure(String id) {
        State.Slot slot = replica.state().slot(id);
        return new Operation.Erase(id, slot == null ? new TreeMap<>() : slot.entity().seenEver());
    }

    private Compacted result(long entries, List<Compacted.HeldBack> heldBackBy) {
        List<StoredBase> bases = replica.store().bases();
        return new Compacted(
                entries,
                replica.locked(() -> replica.index().compacted().kept()),
                bases.isEmpty() ? Optional.empty() : Optional.of(bases.getLast().hash()),
                heldBackBy);
    }

    // ---- what

    private Optional<Selection> select(Compaction policy) {
        EntryIndex index = replica.index();
        long now = replica.clock().wallMillis();
        if (!policy.isDue(index.compacted().kept(), now, last) && !replica.bases().isErasing()) {
            return Optional.empty();
        }
        List<Compacted.HeldBack> heldBackBy = new ArrayList<>();
        BitSet selected = new BitSet();
        long upTo = policy.upTo(now);
        for (int arrival = 1; arrival <= replica.arrived(); arrival++) {
            boolean isOld = index.holds(arrival) && index.time(arrival).millis() <= upTo;
            selected.set(arrival, isOld && !index.compacted().has(arrival));
        }
        switch (policy.scope()) {
            case Compaction.Scope.Named(var replicas) ->
                    replicas.forEach(name -> keepFor(name, selected, heldBackBy));
            case Compaction.Scope.Heard(var within) ->
                    replica.acknowledged().all().stream()
                            .filter(known -> known.heard() >= now - within.toMillis())
                            .forEach(known -> keepFor(known.replica(), selected, heldBackBy));
            case Compaction.Scope.Everything() -> {}
        }
        if (!(policy.scope() instanceof Compaction.Scope.Everything)) {
            replica.leases().heldAt(now).forEach(lease -> keepFor(lease, selected, heldBackBy));
        }
        return Optional.of(withBases(index, selected, heldBackBy));
    }

    /** With what is in bases, unless some of that is kept for a consumer. */
    private static Selection withBases(
            EntryIndex index, BitSet selected, List<Compacted.HeldBack> heldBackBy) {
        heldBackBy.sort(Comparator.comparing(Compacted.HeldBack::name));
        BitSet all = index.compacted().based();
        boolean isKept =
                all.stream()
                        .anyMatch(arrival ->
                                !index.compacted().has(arrival) && !selected.get(arrival));
        long more = isKept ? 0 : selected.cardinality();
        all.or(selected);
        return new Selection(all, more, heldBackBy);
    }

    private void keepFor(String name, BitSet selected, List<Compacted.HeldBack> heldBackBy) {
        EntryIndex index = replica.index();
        Optional<VersionVector> has =
                replica.acknowledged().of(name).map(Acknowledged.Known::vector);
        keep(
                selected,
                arrival ->
                        has.isEmpty()
                                || !has.get()
                                        .covers(index.author(arrival), index.sequence(arrival)),
                new Compacted.HeldBack(Compacted.Kind.REPLICA, name, 0),
                heldBackBy);
    }

    private static void keepFor(
            Leases.Lease lease, BitSet selected, List<Compacted.HeldBack> heldBackBy) {
        keep(
                selected,
                arrival -> arrival > lease.acknowledged().number(),
                new Compacted.HeldBack(Compacted.Kind.CONSUMER, lease.consumer(), 0),
                heldBackBy);
    }

    private static void keep(
            BitSet selected,
            IntPredicate isKept,
            Compacted.HeldBack who,
            List<Compacted.HeldBack> heldBackBy) {
        int before = selected.cardinality();
        for (int arrival : selected.stream().filter(isKept).toArray()) {
            selected.clear(arrival);
        }
        int kept = before - selected.cardinality();
        if (kept > 0) {
            heldBackBy.add(new Compacted.HeldBack(who.kind(), who.name(), kept));
        }
    }

    // ---- how

    private PackedBase packed(BitSet arrivals) {
        Rereading read =
                Rereading.of(
                        replica,
                        arrivals.length() - 1L,
                        entry -> arrivals.get((int) entry.arrival()));
        PackedBase packed = PackedBase.of(read.base(replica.name()), replica.identity());
        try {
            requireAll(arrivals, read.index().fingerprint().count());
            packed.open();
        } catch (Invalid missing) {
            Conflict lost =
                    new Conflict(
                            replica.name(),
                            "all entries that are to be compacted",
                            "some are missing here; sync with a peer first");
            lost.addSuppressed(missing);
            throw lost;
        }
        return packed;
    }

    private static void requireAll(BitSet arrivals, long read) { // law G73
        if (read != arrivals.cardinality()) {
            throw new Invalid("base", "has all its entries", read);
        }
    }
}
