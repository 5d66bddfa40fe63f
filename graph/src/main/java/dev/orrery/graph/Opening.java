package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a store into memory: entries join the state as they did when they came, and nothing is
 * judged before all are there. An entry that cannot be read is passed over. Confined to one thread.
 */
final class Opening implements EntryStore.Found {
    private static final System.Logger LOG = System.getLogger(Opening.class.getName());

    private final String graph;
    private final EntryCodec codec = new EntryCodec();
    private final EntryIndex index = new EntryIndex();
    private final State state;
    private final List<String> authors = new ArrayList<>();
    private final Leases leases = new Leases();

    private Opening(String graph) {
        this.graph = graph;
        this.state = new State(graph);
    }

    static Replica open(Graphs graphs, SegmentLog log, Ontology ontology) {
        Opening opening = new Opening(ontology.name());
        EntryStore store = new EntryStore(log, ontology.name());
        store.replay(opening);
        String author = graphs.author(opening.authors);
        List<byte[]> records = new ArrayList<>();
        if (opening.index.size() == 0) {
            Entry root =
                    opening.codec.root(new Operation.Define(ontology.name(), ontology.facts()));
            opening.take(1, root);
            records.add(EntryStore.record(1, List.of(root)));
        }
        if (opening.authors.isEmpty() || !opening.authors.getLast().equals(author)) {
            records.add(EntryStore.replica(author));
        }
        store.append(records);
        return new Replica(
                graphs.timeline(),
                ontology.name(),
                new Replica.Found(
                        store,
                        opening.codec,
                        opening.state,
                        opening.index,
                        opening.leases,
                        graphs.clockFrom(opening.index.greatestTime()),
                        author,
                        graphs.identity()));
    }

    @Override
    public void replica(String author) {
        authors.add(author);
    }

    @Override
    public void lease(Leases.Lease lease) {
        leases.put(lease);
    }

    @Override
    public void entry(long arrival, byte[] bytes) {
        try {
            take(arrival, codec.decode(bytes));
        } catch (Invalid unreadable) { // its record passed the check of its bytes all the same
            LOG.log(
                    System.Logger.Level.ERROR,
                    "entry " + arrival + " of " + graph + " cannot be read",
                    unreadable);
        }
    }

    private void take(long arrival, Entry entry) {
        if (entry.operation() instanceof Operation.Define(String name, List<Fact> _)
                && !name.equals(graph)) {
            throw new BadDefinition(
                    graph, "is not in this store, but " + name + " is", "open that");
        }
        index.skipTo(arrival - 1);
        index.add(entry);
        state.join(entry);
    }
}
