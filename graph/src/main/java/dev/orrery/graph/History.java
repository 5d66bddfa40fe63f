package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.Revision;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** A graph's past, read from its entries. Thread-safe. */
final class History {
    private final Replica replica;

    History(Replica replica) {
        this.replica = replica;
    }

    /**
     * The graph as it was when the entries up to an arrival number had come.
     *
     * @throws StaleCursor when some of them that were compacted came later
     */
    GraphState asOf(ArrivalCursor place) {
        return asOf(place.number(), _ -> true);
    }

    /**
     * The graph as clocks had it at a moment.
     *
     * @throws Invalid when that is before the end of what was compacted
     */
    GraphState asOf(Instant clock) {
        Instant compacted =
                replica.locked(() -> replica.index().compacted().greatestTime()).instant();
        if (clock.isBefore(compacted)) {
            throw new Invalid("moment", "is not before the end of what was compacted", clock);
        }
        return asOf(replica.arrived(), entry -> !entry.entry().time().instant().isAfter(clock));
    }

    /**
     * The graph as some of its entries say, with each of which everything it follows is among them.
     * Reads all entries up to an arrival number.
     */
    private GraphState asOf(long arrived, Predicate<StoredEntry> were) { // law G50
        Rereading past = Rereading.of(replica, arrived, were);
        return new ReplicaState(
                new Replica(
                        Timeline.startingAt("past", new Revision(0)),
                        replica.name(),
                        new Replica.Found(
                                new EntryStore(SegmentLog.inMemory(), replica.name()),
                                new EntryCodec(),
                                past.state(),
                                past.index(),
                                new Leases(),
                                new Acknowledged(),
                                new Topics(),
                                new HybridClock(
                                        InstantSource.system(), Duration.ZERO, HybridTime.ZERO),
                                replica.author(),
                                null,
                                Optional.empty(),
                                0,
                                false)));
    }

    /**
     * Every entry that is kept about an id, and the edges at it, in an order that is the same
     * everywhere.
     */
    List<Entry> provenance(String id) { // law G51
        Set<Entry> all = new LinkedHashSet<>(); // once, also what was loose before
        Rereading.scan(
                replica,
                replica.arrived(),
                entry -> {
                    if (mentions(entry.entry().operation(), id)) {
                        all.add(entry.entry());
                    }
                });
        List<Entry> about = new ArrayList<>(all);
        about.removeIf(entry -> replica.isCompacted(entry.hash()));
        about.sort(Comparator.comparing(Entry::stamp)); // what is followed is earlier
        return about;
    }

    private static boolean mentions(Operation operation, String id) {
        return switch (operation) {
            case Operation.AddEdge edge ->
                    edge.id().equals(id) || edge.from().equals(id) || edge.to().equals(id);
            case Operation.OfEntity entity -> entity.id().equals(id);
            case Operation.Define _,
                    Operation.Extend _,
                    Operation.Seal _,
                    Operation.Grant _,
                    Operation.Revoke _ ->
                    false;
        };
    }

    /** What is different between two moments, in the order of ids, nodes first. */
    static List<Difference> between(GraphState before, GraphState after) {
        List<Difference> differences = new ArrayList<>();
        changed(before.nodes().list(), after.nodes().list(), Node::id)
                .forEach((id, change) ->
                        differences.add(
                                new Difference.OfNode(id, change.before(), change.after())));
        changed(before.edges().list(), after.edges().list(), Edge::id)
                .forEach((id, change) ->
                        differences.add(
                                new Difference.OfEdge(id, change.before(), change.after())));
        return differences;
    }

    private record Change<T>(Optional<T> before, Optional<T> after) {}

    private static <T> Map<String, Change<T>> changed(
            List<T> before, List<T> after, Function<T, String> id) {
        Map<String, Change<T>> changes = new TreeMap<>();
        before.forEach(was ->
                changes.put(id.apply(was), new Change<>(Optional.of(was), Optional.empty())));
        for (T is : after) {
            changes.merge(
                    id.apply(is),
                    new Change<>(Optional.empty(), Optional.of(is)),
                    (was, now) -> new Change<>(was.before(), now.after()));
        }
        changes.values().removeIf(change -> change.before().equals(change.after()));
        return changes;
    }
}
