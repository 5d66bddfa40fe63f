package dev.orrery.graph;

import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything that entries have said about one id, joined: which of them came first makes no
 * difference. Immutable.
 *
 * <p>Kept are, of each author, the newest addition and the newest write of each property, and per
 * author the last entry that a removal had seen. What a removal had seen is gone; what it had not
 * seen stays. Among several authors' writes the greatest stamp shows, the others are kept: a
 * removal may take the greatest and leave the next. An older write of the same author needs no
 * keeping, since whoever has seen the newer has seen it too.
 *
 * <p>Of what type it was ever said to be is kept of each author, by his first addition of that
 * type, whatever became of that: by this it belongs to topics. Where something of it was to be
 * erased that is not kept.
 */
final class Entity { // law G7
    /** The value of a property that was taken away. */
    static final Object ABSENT =
            new Object() {
                @Override
                public String toString() {
                    return "absent";
                }
            };

    private static final Add[] NO_ADDS = {};
    private static final Write[] NO_WRITES = {};
    private static final Said[] NO_SAID = {};

    private static final Comparator<Said> BY_AUTHOR_AND_TYPE =
            Comparator.comparing((Said said) -> said.stamp().author()).thenComparing(Said::type);

    /** An addition: a node when it comes from nowhere, an edge otherwise. */
    record Add(Stamp stamp, String type, @Nullable String from, @Nullable String to) {
        boolean isEdge() {
            return from != null;
        }
    }

    /** That an addition once said of it that it is of a type. */
    record Said(Stamp stamp, TypeName type) {
        static Said by(Add add) {
            return new Said(add.stamp(), new TypeName(add.isEdge(), add.type()));
        }
    }

    /** A property that was given a value, or taken away. */
    record Write(String property, Stamp stamp, @Nullable Object value) {}

    private final String id;

    /** In the order of authors, one of each. */
    private final Add[] adds;

    /** In the order of properties, then authors. */
    private final Write[] writes;

    private final @Nullable SortedMap<String, Long> removed;

    /** Whether some of what was removed was to be erased, which stays so for ever. */
    private final boolean erased;

    /** The first additions of a type and an author, but for those that are kept whole. */
    private final Said[] said;

    private Entity(
            String id,
            Add[] adds,
            Write[] writes,
            @Nullable SortedMap<String, Long> removed,
            boolean erased,
            Said[] said) {
        this.id = id;
        this.adds = adds;
        this.writes = writes;
        this.removed = removed;
        this.erased = erased;
        this.said = said;
    }

    /** An id of which nothing is known. */
    static Entity unknown(String id) {
        return new Entity(id, NO_ADDS, NO_WRITES, null, false, NO_SAID);
    }

    /** An entity as it was; the arrays become its own. */
    static Entity restored(
            String id,
            Add[] adds,
            Write[] writes,
            SortedMap<String, Long> removed,
            boolean erased,
            Said[] said) {
        SortedMap<String, Long> seen = removed.isEmpty() ? null : removed;
        return new Entity(id, adds, writes, seen, erased, said.length == 0 ? NO_SAID : said);
    }

    String id() {
        return id;
    }

    /** Whether it is as joining makes it: in order, each once, and nothing that was removed. */
    boolean isInOrder() {
        for (int i = 0; i < adds.length; i++) {
            boolean isHalf = (adds[i].from() == null) != (adds[i].to() == null);
            if (isHalf || isRemoved(adds[i].stamp())) {
                return false;
            }
            if (i > 0 && author(adds[i - 1]).compareTo(author(adds[i])) >= 0) {
                return false;
            }
        }
        for (int i = 0; i < writes.length; i++) {
            if (isRemoved(writes[i].stamp()) || (i > 0 && order(writes[i - 1], writes[i]) >= 0)) {
                return false;
            }
        }
        return Arrays.equals(said, first(adds, List.of(said), erased));
    }

    // ---- joining

    /** With what one more entry says; the entity itself when that makes no difference. */
    Entity join(Operation.OfEntity operation, Stamp stamp) {
        if (operation instanceof Operation.Remove(String _, SortedMap<String, Long> seen)) {
            return remove(seen);
        }
        if (operation instanceof Operation.Erase(String _, SortedMap<String, Long> seen)) {
            return remove(seen).erased();
        }
        return switch (operation) {
            case Operation.AddNode(String _, String type, Row properties) ->
                    add(new Add(stamp, type, null, null), properties);
            case Operation.AddEdge(String _, String type, String from, String to, Row properties) ->
                    add(new Add(stamp, type, from, to), properties);
            case Operation.Set(String _, String property, Object value) ->
                    write(new Write(property, stamp, value));
            case Operation.Unset(String _, String property) ->
                    write(new Write(property, stamp, ABSENT));
            case Operation.Remove _, Operation.Erase _ ->
                    throw new IllegalStateException("law G7: handled above");
        };
    }

    /**
     * With what other entries said, joined already; the entity itself when that makes no
     * difference.
     */
    Entity join(Entity other) {
        Entity joined = other.removed == null ? this : remove(other.removed);
        joined = other.erased ? joined.erased() : joined;
        for (Add add : other.adds) {
            joined = joined.add(add, Row.of());
        }
        for (Write write : other.writes) {
            joined = joined.write(write);
        }
        return other.said.length == 0 ? joined : joined.saying(List.of(other.said));
    }

    /** Whether a removal had seen what an entry said. */
    boolean isRemoved(Stamp stamp) {
        return removed != null && removed.getOrDefault(stamp.author(), 0L) >= stamp.sequence();
    }

    @SuppressWarnings("ReferenceEquality") // the very arrays say that nothing was changed
    private Entity add(Add add, Row properties) {
        if (isRemoved(add.stamp())) {
            return saying(List.of(Said.by(add)));
        }
        Add[] more = with(add);
        Said[] types = adds.length == 0 && said.length == 0 ? said : said(more, add);
        List<String> names = properties.columns();
        if (adds.length == 0 && writes.length == 0) {
            Write[] first = new Write[names.size()];
            for (int i = 0; i < first.length; i++) {
                first[i] = new Write(names.get(i), add.stamp(), properties.at(i));
            }
            Arrays.sort(first, (left, right) -> left.property().compareTo(right.property()));
            return new Entity(id, more, first, removed, erased, types);
        }
        Write[] all = writes;
        for (int i = 0; i < names.size(); i++) {
            all = with(all, new Write(names.get(i), add.stamp(), properties.at(i)));
        }
        boolean isKnown = more == adds && all == writes && types == said;
        return isKnown ? this : new Entity(id, more, all, removed, erased, types);
    }

    @SuppressWarnings("ReferenceEquality") // the very array says that nothing was changed
    private Entity write(Write write) {
        if (isRemoved(write.stamp())) {
            return this;
        }
        Write[] more = with(writes, write);
        return more == writes ? this : new Entity(id, adds, more, removed, erased, said);
    }

    private Add[] with(Add add) {
        int place = 0;
        while (place < adds.length && author(adds[place]).compareTo(author(add)) < 0) {
            place++;
        }
        if (place < adds.length && author(adds[place]).equals(author(add))) {
            if (!add.stamp().follows(adds[place].stamp())) {
                return adds;
            }
            Add[] replaced = adds.clone();
            replaced[place] = add;
            return replaced;
        }
        Add[] more = Arrays.copyOf(adds, adds.length + 1);
        System.arraycopy(adds, place, more, place + 1, adds.length - place);
        more[place] = add;
        return more;
    }

    private static String author(Add add) {
        return add.stamp().author();
    }

    private static Write[] with(Write[] writes, Write write) {
        int place = 0;
        int compared = 1;
        while (place < writes.length && (compared = order(writes[place], write)) < 0) {
            place++;
        }
        if (place < writes.length && compared == 0) {
            if (!write.stamp().follows(writes[place].stamp())) {
                return writes;
            }
            Write[] replaced = writes.clone();
            replaced[place] = write;
            return replaced;
        }
        Write[] more = Arrays.copyOf(writes, writes.length + 1);
        System.arraycopy(writes, place, more, place + 1, writes.length - place);
        more[place] = write;
        return more;
    }

    private static int order(Write left, Write right) {
        int compared = left.property().compareTo(right.property());
        return compared == 0 ? left.stamp().author().compareTo(right.stamp().author()) : compared;
    }

    private Entity remove(SortedMap<String, Long> seen) {
        SortedMap<String, Long> all = new TreeMap<>(removed == null ? Map.of() : removed);
        seen.forEach((author, sequence) -> all.merge(author, sequence, Math::max));
        if (all.isEmpty() || all.equals(removed)) {
            return this;
        }
        Entity marked = new Entity(id, adds, writes, all, erased, said);
        Add[] left =
                Arrays.stream(adds)
                        .filter(add -> !marked.isRemoved(add.stamp()))
                        .toArray(Add[]::new);
        return new Entity(
                id,
                left,
                Arrays.stream(writes)
                        .filter(write -> !marked.isRemoved(write.stamp()))
                        .toArray(Write[]::new),
                all,
                erased,
                left.length == adds.length ? said : said(left, null));
    }

    private Entity erased() {
        return erased ? this : new Entity(id, adds, writes, removed, true, NO_SAID);
    }

    // ---- what it was said to be

    @SuppressWarnings("ReferenceEquality") // the very array says that nothing was changed
    private Entity saying(List<Said> more) {
        List<Said> all = new ArrayList<>(List.of(said));
        all.addAll(more);
        Said[] first = same(first(adds, all, erased));
        return first == said ? this : new Entity(id, adds, writes, removed, erased, first);
    }

    /** What was said when other additions are kept, and one more was there. */
    private Said[] said(Add[] kept, @Nullable Add more) {
        List<Said> all = new ArrayList<>(List.of(said));
        for (Add add : adds) {
            all.add(Said.by(add));
        }
        if (more != null) {
            all.add(Said.by(more));
        }
        return same(first(kept, all, erased));
    }

    private Said[] same(Said[] first) {
        return Arrays.equals(first, said) ? said : first;
    }

    /** The first of each author and type, in order, but for those that are kept. */
    private static Said[] first(Add[] kept, List<Said> all, boolean erased) {
        if (erased || all.isEmpty()) {
            return NO_SAID;
        }
        SortedSet<Said> first = new TreeSet<>(BY_AUTHOR_AND_TYPE);
        List<Said> inOrder = new ArrayList<>(all);
        Set<Stamp> whole = new HashSet<>();
        for (Add add : kept) {
            inOrder.add(Said.by(add));
            whole.add(add.stamp());
        }
        inOrder.sort(
                Comparator.comparingLong((Said each) -> each.stamp().sequence())
                        .thenComparing(each -> each.stamp().hash()));
        first.addAll(inOrder); // of equal ones the first stays
        first.removeIf(each -> whole.contains(each.stamp()));
        return first.isEmpty() ? NO_SAID : first.toArray(Said[]::new);
    }

    // ---- looking

    /** Whether something that was said of it was to be erased. */
    boolean isErased() {
        return erased;
    }

    /** Whether anything is said of it that was not removed. */
    boolean isEmpty() {
        return adds.length == 0 && writes.length == 0;
    }

    /** The addition that counts, null when it is not there. */
    @Nullable Add shown() {
        Add greatest = null;
        for (Add add : adds) {
            if (greatest == null || add.stamp().compareTo(greatest.stamp()) > 0) {
                greatest = add;
            }
        }
        return greatest;
    }

    Add[] adds() {
        return adds;
    }

    /** What else it was said to be, by an author's first addition that said so. */
    Said[] said() {
        return said;
    }

    /** All writes, in the order of properties. */
    Write[] writes() {
        return writes;
    }

    /** Of the writes of one property, which begin at a place, the one that shows. */
    Write shown(int place) {
        Write greatest = writes[place];
        for (int next = place + 1; isSame(next, greatest.property()); next++) {
            if (writes[next].stamp().compareTo(greatest.stamp()) > 0) {
                greatest = writes[next];
            }
        }
        return greatest;
    }

    /** The place behind the writes of one property, which begin at a place. */
    int after(int place) {
        int next = place + 1;
        while (isSame(next, writes[place].property())) {
            next++;
        }
        return next;
    }

    private boolean isSame(int place, String property) {
        return place < writes.length && writes[place].property().equals(property);
    }

    /** What removals had seen. */
    SortedMap<String, Long> removed() {
        return removed == null ? new TreeMap<>() : removed;
    }

    /** Whether it was ever added or removed. */
    boolean isKnown() {
        return adds.length > 0 || wasRemoved();
    }

    /** Whether it was there once and was removed. */
    boolean wasRemoved() {
        return removed != null && adds.length == 0;
    }

    /** What somebody who removes it now has seen. */
    SortedMap<String, Long> seen() {
        SortedMap<String, Long> seen = new TreeMap<>();
        for (Add add : adds) {
            see(seen, add.stamp());
        }
        for (Write write : writes) {
            see(seen, write.stamp());
        }
        return seen;
    }

    /** The same, with what removals have seen before. */
    SortedMap<String, Long> seenEver() {
        SortedMap<String, Long> seen = seen();
        removed().forEach((author, sequence) -> seen.merge(author, sequence, Math::max));
        return seen;
    }

    private static void see(SortedMap<String, Long> seen, Stamp stamp) {
        seen.merge(stamp.author(), stamp.sequence(), Math::max);
    }

    /** The ids of nodes that additions of it as an edge name. */
    Set<String> endpoints() {
        Set<String> nodes = new HashSet<>();
        for (Add add : adds) {
            if (add.from() != null && add.to() != null) {
                nodes.add(add.from());
                nodes.add(add.to());
            }
        }
        return nodes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Entity entity
                && id.equals(entity.id)
                && Arrays.equals(adds, entity.adds)
                && Arrays.equals(writes, entity.writes)
                && removed().equals(entity.removed())
                && erased == entity.erased
                && Arrays.equals(said, entity.said);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id
                + " "
                + Arrays.toString(adds)
                + " "
                + Arrays.toString(writes)
                + (removed == null ? "" : " without " + removed);
    }
}
