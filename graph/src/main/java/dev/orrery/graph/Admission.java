package dev.orrery.graph;

import dev.orrery.graph.Merged.Cause;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
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
    private final Trust trust;
    private final KeyStatements keys;
    private Seals seals;

    private final List<Entry> admitted = new ArrayList<>();
    private final List<Entry> loose = new ArrayList<>();
    private final Map<Hash, Entry> admittedByHash = new HashMap<>();
    private final List<Merged.Refused> refused = new ArrayList<>();
    private final Map<Hash, Entry> pending = new LinkedHashMap<>();
    private final Map<Hash, Cause> causes = new HashMap<>();

    /** Entries by one thing they follow that is not here yet. */
    private final Map<Hash, List<Entry>> waiting = new HashMap<>();

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
        this.trust = trust;
        this.keys = keys;
        this.seals = new Seals(trust, keys, pending);
    }

    /**
     * Looks at entries that came with a topic, of which some may come without what they follow.
     *
     * @param vouching entries that are looked at for the seals they lead to, and not taken in
     */
    void runLoose(List<Entry> entries, List<Entry> vouching) { // law G65
        Map<Hash, Entry> all = new LinkedHashMap<>();
        vouching.forEach(entry -> all.put(entry.hash(), entry));
        entries.forEach(entry -> all.put(entry.hash(), entry));
        seals = new Seals(trust, keys, all);
        List<Entry> unknown = new ArrayList<>(entries);
        unknown.removeIf(entry -> index.locate(entry.hash()) != 0);
        known += entries.size() - unknown.size();
        run(unknown);
        for (Entry entry : List.copyOf(pending.values())) {
            boolean mayBeLoose = !(entry.operation() instanceof Operation.Erase); // law G62
            if (mayBeLoose && !causes.containsKey(entry.hash())) {
                decideLoose(entry);
            }
        }
    }

    private void decideLoose(Entry entry) {
        String broken = brokenBy(entry);
        Cause unsealed = seals.lacking(entry);
        if (broken == null && unsealed != null) {
            causes.put(entry.hash(), unsealed);
            return;
        }
        if (broken == null && clock.isOfTheFuture(entry.time())) {
            causes.put(entry.hash(), Cause.FUTURE);
            return;
        }
        pending.remove(entry.hash());
        if (broken != null) {
            refused.add(new Merged.Refused(entry.hash(), broken));
        } else {
            loose.add(entry);
        }
    }

    /** Looks at all entries; afterwards {@link #admitted} and {@link #result} tell. */
    void run(List<Entry> entries) {
        for (Entry entry : entries) {
            if (index.has(entry.hash()) || pending.putIfAbsent(entry.hash(), entry) != null) {
                known++;
            }
        }
        seals.check(codec);
        for (Entry entry : List.copyOf(pending.values())) {
            String untrusted = seals.refusal(entry);
            if (untrusted != null) {
                pending.remove(entry.hash());
                refused.add(new Merged.Refused(entry.hash(), untrusted));
            }
        }
        for (Entry entry : List.copyOf(pending.values())) {
            consider(entry);
        }
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
        pending.values()
                .forEach(entry ->
                        late.add(
                                new Merged.Waiting(
                                        entry,
                                        causes.getOrDefault(entry.hash(), Cause.MISSING_PARENT))));
        return new Merged(admitted.size() + loose.size(), known, late, refused);
    }

    private void consider(Entry first) {
        Deque<Entry> todo = new ArrayDeque<>(List.of(first));
        while (!todo.isEmpty()) {
            Entry entry = todo.remove();
            if (!pending.containsKey(entry.hash())) {
                continue;
            }
            Hash lacking = lacking(entry);
            if (lacking != null) {
                waiting.computeIfAbsent(lacking, _ -> new ArrayList<>()).add(entry);
            } else if (decide(entry)) {
                List<Entry> next = waiting.remove(entry.hash());
                if (next != null) {
                    todo.addAll(next);
                }
            }
        }
    }

    private @Nullable Hash lacking(Entry entry) {
        for (Hash parent : entry.parents()) {
            if (!isHere(parent)) {
                return parent;
            }
        }
        return entry.previous().filter(previous -> !isHere(previous)).orElse(null);
    }

    private boolean isHere(Hash hash) {
        return admittedByHash.containsKey(hash) || index.has(hash);
    }

    private boolean decide(Entry entry) {
        String broken = brokenBy(entry);
        if (broken != null) {
            pending.remove(entry.hash());
            refused.add(new Merged.Refused(entry.hash(), broken));
            return false;
        }
        Cause unsealed = seals.lacking(entry);
        if (unsealed != null) {
            causes.put(entry.hash(), unsealed);
            return false;
        }
        if (clock.isOfTheFuture(entry.time())) {
            causes.put(entry.hash(), Cause.FUTURE);
            return false;
        }
        pending.remove(entry.hash());
        admitted.add(entry);
        admittedByHash.put(entry.hash(), entry);
        return true;
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
        Entry entry = admittedByHash.get(hash);
        return entry == null ? index.stamp(hash) : entry.stamp();
    }
}
