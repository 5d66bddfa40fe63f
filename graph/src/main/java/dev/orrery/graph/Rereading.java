package dev.orrery.graph;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What some of a replica's entries say, read again from its store: its bases, and entries behind
 * them in the order in which they came. Confined to one thread.
 */
final class Rereading {
    private static final int READ_AT_ONCE = 1_024;

    private final EntryIndex index = new EntryIndex();
    private final State state;

    private Rereading(String graph) {
        this.state = new State(graph);
    }

    /**
     * Reads the bases and the entries up to an arrival number that are wanted, with each of which
     * everything it follows is wanted or in a base.
     */
    static Rereading of(Replica replica, long arrived, Predicate<StoredEntry> wanted) {
        Rereading again = new Rereading(replica.name());
        for (StoredBase base : replica.store().bases()) {
            again.take(replica.bases().whole(base));
        }
        scan(
                replica,
                arrived,
                entry -> {
                    if (!again.index.has(entry.entry().hash()) && wanted.test(entry)) {
                        again.take(entry);
                    }
                });
        return again;
    }

    private void take(StoredEntry arrived) {
        if (arrived.isLoose()) {
            index.addLoose(index.size() + 1, arrived.entry());
        } else {
            index.add(arrived.entry());
        }
        state.join(arrived.entry());
    }

    private void take(Base base) {
        index.compacted().join(base, index.compacted().arrivals(base.rows()), false);
        state.join(base.state());
    }

    /** Hands out the entries that are kept by themselves, up to an arrival number, in order. */
    static void scan(Replica replica, long arrived, Consumer<StoredEntry> each) {
        EntryCodec codec = new EntryCodec();
        long after = 0;
        while (after < arrived) {
            int most = (int) Math.min(READ_AT_ONCE, arrived - after);
            List<StoredEntry> read = replica.read(codec, after, most);
            for (StoredEntry stored : read) {
                if (stored.arrival() <= arrived) {
                    each.accept(stored);
                }
            }
            after = read.isEmpty() ? arrived : read.getLast().arrival();
        }
    }

    EntryIndex index() {
        return index;
    }

    State state() {
        return state;
    }

    /** All of it as a base. */
    Base base(String graph) {
        return new Base(graph, Base.Rows.of(index, index.held()), index.heads(), state);
    }
}
