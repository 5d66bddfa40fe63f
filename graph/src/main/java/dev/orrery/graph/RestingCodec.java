package dev.orrery.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of ids as it stands in a checkpoint, {@code docs/formats/graph.md}: a block of
 * bytes for each, and what has to be known of all of them. Immutable.
 */
final class RestingCodec {
    /** Stands for an arrival number where an entry is not here and its stamp follows. */
    private static final int ELSEWHERE = 0;

    private final String[] names;
    private final EntryIndex index;
    private final IntFunction<Stamp> stamps;

    /** Reads the names, and with them what is written behind. */
    RestingCodec(CheckpointReader in, EntryIndex index) {
        this.names = new String[in.count(Integer.BYTES)];
        for (int i = 0; i < names.length; i++) {
            names[i] = in.text();
        }
        this.index = index;
        this.stamps = index.stamps();
    }

    // ---- writing

    static void write(CheckpointWriter out, State state, EntryIndex index) throws IOException {
        Map<String, Integer> names = names(state);
        out.put(names.size());
        for (String name : names.keySet()) {
            out.put(name);
        }
        Map<String, Entity> entities = entities(state);
        out.put(entities.size());
        for (Entity entity : entities.values()) {
            out.beginBlock();
            write(out, entity, names, index);
            out.endBlock();
        }
        writeWhatIsKnownOfAll(out, state, List.copyOf(entities.keySet()));
    }

    /** Of every id, also of those that are known as ends of edges alone. */
    private static Map<String, Entity> entities(State state) {
        Map<String, Entity> entities = new LinkedHashMap<>();
        for (State.Slot slot : state.slots()) {
            entities.put(slot.entity().id(), slot.entity());
        }
        for (State.Slot slot : state.slots()) {
            for (String node : slot.entity().endpoints()) {
                entities.computeIfAbsent(node, Entity::unknown);
            }
        }
        return entities;
    }

    private static void writeWhatIsKnownOfAll(CheckpointWriter out, State state, List<String> ids)
            throws IOException {
        Map<String, Integer> places = HashMap.newHashMap(ids.size());
        ids.forEach(id -> places.put(id, places.size()));
        List<Integer> quarantined = new ArrayList<>();
        List<Integer> erased = new ArrayList<>();
        for (State.Slot slot : state.slots()) {
            int place = places.getOrDefault(slot.entity().id(), 0);
            if (!slot.quarantined.isEmpty()) {
                quarantined.add(place);
            }
            if (slot.entity().isErased()) {
                erased.add(place);
            }
        }
        out.put(quarantined);
        out.put(erased);
        List<Integer> ends = new ArrayList<>(ids.size());
        List<Integer> edges = new ArrayList<>();
        for (String id : ids) {
            new LinkedHashSet<>(state.incident(id))
                    .stream().map(places::get).filter(Objects::nonNull).forEach(edges::add);
            ends.add(edges.size());
        }
        out.put(ends);
        out.put(edges);
    }

    /** Types and properties by number, in the order of numbers. */
    private static Map<String, Integer> names(State state) {
        Map<String, Integer> names = new LinkedHashMap<>();
        for (State.Slot slot : state.slots()) {
            for (Entity.Add add : slot.entity().adds()) {
                names.putIfAbsent(add.type(), names.size());
            }
            for (Entity.Said said : slot.entity().said()) {
                names.putIfAbsent(said.type().name(), names.size());
            }
            for (Entity.Write write : slot.entity().writes()) {
                names.putIfAbsent(write.property(), names.size());
            }
        }
        return names;
    }

    private static void write(
            CheckpointWriter out, Entity entity, Map<String, Integer> names, EntryIndex index)
            throws IOException {
        out.put(entity.id());
        out.put(entity.adds().length);
        for (Entity.Add add : entity.adds()) {
            write(out, add.stamp(), index);
            out.put(names.getOrDefault(add.type(), 0).intValue());
            String from = add.from();
            String to = add.to();
            if (from == null || to == null) {
                out.put((byte) 0);
            } else {
                out.put((byte) 1);
                out.put(from);
                out.put(to);
            }
        }
        out.put(entity.writes().length);
        for (Entity.Write write : entity.writes()) {
            out.put(names.getOrDefault(write.property(), 0).intValue());
            write(out, write.stamp(), index);
            out.value(write.value());
        }
        out.put(entity.removed().size());
        for (Map.Entry<String, Long> seen : entity.removed().entrySet()) {
            out.put(seen.getKey());
            out.put(seen.getValue().longValue());
        }
        out.put((byte) (entity.isErased() ? 1 : 0));
        out.put(entity.said().length);
        for (Entity.Said said : entity.said()) {
            write(out, said.stamp(), index);
            out.put(names.getOrDefault(said.type().name(), 0).intValue());
            out.put((byte) (said.type().isEdge() ? 1 : 0));
        }
    }

    /** A stamp by its entry's arrival number, or in full where the entry is not here. */
    static void write(CheckpointWriter out, Stamp stamp, EntryIndex index) throws IOException {
        int arrival = index.locate(stamp.hash());
        out.put(arrival);
        if (arrival == ELSEWHERE) {
            out.put(stamp.time().millis());
            out.put(stamp.time().counter());
            out.put(stamp.author());
            out.put(stamp.sequence());
            out.put(stamp.hash());
        }
    }

    // ---- reading

    /** What is known of an id. */
    Entity entity(CheckpointReader in) {
        Stamps last = new Stamps(in, stamps);
        String id = in.text();
        Entity.Add[] adds = new Entity.Add[in.count(Integer.BYTES)];
        for (int i = 0; i < adds.length; i++) {
            Stamp stamp = last.next();
            String type = names[in.number()];
            boolean isEdge = in.one() == 1;
            adds[i] =
                    isEdge
                            ? new Entity.Add(stamp, type, in.text(), in.text())
                            : new Entity.Add(stamp, type, null, null);
        }
        Entity.Write[] writes = new Entity.Write[in.count(Integer.BYTES)];
        for (int i = 0; i < writes.length; i++) {
            String property = names[in.number()];
            writes[i] = new Entity.Write(property, last.next(), in.value());
        }
        SortedMap<String, Long> removed = new TreeMap<>();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            removed.put(in.text(), in.large());
        }
        boolean erased = in.one() == 1;
        Entity.Said[] said = new Entity.Said[in.count(Integer.BYTES)];
        for (int i = 0; i < said.length; i++) {
            Stamp stamp = last.next();
            String type = names[in.number()];
            said[i] = new Entity.Said(stamp, new TypeName(in.one() == 1, type));
        }
        return Entity.restored(id, adds, writes, removed, erased, said);
    }

    /**
     * Reads over what is known of an id: what this does not refuse {@link #entity} can read.
     *
     * @throws RuntimeException when it cannot be read
     */
    void check(BlockWalk in) {
        in.skip();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            checkStamp(in);
            checkName(in);
            if (in.one() == 1) {
                in.skip();
                in.skip();
            }
        }
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            checkName(in);
            checkStamp(in);
            in.skipValue();
        }
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            in.skip();
            in.large();
        }
        in.one();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            checkStamp(in);
            checkName(in);
            in.one();
        }
    }

    private void checkName(BlockWalk in) {
        int name = in.number();
        if (name < 0 || name >= names.length) {
            throw new IllegalStateException("no name has this number: " + name);
        }
    }

    private void checkStamp(BlockWalk in) {
        int arrival = in.number();
        if (arrival == ELSEWHERE) {
            checkElsewhere(in);
        } else if (arrival < 0 || arrival > index.size() || !index.isKnown(arrival)) {
            throw new IllegalStateException("no entry has this number: " + arrival);
        }
    }

    private static void checkElsewhere(BlockWalk in) {
        in.skip(Integer.BYTES);
        int millis = in.number();
        boolean isTime = (millis | in.number()) >= 0;
        in.skip();
        in.skip(Long.BYTES + Hash.BYTES);
        if (!isTime) {
            throw new IllegalStateException("a time is not negative");
        }
    }

    private static Stamp elsewhere(CheckpointReader in) {
        HybridTime time = new HybridTime(in.large(), in.number());
        return new Stamp(time, in.text(), in.large(), in.hash());
    }

    /** The next stamp by itself. */
    static Stamp stamp(CheckpointReader in, EntryIndex index) {
        int arrival = in.number();
        return arrival == ELSEWHERE ? elsewhere(in) : index.stamp(arrival);
    }

    /** Stamps as they are read; those of one entry, one behind the other, are one. */
    private static final class Stamps {
        private final CheckpointReader in;
        private final IntFunction<Stamp> stamps;
        private int lastArrival;
        private @Nullable Stamp last;

        Stamps(CheckpointReader in, IntFunction<Stamp> stamps) {
            this.in = in;
            this.stamps = stamps;
        }

        Stamp next() {
            int arrival = in.number();
            if (arrival == ELSEWHERE) {
                return elsewhere(in);
            }
            Stamp known = last;
            if (known != null && arrival == lastArrival) {
                return known;
            }
            Stamp stamp = stamps.apply(arrival);
            lastArrival = arrival;
            last = stamp;
            return stamp;
        }
    }
}
