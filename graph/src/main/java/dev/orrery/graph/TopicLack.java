package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What of a topic somebody lacks who has all that his vector and his cuts say: an entry is there
 * when the vector has it, or a cut has it and makes its id belong. Only while nobody writes to the
 * replica.
 */
final class TopicLack { // law G68
    private static final int[] NONE = {};

    private final Replica replica;
    private final EntryIndex index;
    private final Mentions mentions;
    private final long until;
    private final VersionVector own;
    private final List<Cut> cuts = new ArrayList<>();

    /** The types that belong to the topic, by their numbers. */
    private final Set<Integer> types = new HashSet<>();

    private final SortedSet<TypeName> typeNames = new TreeSet<>();

    /** Whether everything that was compacted is known to the vector. */
    private final boolean knowsCompacted;

    private final long start;

    /** What is lacking with an entry: it, and older ones of its id that come before it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Lacking(boolean itself, int[] older, boolean isBased) {
        static final Lacking NOTHING = new Lacking(false, NONE, false);

        /** Some of what is lacking was compacted. */
        static final Lacking BASED = new Lacking(false, NONE, true);

        boolean isNothing() {
            return !itself && older.length == 0 && !isBased;
        }
    }

    TopicLack(Replica replica, Mentions mentions, TopicQuestion question, long until) {
        this.replica = replica;
        this.index = replica.index();
        this.mentions = mentions;
        this.until = until;
        this.own = ofThisHistory(new Cut(question.vector(), new TreeSet<>())).vector();
        Schema schema = schema();
        for (int type = 0; type < mentions.types().size(); type++) {
            Mentions.Additions additions = mentions.types().get(type);
            if (question.topic().has(additions.type(), schema) && isIn(additions.least())) {
                types.add(type);
                typeNames.add(additions.type());
            }
        }
        for (Cut cut : question.cuts()) {
            Cut known = ofThisHistory(cut);
            if (knowsTypes(known)) {
                cuts.add(known);
            }
        }
        this.knowsCompacted = index.compacted().areKnownTo(own);
        long beyondCuts = cuts.isEmpty() ? 0 : beyond(withinAllCuts());
        this.start =
                index.compacted().last() > beyondCuts // of which each entry has to be looked at
                        ? beyond(own)
                        : Math.max(beyond(own), beyondCuts);
    }

    private boolean isIn(int arrival) {
        return arrival <= until;
    }

    /** The schema as the entries up to the end of the answers state it. */
    private Schema schema() {
        SchemaFacts facts = replica.state().facts();
        boolean isOfThen =
                facts.statements().keySet().stream().allMatch(stamp -> isStated(stamp.hash()));
        if (isOfThen) {
            return replica.schema();
        }
        SchemaFacts then = SchemaFacts.none(replica.name());
        for (Map.Entry<Stamp, List<Fact>> each : facts.statements().entrySet()) {
            if (isStated(each.getKey().hash())) {
                then = then.and(each.getKey(), each.getValue());
            }
        }
        return new Schema(then.ontology());
    }

    private boolean isStated(Hash entry) {
        int arrival = index.find(entry);
        return arrival != 0 && isIn(arrival);
    }

    /** Without authors of whom another history is meant than the one here. */
    private Cut ofThisHistory(Cut cut) {
        SortedSet<String> others = new TreeSet<>();
        cut.vector()
                .newest()
                .forEach((author, known) -> {
                    int arrival = author.isEmpty() ? 0 : index.find(author, known.sequence());
                    if (arrival != 0 && index.hash(arrival).first() != known.check()) {
                        others.add(author);
                    }
                });
        return others.isEmpty() ? cut : cut.without(others);
    }

    /** Whether no type has come to belong since, by which something within the cut belongs. */
    private boolean knowsTypes(Cut cut) {
        for (int type : types) {
            Mentions.Additions additions = mentions.types().get(type);
            if (!cut.types().contains(additions.type())
                    && Arrays.stream(additions.arrivals())
                            .anyMatch(arrival -> isIn(arrival) && covers(cut, arrival))) {
                return false;
            }
        }
        return true;
    }

    private boolean covers(Cut cut, int arrival) {
        return arrival != 0 && cut.covers(index.author(arrival), index.sequence(arrival));
    }

    /** Whether who asks may lack something that was compacted. */
    boolean isBased() {
        return !knowsCompacted
                && (cuts.isEmpty()
                        || !cuts.stream()
                                .allMatch(cut -> index.compacted().areKnownTo(cut.vector())));
    }

    /**
     * The arrival number up to which nothing is lacking but older entries of ids that came to
     * belong.
     */
    long start() {
        return start;
    }

    private VersionVector withinAllCuts() {
        TreeMap<String, VersionVector.Known> all = new TreeMap<>(cuts.getFirst().vector().newest());
        for (Cut cut : cuts) {
            all.keySet().retainAll(cut.vector().newest().keySet());
            all.replaceAll((author, known) -> {
                VersionVector.Known other = cut.vector().newest().get(author);
                return other != null && other.sequence() < known.sequence() ? other : known;
            });
        }
        return new VersionVector(all);
    }

    private long beyond(VersionVector vector) {
        long first = index.size() + 1L;
        for (String author : index.authors()) {
            VersionVector.Known known = vector.newest().get(author);
            int arrival =
                    author.isEmpty()
                            ? 0
                            : index.find(author, known == null ? 1 : known.sequence() + 1);
            first = arrival == 0 ? first : Math.min(first, arrival);
        }
        return first - 1;
    }

    private boolean isOwn(int arrival) {
        return own.covers(index.author(arrival), index.sequence(arrival));
    }

    /** What is lacking with an entry that is looked at. */
    Lacking of(Entry entry, int arrival) {
        return switch (entry.operation()) {
            case Operation.Define _, Operation.Seal _ -> Lacking.NOTHING;
            case Operation.Extend _, Operation.Grant _, Operation.Revoke _ -> always(arrival);
            case Operation.Erase(String id, var _) -> {
                Lacking ofId = ofId(id, arrival);
                yield ofId.isNothing() ? always(arrival) : ofId;
            }
            case Operation.OfEntity about -> ofId(about.id(), arrival);
        };
    }

    private Lacking always(int arrival) {
        return new Lacking(isLacking(arrival, cuts), NONE, false);
    }

    private boolean isLacking(int arrival, Collection<Cut> by) {
        return !isOwn(arrival) && by.stream().noneMatch(cut -> covers(cut, arrival));
    }

    private Lacking ofId(String id, int arrival) {
        Mentions.Of about = mentions.of(id);
        if (about == null) {
            return Lacking.NOTHING;
        }
        boolean belongs = false;
        Set<Cut> by = new HashSet<>();
        for (int place = 0; place < about.size(); place++) {
            int said = about.arrival(place);
            if (isIn(said) && types.contains(about.type(place))) {
                belongs = true;
                TypeName type = mentions.types().get(about.type(place)).type();
                cuts.stream()
                        .filter(cut -> cut.types().contains(type) && covers(cut, said))
                        .forEach(by::add);
            }
        }
        if (!belongs) {
            return Lacking.NOTHING;
        }
        boolean itself = isLacking(arrival, by);
        return by.isEmpty() ? withOlder(about, arrival, itself) : new Lacking(itself, NONE, false);
    }

    /**
     * An id of which nothing is there: before the first entry that is looked at come all others.
     */
    private Lacking withOlder(Mentions.Of about, int arrival, boolean itself) {
        if (about.isBased() && !knowsCompacted) {
            return Lacking.BASED;
        }
        int[] all =
                IntStream.range(0, about.size())
                        .map(about::arrival)
                        .filter(each -> each != 0 && isIn(each))
                        .distinct()
                        .toArray();
        int first =
                Arrays.stream(all)
                        .filter(each -> each > start && !index.compacted().has(each))
                        .min()
                        .orElse(0);
        if (first != arrival) {
            return new Lacking(itself, NONE, false);
        }
        int[] older =
                Arrays.stream(all).filter(each -> each <= start && !isOwn(each)).sorted().toArray();
        return Arrays.stream(older).anyMatch(index.compacted()::has)
                ? Lacking.BASED
                : new Lacking(itself, older, false);
    }

    /** How far the topic is with him when everything that lacks was sent. */
    Cut complete() {
        TreeMap<String, VersionVector.Known> newest = new TreeMap<>();
        for (String author : index.authors()) {
            long sequence = index.newest(author);
            while (sequence > 0 && index.find(author, sequence) > until) {
                sequence--;
            }
            int arrival = index.find(author, sequence);
            if (arrival != 0) {
                newest.put(author, new VersionVector.Known(sequence, index.hash(arrival).first()));
            }
        }
        return new Cut(new VersionVector(newest), typeNames);
    }
}
