package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are about which id, and which of them said of what type it is. It is made when it
 * is first asked for, by reading everything, and then kept up by reading what has come; eight bytes
 * an entry. Confined to one thread at a time.
 */
final class Mentions {
    private static final int READ_AT_ONCE = 1_024;

    /** Stands for an entry that says nothing of a type. */
    private static final int NO_TYPE = -1;

    private final Replica replica;
    private final EntryCodec codec = new EntryCodec();
    private final Map<String, Of> byId = new HashMap<>();
    private final Map<TypeName, Integer> numbers = new HashMap<>();
    private final List<Additions> types = new ArrayList<>();
    private final Set<Hash> bases = new HashSet<>();
    private long read;

    /** The additions that said of what they add that it is of a type. */
    static final class Additions {
        private final TypeName type;
        private int[] arrivals = new int[4];
        private int size;
        private int least = Integer.MAX_VALUE;

        private Additions(TypeName type) {
            this.type = type;
        }

        TypeName type() {
            return type;
        }

        /** The least of their arrival numbers. */
        int least() {
            return least;
        }

        /** Their arrival numbers. */
        int[] arrivals() {
            return Arrays.copyOf(arrivals, size);
        }

        private void add(int arrival) {
            if (size == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, 2 * size);
            }
            arrivals[size++] = arrival;
            least = Math.min(least, arrival);
        }
    }

    /** The entries about one id. */
    static final class Of {
        private int[] arrivals = new int[1];
        private int[] said = new int[1];
        private int size;
        private boolean based;

        int size() {
            return size;
        }

        int arrival(int place) {
            return arrivals[place];
        }

        /** Which of the types an entry said it is of, negative for none. */
        int type(int place) {
            return said[place];
        }

        /** Whether something of it was ever in a base. */
        boolean isBased() {
            return based;
        }

        private void add(int arrival, int type) {
            if (size == arrivals.length) {
                arrivals = Arrays.copyOf(arrivals, 2 * size);
                said = Arrays.copyOf(said, 2 * size);
            }
            arrivals[size] = arrival;
            said[size++] = type;
        }
    }

    Mentions(Replica replica) {
        this.replica = replica;
    }

    /** What is known of an id, null for nothing. */
    @Nullable Of of(String id) {
        return byId.get(id);
    }

    /** All types that anything was said to be of, by number. */
    List<Additions> types() {
        return types;
    }

    /** Takes in what has come up to an arrival number. */
    void readUpTo(long arrived) {
        for (StoredBase base : replica.store().bases()) {
            if (bases.add(base.hash())) {
                take(replica.bases().whole(base).state());
            }
        }
        while (read < arrived) {
            int most = (int) Math.min(READ_AT_ONCE, arrived - read);
            List<StoredEntry> some = replica.read(codec, read, most);
            for (StoredEntry stored : some) {
                if (!stored.isLoose() && stored.arrival() <= arrived) {
                    take((int) stored.arrival(), stored.entry());
                }
            }
            read = some.isEmpty() ? arrived : Math.min(arrived, some.getLast().arrival());
        }
    }

    private void take(int arrival, Entry entry) {
        if (!(entry.operation() instanceof Operation.OfEntity about)) {
            return;
        }
        int type =
                switch (about) {
                    case Operation.AddNode add -> said(new TypeName(false, add.type()), arrival);
                    case Operation.AddEdge add -> said(new TypeName(true, add.type()), arrival);
                    case Operation.Set _,
                            Operation.Unset _,
                            Operation.Remove _,
                            Operation.Erase _ ->
                            NO_TYPE;
                };
        byId.computeIfAbsent(about.id(), _ -> new Of()).add(arrival, type);
    }

    private int said(TypeName type, int arrival) {
        int number =
                numbers.computeIfAbsent(
                        type,
                        name -> {
                            types.add(new Additions(name));
                            return types.size() - 1;
                        });
        types.get(number).add(arrival);
        return number;
    }

    private void take(Entity.Said said, Of known) {
        int arrival = replica.index().find(said.stamp().hash());
        known.add(arrival, said(said.type(), arrival));
    }

    private void take(State state) {
        replica.locked(() -> {
            for (State.Slot slot : state.slots()) {
                Entity entity = slot.entity();
                Of known = byId.computeIfAbsent(entity.id(), _ -> new Of());
                known.based = true;
                for (Entity.Add add : entity.adds()) {
                    take(Entity.Said.by(add), known);
                }
                for (Entity.Said said : entity.said()) {
                    take(said, known);
                }
            }
            return state;
        });
    }
}
