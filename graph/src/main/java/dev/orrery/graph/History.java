package dev.orrery.graph;

import dev.orrery.core.Revision;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** A graph's past, read from its entries. Thread-safe. */
final class History {
    private static final int READ_AT_ONCE = 1_024;

    private final Replica replica;

    History(Replica replica) {
        this.replica = replica;
    }

    /**
     * The graph as some of its entries say, with each of which everything it follows is among them.
     * Reads all entries up to an arrival number.
     */
    GraphState asOf(long arrived, Predicate<Entry> were) { // law G50
        State state = new State(replica.name());
        EntryIndex index = new EntryIndex();
        scan(
                arrived,
                entry -> {
                    if (were.test(entry)) {
                        index.add(entry);
                        state.join(entry);
                    }
                });
        return new ReplicaState(
                new Replica(
                        Timeline.startingAt("past", new Revision(0)),
                        replica.name(),
                        new Replica.Found(
                                new EntryStore(SegmentLog.inMemory(), replica.name()),
                                new EntryCodec(),
                                state,
                                index,
                                new Leases(),
                                new HybridClock(
                                        InstantSource.system(), Duration.ZERO, HybridTime.ZERO),
                                replica.author(),
                                null,
                                Optional.empty(),
                                0)));
    }

    /** Every entry about an id, and the edges at it, in an order that is the same everywhere. */
    List<Entry> provenance(String id) { // law G51
        List<Entry> about = new ArrayList<>();
        scan(
                replica.arrived(),
                entry -> {
                    if (mentions(entry.operation(), id)) {
                        about.add(entry);
                    }
                });
        about.sort(Comparator.comparing(Entry::stamp)); // what is followed is earlier
        return about;
    }

    private static boolean mentions(Operation operation, String id) {
        return switch (operation) {
            case Operation.AddEdge edge ->
                    edge.id().equals(id) || edge.from().equals(id) || edge.to().equals(id);
            case Operation.OfEntity entity -> entity.id().equals(id);
            case Operation.Define _, Operation.Extend _, Operation.Seal _ -> false;
        };
    }

    private void scan(long arrived, Consumer<Entry> each) {
        EntryCodec codec = new EntryCodec();
        long after = 0;
        while (after < arrived) {
            int most = (int) Math.min(READ_AT_ONCE, arrived - after);
            List<EntryStore.Stored> read = replica.store().read(after, most);
            for (EntryStore.Stored stored : read) {
                if (stored.arrival() <= arrived) {
                    each.accept(codec.decode(stored.bytes()));
                }
            }
            after = read.isEmpty() ? arrived : read.getLast().arrival();
        }
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
