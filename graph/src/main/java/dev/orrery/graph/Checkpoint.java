package dev.orrery.graph;

import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a replica had in memory when so much of its store was read, in a file beside the store:
 * opening reads it and then only what came later. It is a cache: without it, or when it is damaged
 * or of another version, everything is read again. {@code docs/formats/graph.md}.
 */
final class Checkpoint { // law G17
    private static final System.Logger LOG = System.getLogger(Checkpoint.class.getName());
    private static final long MAGIC =
            0x43_47_59_52_45_52_52_4fL; // "ORRERYGC" in this order of bytes
    private static final int VERSION = 5;
    private static final int HERE = 0;

    /** What is in one. */
    record Found(
            long position,
            List<String> replicas,
            Leases leases,
            Acknowledged acknowledged,
            Topics topics,
            EntryIndex index,
            State state,
            long firstPosition,
            List<Long> firstArrivals,
            List<StoredBase> bases) {}

    private Checkpoint() {}

    // ---- writing

    /** Writes a checkpoint; only while nobody writes to the graph. */
    static void write(Path file, String graph, String replica, Replica.Inside inside)
            throws IOException {
        try (CheckpointWriter out = new CheckpointWriter(file)) {
            out.put(MAGIC);
            out.put(VERSION);
            out.put(graph);
            out.put(replica);
            inside.store().write(out);
            List<Leases.Lease> leases = inside.leases().heldAt(0);
            out.put(leases.size());
            for (Leases.Lease lease : leases) {
                out.put(lease.bytes());
            }
            List<Acknowledged.Known> acknowledged = inside.acknowledged().all();
            out.put(acknowledged.size());
            for (Acknowledged.Known known : acknowledged) {
                out.put(known.bytes());
            }
            List<Topics.Progress> topics = inside.topics().all();
            out.put(topics.size());
            for (Topics.Progress progress : topics) {
                out.put(progress.bytes());
            }
            inside.index().write(out);
            write(out, inside.state(), inside.index());
            out.finish();
        }
    }

    private static void write(CheckpointWriter out, State state, EntryIndex index)
            throws IOException {
        SortedMap<Stamp, List<Fact>> statements = state.facts().statements();
        out.put(statements.size());
        for (Map.Entry<Stamp, List<Fact>> each : statements.entrySet()) {
            write(out, each.getKey(), index);
            CborWriter facts = new CborWriter();
            facts.beginList(each.getValue().size());
            each.getValue().forEach(fact -> fact.write(facts));
            facts.end();
            out.put(facts.toByteArray());
        }
        CborWriter keys = new CborWriter();
        StateCodec.write(keys, state.keys());
        out.put(keys.toByteArray());
        Map<String, Integer> names = names(state);
        out.put(names.size());
        for (String name : names.keySet()) {
            out.put(name);
        }
        out.put(state.slots().size());
        for (State.Slot slot : state.slots()) {
            write(out, slot.entity(), names, index);
        }
    }

    /** Types and properties by number, in the order of numbers. */
    private static Map<String, Integer> names(State state) {
        Map<String, Integer> names = new java.util.LinkedHashMap<>();
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
    private static void write(CheckpointWriter out, Stamp stamp, EntryIndex index)
            throws IOException {
        int arrival = index.locate(stamp.hash());
        out.put(arrival);
        if (arrival == HERE) {
            out.put(stamp.time().millis());
            out.put(stamp.time().counter());
            out.put(stamp.author());
            out.put(stamp.sequence());
            out.put(stamp.hash());
        }
    }

    // ---- reading

    /** The checkpoint of a graph, if there is one that can be used. */
    static Optional<Found> read(Path file, String graph) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (CheckpointReader in = new CheckpointReader(file)) {
            if (in.large() != MAGIC || in.number() != VERSION || !in.text().equals(graph)) {
                return Optional.empty();
            }
            return Optional.of(read(in, graph));
        } catch (IOException | RuntimeException unusable) { // whatever is in it: it is a cache
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the checkpoint of " + graph + " is not used; everything is read again",
                    unusable);
            return Optional.empty();
        }
    }

    private static Found read(CheckpointReader in, String graph) {
        String replica = in.text();
        long position = in.large();
        long firstPosition = in.large();
        int count = in.count(Long.BYTES);
        List<Long> firsts = new ArrayList<>(count);
        for (long first : in.larges(count, count)) {
            firsts.add(first);
        }
        List<StoredBase> bases = new ArrayList<>();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            bases.add(StoredBase.decode(in.bytes()));
        }
        Leases leases = new Leases();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            leases.put(Leases.Lease.read(ByteBuffer.wrap(in.bytes())));
        }
        Acknowledged acknowledged = new Acknowledged();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            acknowledged.put(Acknowledged.Known.read(ByteBuffer.wrap(in.bytes())));
        }
        Topics topics = new Topics();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            topics.put(Topics.Progress.read(ByteBuffer.wrap(in.bytes())));
        }
        EntryIndex index = EntryIndex.read(in);
        State state = new State(graph);
        Stamps stamps = new Stamps(in, index);
        EntryCodec codec = new EntryCodec();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            Stamp stamp = stamps.next();
            state.restore(codec.facts(new CborReader(in.bytes())), stamp);
        }
        state.restore(StateCodec.keys(new CborReader(in.bytes())));
        String[] names = new String[in.count(Integer.BYTES)];
        for (int i = 0; i < names.length; i++) {
            names[i] = in.text();
        }
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            state.restore(entity(in, names, stamps));
        }
        return new Found(
                position,
                List.of(replica),
                leases,
                acknowledged,
                topics,
                index,
                state,
                firstPosition,
                firsts,
                bases);
    }

    private static Entity entity(CheckpointReader in, String[] names, Stamps stamps) {
        String id = in.text();
        Entity.Add[] adds = new Entity.Add[in.count(Integer.BYTES)];
        for (int i = 0; i < adds.length; i++) {
            Stamp stamp = stamps.next();
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
            writes[i] = new Entity.Write(property, stamps.next(), in.value());
        }
        SortedMap<String, Long> removed = new TreeMap<>();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            removed.put(in.text(), in.large());
        }
        boolean erased = in.one() == 1;
        Entity.Said[] said = new Entity.Said[in.count(Integer.BYTES)];
        for (int i = 0; i < said.length; i++) {
            Stamp stamp = stamps.next();
            String type = names[in.number()];
            said[i] = new Entity.Said(stamp, new TypeName(in.one() == 1, type));
        }
        return Entity.restored(id, adds, writes, removed, erased, said);
    }

    /** Stamps as they are read; those of one entry, one behind the other, are one. */
    private static final class Stamps {
        private final CheckpointReader in;
        private final EntryIndex index;
        private final Map<String, String> authors = new HashMap<>();
        private int lastArrival;
        private @Nullable Stamp last;

        Stamps(CheckpointReader in, EntryIndex index) {
            this.in = in;
            this.index = index;
        }

        Stamp next() {
            int arrival = in.number();
            if (arrival == HERE) {
                HybridTime time = new HybridTime(in.large(), in.number());
                String author = authors.computeIfAbsent(in.text(), name -> name);
                return new Stamp(time, author, in.large(), in.hash());
            }
            Stamp known = last;
            if (known != null && arrival == lastArrival) {
                return known;
            }
            Stamp stamp = index.stamp(arrival);
            lastArrival = arrival;
            last = stamp;
            return stamp;
        }
    }
}
