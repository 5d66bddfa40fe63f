package dev.orrery.graph;

import dev.orrery.graph.Merged.Cause;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts entries from elsewhere in an order in which each follows what is here, and tells which
 * cannot be taken in. Linear in the entries, whatever order they come in. Confined to the lock of
 * its graph.
 */
final class Admission { // law G9
    private final String graph;
    private final EntryIndex index;
    private final HybridClock clock;
    private final EntryCodec codec;
    private final Seals seals;

    /** All that came. */
    private final Map<Hash, Candidate> candidates = new LinkedHashMap<>();

    /** Those of them that are to be taken in, in the order in which they came. */
    private final List<Candidate> asking = new ArrayList<>();

    private final Deque<Candidate> todo = new ArrayDeque<>();

    /** The one that was admitted last, which the next often follows. */
    private @Nullable Candidate newest;

    private final List<Entry> admitted = new ArrayList<>();
    private final List<Entry> loose = new ArrayList<>();
    private final List<Merged.Refused> refused = new ArrayList<>();
    private long known;

    Admission(
            String graph,
            EntryIndex index,
            HybridClock clock,
            EntryCodec codec,
            Trust trust,
            KeyStatements keys) {
        this.graph = graph;
        this.index = index;
        this.clock = clock;
        this.codec = codec;
        this.seals = new Seals(trust, keys, candidates);
    }

    /**
     * Looks at entries that came with a topic, of which some may come without what they follow.
     *
     * @param vouching entries that are looked at for the seals they lead to, and not taken in
     */
    void runLoose(List<Entry> entries, List<Entry> vouching) { // law G65
        vouching.forEach(this::candidate);
        List<Entry> unknown = new ArrayList<>();
        for (Entry entry : entries) {
            candidate(entry);
            if (index.locate(entry.hash()) == 0) {
                unknown.add(entry);
            } else {
                known++;
            }
        }
        run(unknown);
        for (Candidate candidate : asking) {
            boolean mayBeLoose =
                    !(candidate.entry().operation() instanceof Operation.Erase); // law G62
            if (mayBeLoose && candidate.isPending() && candidate.cause() == null) {
                decideLoose(candidate);
            }
        }
    }

    private void decideLoose(Candidate candidate) {
        if (isRefusedOrWaits(candidate)) {
            return;
        }
        candidate.settle();
        loose.add(candidate.entry());
    }

    /** Looks at all entries; afterwards {@link #admitted} and {@link #result} tell. */
    void run(List<Entry> entries) {
        for (Entry entry : entries) {
            if (index.has(entry.hash())) {
                known++;
                continue;
            }
            Candidate candidate = candidate(entry);
            if (candidate.ask()) {
                asking.add(candidate);
            } else {
                known++;
            }
        }
        seals.check(codec);
        for (Candidate candidate : asking) {
            String untrusted = seals.refusal(candidate);
            if (untrusted != null) {
                refuse(candidate, untrusted);
            }
        }
        asking.forEach(this::consider);
    }

    private Candidate candidate(Entry entry) {
        return candidates.computeIfAbsent(entry.hash(), _ -> new Candidate(entry));
    }

    private void refuse(Candidate candidate, String rule) {
        candidate.settle();
        refused.add(new Merged.Refused(candidate.hash(), rule));
    }

    /** Those that can be taken in without what they follow. */
    List<Entry> loose() {
        return loose;
    }

    /** Those that can be taken in, each behind what it follows. */
    List<Entry> admitted() {
        return admitted;
    }

    Merged result() {
        List<Merged.Waiting> late = new ArrayList<>();
        for (Candidate candidate : asking) {
            if (candidate.isPending()) {
                Cause cause = candidate.cause();
                late.add(
                        new Merged.Waiting(
                                candidate.entry(), cause == null ? Cause.MISSING_PARENT : cause));
            }
        }
        return new Merged(admitted.size() + loose.size(), known, late, refused);
    }

    private void consider(Candidate first) {
        todo.add(first);
        while (!todo.isEmpty()) {
            Candidate candidate = todo.remove();
            if (candidate.isPending() && !lacks(candidate) && decide(candidate)) {
                todo.addAll(candidate.followers());
            }
        }
    }

    /** Whether something it follows is not here; then it waits for that, if that came too. */
    private boolean lacks(Candidate candidate) {
        for (Hash parent : candidate.entry().parents()) {
            if (lacks(candidate, parent)) {
                return true;
            }
        }
        Hash previous = candidate.entry().previous().orElse(null);
        return previous != null && lacks(candidate, previous);
    }

    private boolean lacks(Candidate candidate, Hash followed) {
        Candidate other = find(followed);
        if ((other != null && other.isAdmitted()) || index.has(followed)) {
            return false;
        }
        if (other != null) {
            other.addFollower(candidate);
        }
        return true;
    }

    private @Nullable Candidate find(Hash hash) {
        Candidate last = newest;
        return last != null && last.hash().equals(hash) ? last : candidates.get(hash);
    }

    private boolean decide(Candidate candidate) {
        if (isRefusedOrWaits(candidate)) {
            return false;
        }
        candidate.admit();
        admitted.add(candidate.entry());
        newest = candidate;
        return true;
    }

    private boolean isRefusedOrWaits(Candidate candidate) {
        String broken = brokenBy(candidate.entry());
        if (broken != null) {
            refuse(candidate, broken);
            return true;
        }
        Cause cause = seals.lacking(candidate);
        if (cause == null && clock.isOfTheFuture(candidate.entry().time())) {
            cause = Cause.FUTURE;
        }
        if (cause != null) {
            candidate.waitFor(cause);
        }
        return cause != null;
    }

    /** The rule that an entry breaks, as far as what it follows is here; or null. */
    private @Nullable String brokenBy(Entry entry) {
        if (entry.operation() instanceof Operation.Define(String name, List<Fact> _)) {
            return name.equals(graph) ? null : "is the root of another graph: " + name;
        }
        return brokenBy(entry, this::known);
    }

    /**
     * The rule that an entry breaks by what it follows, or null.
     *
     * @param known tells of an entry that is here who wrote it when, and null of any other
     */
    static @Nullable String brokenBy(Entry entry, Function<Hash, @Nullable Stamp> known) {
        for (Hash parent : entry.parents()) {
            Stamp before = known.apply(parent);
            if (before != null && before.time().compareTo(entry.time()) >= 0) {
                return "is later than what it follows";
            }
        }
        Stamp before = entry.previous().map(known).orElse(null);
        if (before == null) {
            return null;
        }
        if (before.time().compareTo(entry.time()) >= 0) {
            return "is later than what it follows";
        }
        return before.author().equals(entry.author()) && before.sequence() == entry.sequence() - 1
                ? null
                : "follows its author's entry before it";
    }

    /** Of an entry that is here, be it loose. */
    private @Nullable Stamp known(Hash hash) {
        Candidate candidate = find(hash);
        return candidate != null && candidate.isAdmitted()
                ? candidate.entry().stamp()
                : index.stamp(hash);
    }
}
