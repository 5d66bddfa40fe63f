package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One exchange with a peer, both ways, until both hold the same entries. Confined to one thread.
 */
final class SyncSession {
    /*
     * Each asks for a digest of the other's entries first: nothing else is said when it is the same. Otherwise version
     * vectors tell what each lacks, and it is sent in chunks, in the order in which it came, each chunk merged by itself.
     * So an exchange that breaks off has done what it did, and the next goes on from there.
     *
     * Vectors cannot tell apart two histories of one author (a restored copy, a liar). When they say that nothing is
     * lacking, and the digests differ all the same, the sets of hashes are compared range by range. // law G37
     *
     * What is sent is proportional to what differs, and the rounds to its logarithm; a peer's answers are bounded, and
     * an answer that does not lead on ends the exchange.
     */
    static final int CHUNK_BYTES = 1 << 20;
    private static final int RANGES_AT_ONCE = 64;
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Replica replica;
    private final Peer peer;
    private final SyncSource source;
    private final EntryCodec codec = new EntryCodec();
    private final String graph;

    private long received;
    private long sent;
    private long bytesReceived;
    private long bytesSent;
    private int rounds;
    private final Set<Hash> waiting = new HashSet<>();
    private final List<Merged.Refused> refused = new ArrayList<>();

    SyncSession(Replica replica, Peer peer) {
        this.replica = replica;
        this.peer = peer;
        this.source = new SyncSource(replica);
        this.graph = replica.name();
    }

    /**
     * Exchanges what differs.
     *
     * @throws Unavailable when the peer cannot be reached
     * @throws Unsupported when it refuses
     * @throws Invalid when it answers what makes no sense
     */
    Synced run() {
        boolean equal = false;
        if (hello() instanceof SyncMessage.Holds theirs) {
            VersionVector mine = vector();
            List<Hash> roots = replica.locked(() -> SyncSource.roots(replica.index()));
            pull(mine, roots);
            push(theirs);
            SyncMessage after = hello();
            if (after instanceof SyncMessage.Holds still && areLevel(still.vector(), vector())) {
                reconcile();
                after = hello();
            }
            equal = after instanceof SyncMessage.Same;
        } else {
            equal = true;
        }
        return new Synced(
                received, sent, bytesReceived, bytesSent, rounds, waiting.size(), refused, equal);
    }

    private VersionVector vector() {
        return replica.locked(() -> VersionVector.of(replica.index()));
    }

    private SyncMessage hello() {
        Bytes digest = replica.locked(() -> replica.index().fingerprint().digest());
        return ask(new SyncMessage.Hello(graph, digest));
    }

    private static boolean areLevel(VersionVector left, VersionVector right) {
        return knowsAll(left, right) && knowsAll(right, left);
    }

    private static boolean knowsAll(VersionVector one, VersionVector other) {
        return other.newest().entrySet().stream()
                .allMatch(known -> one.covers(known.getKey(), known.getValue().sequence()));
    }

    // ---- by vectors

    private void pull(VersionVector mine, List<Hash> roots) {
        long after = 0;
        while (ask(new SyncMessage.Pull(graph, mine, roots, after, CHUNK_BYTES))
                instanceof SyncMessage.Entries(Bytes chunk, long reached, boolean more)) {
            take(EntryChunk.decode(chunk.toArray(), codec));
            if (!more) {
                return;
            }
            if (reached <= after) {
                throw new Invalid("the peer's answer", "leads on", reached);
            }
            after = reached;
        }
    }

    private Merged take(List<Entry> entries) {
        Merged merged = replica.merge(entries);
        received += merged.added();
        merged.waiting().forEach(each -> waiting.add(each.entry().hash()));
        refused.addAll(merged.refused());
        return merged;
    }

    private void push(SyncMessage.Holds theirs) {
        SyncSource.Found found = new SyncSource.Found(List.of(), 0, true);
        while (found.more()) {
            found = source.beyond(theirs.vector(), theirs.roots(), found.after(), CHUNK_BYTES);
            push(found.entries());
        }
    }

    private void push(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Bytes chunk = Bytes.of(EntryChunk.encode(entries));
        if (ask(new SyncMessage.Push(graph, chunk)) instanceof SyncMessage.Taken taken) {
            sent += taken.added();
        }
    }

    // ---- by ranges of hashes

    private void reconcile() {
        HashOrder order = replica.locked(() -> HashOrder.of(replica.index(), replica.arrived()));
        List<Hash> lackedHere = new ArrayList<>();
        List<Hash> lackedThere = new ArrayList<>();
        ArrayDeque<HashRange> todo = new ArrayDeque<>(List.of(order.all()));
        while (!todo.isEmpty()) {
            List<HashRange> some = new ArrayList<>();
            while (!todo.isEmpty() && some.size() < RANGES_AT_ONCE) {
                some.add(todo.remove());
            }
            if (!(ask(new SyncMessage.Compare(graph, some)) instanceof SyncMessage.Parts parts)) {
                return;
            }
            for (HashRange theirs : parts.ranges()) {
                HashRange own = order.range(theirs.from(), theirs.to());
                if (!own.sameAs(theirs)) {
                    todo.add(own);
                }
            }
            for (SyncMessage.Listed listed : parts.listed()) {
                Set<Hash> theirs = new HashSet<>(listed.hashes());
                List<Hash> own = order.list(listed.range());
                own.stream().filter(hash -> !theirs.contains(hash)).forEach(lackedThere::add);
                theirs.removeAll(new HashSet<>(own));
                lackedHere.addAll(theirs);
            }
        }
        fetch(lackedHere);
        send(lackedThere);
    }

    private void fetch(List<Hash> hashes) {
        Set<Hash> wanted = new HashSet<>(hashes);
        List<Entry> waits = new ArrayList<>(); // for what they follow, which comes later
        while (!wanted.isEmpty()) {
            List<Hash> some = wanted.stream().limit(SyncMessage.MOST_PARTS).toList();
            if (!(ask(new SyncMessage.Fetch(graph, some))
                    instanceof SyncMessage.Entries(Bytes chunk, long _, boolean more))) {
                return;
            }
            List<Entry> entries = EntryChunk.decode(chunk.toArray(), codec);
            entries.forEach(entry -> wanted.remove(entry.hash()));
            if (!more) {
                some.forEach(wanted::remove); // what was not sent is not there any more
            } else if (entries.isEmpty()) {
                throw new Invalid("the peer's answer", "leads on", "no entries, and more");
            }
            waits.addAll(entries);
            Merged merged = take(waits);
            waits = new ArrayList<>(merged.waiting().stream().map(Merged.Waiting::entry).toList());
        }
        waiting.removeIf(hash -> replica.locked(() -> replica.index().has(hash)));
    }

    private void send(List<Hash> hashes) {
        long[] arrivals =
                replica.locked(
                        () -> hashes.stream().mapToLong(replica.index()::find).sorted().toArray());
        List<Hash> ordered = new ArrayList<>();
        for (long arrival : arrivals) {
            ordered.add(replica.locked(() -> replica.index().hash((int) arrival)));
        }
        int begin = 0;
        while (begin < ordered.size()) {
            SyncSource.Found found = source.of(ordered.subList(begin, ordered.size()), CHUNK_BYTES);
            if (found.entries().isEmpty()) {
                return;
            }
            push(found.entries());
            begin += found.entries().size();
        }
    }

    // ---- asking

    private SyncMessage ask(SyncMessage question) {
        byte[] message = question.encode();
        rounds++;
        bytesSent += message.length;
        byte[] bytes;
        try {
            bytes = peer.answer(message);
        } catch (IOException unreachable) {
            throw new Unavailable(
                    "the peer of " + graph, "try again when it can be reached", AGAIN, unreachable);
        }
        bytesReceived += bytes.length;
        SyncMessage answer = SyncMessage.decode(bytes);
        boolean fits =
                switch (question) {
                    case SyncMessage.Hello _ ->
                            answer instanceof SyncMessage.Same
                                    || answer instanceof SyncMessage.Holds;
                    case SyncMessage.Pull _, SyncMessage.Fetch _ ->
                            answer instanceof SyncMessage.Entries;
                    case SyncMessage.Push _ -> answer instanceof SyncMessage.Taken;
                    case SyncMessage.Compare _ -> answer instanceof SyncMessage.Parts;
                    default -> false;
                };
        if (answer instanceof SyncMessage.Refusal(String why)) {
            throw new Unsupported("sync " + graph + ": " + why, "the peer");
        }
        if (!fits) {
            throw new Invalid("the peer's answer", "answers the question", answer);
        }
        return answer;
    }
}
