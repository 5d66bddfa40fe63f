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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * One exchange with a peer, both ways, until both hold the same entries. Confined to one thread.
 */
final class SyncSession {
    /*
     * Each asks for a digest of the other's entries first: nothing else is said when it is the same. Otherwise version
     * vectors tell what each lacks, and it is sent in chunks, in the order in which it came, each chunk merged by itself.
     * So an exchange that breaks off has done what it did, and the next goes on from there. While a chunk is merged the
     * next, which was asked for before that, is decoded by another thread. A chunk ends with a seal where it can, and
     * where it cannot, what came before its seal is kept for the next chunk.
     *
     * Vectors cannot tell apart two histories of one author (a restored copy, a liar). When they say that nothing is
     * lacking, or what one has more is refused by the other, the sets of hashes are compared range by range. // law G37
     *
     * What was compacted cannot be sent entry by entry. Who lacks some of it gets the base first, in parts of which each
     * says where it begins, and then the entries behind it.
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
    private final AwaitingSeals pulled;
    private final EntryCodec codec = new EntryCodec();
    private final String graph;

    private long received;
    private long sent;
    private long bytesReceived;
    private long bytesSent;
    private int rounds;
    private final Set<Hash> waiting = new HashSet<>();
    private final Set<Hash> taken = new HashSet<>();
    private final Set<Hash> offered = new HashSet<>();
    private final List<Merged.Refused> refused = new ArrayList<>();

    SyncSession(Replica replica, Peer peer) {
        this.replica = replica;
        this.peer = peer;
        this.source = new SyncSource(replica);
        this.pulled = new AwaitingSeals(replica);
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
            pull();
            push(theirs);
            SyncMessage after = hello();
            if (after instanceof SyncMessage.Holds still
                    && (received + sent == 0 || areLevel(still.vector(), vector()))) {
                reconcile();
                after = hello();
            }
            equal = after instanceof SyncMessage.Same;
        } else {
            equal = true;
        }
        return synced(equal);
    }

    /** What it did. */
    Synced synced(boolean equal) {
        waiting.removeIf(hash -> replica.locked(() -> replica.index().has(hash)));
        return new Synced(
                received, sent, bytesReceived, bytesSent, rounds, waiting.size(), refused, equal);
    }

    VersionVector vector() {
        return replica.locked(() -> VersionVector.of(replica.index()));
    }

    SyncMessage hello() {
        Bytes digest = replica.locked(() -> replica.unreadable().digest());
        SyncMessage answer = ask(new SyncMessage.Hello(graph, replica.author(), digest));
        switch (answer) {
            case SyncMessage.Same(String peer) ->
                    replica.acknowledge(peer, replica.locked(() -> said(digest)));
            case SyncMessage.Holds holds -> replica.acknowledge(holds.replica(), holds.vector());
            default -> {}
        }
        return answer;
    }

    /** What was here when a digest was taken, or less. */
    private VersionVector said(Bytes digest) {
        return replica.unreadable().digest().equals(digest)
                ? VersionVector.of(replica.index())
                : VersionVector.none();
    }

    private static boolean areLevel(VersionVector left, VersionVector right) {
        return knowsAll(left, right) && knowsAll(right, left);
    }

    static boolean knowsAll(VersionVector one, VersionVector other) {
        return other.newest().entrySet().stream()
                .allMatch(known -> one.covers(known.getKey(), known.getValue().sequence()));
    }

    // ---- by vectors

    private void pull() {
        VersionVector mine = vector();
        List<Hash> roots = replica.locked(() -> SyncSource.roots(replica.index()));
        List<Entry> decoded = List.of();
        long after = 0;
        boolean more = true;
        while (more) {
            SyncMessage.Pull question =
                    new SyncMessage.Pull(graph, mine, roots, after, CHUNK_BYTES);
            SyncMessage answer = askAhead(question, decoded);
            if (answer instanceof SyncMessage.Based based) {
                take(decoded);
                take(based);
                pull();
                return;
            }
            SyncMessage.Entries entries = (SyncMessage.Entries) answer;
            decoded = decode(entries.chunk(), decoded);
            more = entries.more() && entries.after() > after;
            if (entries.more() && !more) {
                take(decoded);
                throw new Invalid("the peer's answer", "leads on", entries.after());
            }
            after = entries.after();
        }
        take(decoded);
    }

    /** Asks while entries that came before are still to be taken in, which they are in any case. */
    private SyncMessage askAhead(SyncMessage question, List<Entry> before) {
        boolean answered = false;
        try {
            SyncMessage answer = ask(question);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                take(before);
            }
        }
    }

    /** The entries of a chunk, decoded by another thread while those before it are taken in. */
    private List<Entry> decode(Bytes chunk, List<Entry> before) {
        if (before.isEmpty()) {
            return EntryChunk.decode(chunk.toArray(), codec);
        }
        Future<List<Entry>> decoding =
                Uninterrupted.begin(
                        "chunk of " + graph, () -> EntryChunk.decode(chunk.toArray(), codec));
        take(before);
        return Uninterrupted.result(decoding);
    }

    /** Takes in the peer's bases that are not here, each whole. */
    void take(SyncMessage.Based based) {
        long before = received;
        for (SyncMessage.BaseName base : based.bases()) {
            if (!replica.store().has(base.hash()) && taken.add(base.hash())) {
                received += fetch(base);
            }
        }
        if (received == before) {
            throw new Invalid("the peer's answer", "leads on", based.bases());
        }
    }

    private long fetch(SyncMessage.BaseName base) {
        while (true) {
            int from = replica.bases().incoming().reached(base.hash());
            if (!(ask(new SyncMessage.FetchBase(graph, base.hash(), from))
                            instanceof SyncMessage.BasePart(Bytes part))
                    || part.length() == 0) {
                throw new Invalid("the peer's answer", "leads on", from);
            }
            Optional<PackedBase> whole = replica.bases().incoming().take(base, from, part);
            if (whole.isPresent()) {
                return replica.bases().merge(whole.get());
            }
        }
    }

    private Merged take(List<Entry> entries) {
        Merged merged = pulled.merge(entries);
        note(merged);
        return merged;
    }

    /** Counts what became of entries of the peer. */
    void note(Merged merged) {
        received += merged.added();
        merged.waiting().forEach(each -> waiting.add(each.entry().hash()));
        refused.addAll(merged.refused());
    }

    /** Gives the peer what it lacks by its vector. */
    void push(SyncMessage.Holds theirs) {
        long after = 0;
        boolean more = true;
        while (more) {
            SyncSource.Found found =
                    source.beyond(theirs.vector(), theirs.roots(), after, CHUNK_BYTES);
            if (found.isBased()) {
                offerBases();
                if (hello() instanceof SyncMessage.Holds now) {
                    push(now);
                }
                return;
            }
            push(found.entries());
            after = found.after();
            more = found.more();
        }
    }

    /** Gives the peer what was compacted here. */
    private void offerBases() {
        for (StoredBase base : replica.store().bases()) {
            if (!offered.add(base.hash())) {
                throw new Invalid("the peer", "took the base it was given", base.hash());
            }
            offer(base);
        }
    }

    private void offer(StoredBase base) {
        SyncMessage.BaseName name = SyncMessage.BaseName.of(base);
        int from = 0;
        while (true) {
            Bytes part = replica.bases().part(base, from);
            SyncMessage.BaseTaken answer =
                    (SyncMessage.BaseTaken) ask(new SyncMessage.OfferBase(graph, name, from, part));
            if (answer.added() >= 0) {
                sent += answer.added();
                return;
            }
            if (answer.from() == from) {
                throw new Invalid("the peer's answer", "leads on", from);
            }
            from = answer.from();
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
        HashOrder order = replica.locked(() -> HashOrder.of(replica));
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
            SyncMessage answer = ask(new SyncMessage.Fetch(graph, some));
            if (answer instanceof SyncMessage.Based based) {
                take(based);
                wanted.removeIf(hash -> replica.locked(() -> replica.index().has(hash)));
                continue;
            }
            SyncMessage.Entries found = (SyncMessage.Entries) answer;
            boolean more = found.more();
            List<Entry> entries = EntryChunk.decode(found.chunk().toArray(), codec);
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
            if (found.isBased()) {
                offerBases();
                return;
            }
            if (found.entries().isEmpty()) {
                return;
            }
            push(found.entries());
            begin += found.entries().size();
        }
    }

    // ---- asking

    /** The answer to a question, which fits it. */
    SyncMessage ask(SyncMessage question) {
        byte[] message = question.encode();
        rounds++;
        bytesSent += message.length;
        byte[] bytes;
        try {
            bytes = peer.answer(message);
        } catch (IOException unreachable) {
            String reason = unreachable.getMessage();
            throw new Unavailable(
                    "the peer of " + graph + ": " + (reason == null ? unreachable : reason),
                    "try again when that is put right",
                    AGAIN,
                    unreachable);
        }
        bytesReceived += bytes.length;
        SyncMessage answer = SyncMessage.decode(bytes);
        boolean fits =
                switch (question) {
                    case SyncMessage.Hello _ ->
                            answer instanceof SyncMessage.Same
                                    || answer instanceof SyncMessage.Holds;
                    case SyncMessage.Pull _, SyncMessage.Fetch _ ->
                            answer instanceof SyncMessage.Entries
                                    || answer instanceof SyncMessage.Based;
                    case SyncMessage.AskTopic _ ->
                            answer instanceof SyncMessage.OfTopic
                                    || answer instanceof SyncMessage.Based;
                    case SyncMessage.FetchBase _ -> answer instanceof SyncMessage.BasePart;
                    case SyncMessage.OfferBase _ -> answer instanceof SyncMessage.BaseTaken;
                    case SyncMessage.Push _ -> answer instanceof SyncMessage.Taken;
                    case SyncMessage.Compare _ -> answer instanceof SyncMessage.Parts;
                    default -> false;
                };
        if (answer instanceof SyncMessage.Later(long millis)) {
            throw new Unavailable(
                    "the peer of " + graph,
                    "sync again later: it was asked for too much",
                    Duration.ofMillis(millis),
                    null);
        }
        if (answer instanceof SyncMessage.Refusal(String why)) {
            throw new Unsupported("sync " + graph + ": " + why, "the peer");
        }
        if (!fits) {
            throw new Invalid("the peer's answer", "answers the question", answer);
        }
        return answer;
    }
}
