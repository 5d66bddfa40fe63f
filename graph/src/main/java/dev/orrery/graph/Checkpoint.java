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

/**
 * What a replica had in memory when so much of its store was read, in a file beside the store:
 * opening reads it and then only what came later. It is a cache: without it, or when it is damaged
 * or of another version, everything is read again. {@code docs/formats/graph.md}.
 */
final class Checkpoint { // law G17
    private static final System.Logger LOG = System.getLogger(Checkpoint.class.getName());
    private static final long MAGIC =
            0x43_47_59_52_45_52_52_4fL; // "ORRERYGC" in this order of bytes
    private static final int VERSION = 7;

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
            Map<Long, Long> restored,
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
            RestingCodec.write(out, each.getKey(), index);
            CborWriter facts = new CborWriter();
            facts.beginList(each.getValue().size());
            each.getValue().forEach(fact -> fact.write(facts));
            facts.end();
            out.put(facts.toByteArray());
        }
        CborWriter keys = new CborWriter();
        StateCodec.write(keys, state.keys());
        out.put(keys.toByteArray());
        RestingCodec.write(out, state, index);
    }

    // ---- reading

    /** The checkpoint of a graph, if there is one that can be used. */
    static Optional<Found> read(Path file, String graph) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (CheckpointFile checked = new CheckpointFile(file)) {
            CheckpointReader in = checked.reader();
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
        Map<Long, Long> restored = new HashMap<>();
        for (int i = in.count(2 * Long.BYTES); i > 0; i--) {
            restored.put(in.large(), in.large());
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
        EntryCodec codec = new EntryCodec();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            Stamp stamp = RestingCodec.stamp(in, index);
            state.restore(codec.facts(new CborReader(in.bytes())), stamp);
        }
        state.restore(StateCodec.keys(new CborReader(in.bytes())));
        state.rest(new RestingEntities(in, index, state.facts(), System.nanoTime()));
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
                restored,
                bases);
    }
}
