package dev.orrery.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds entries of a store that are not what was written there, by what the others of it follow.
 * Confined to one thread.
 */
final class Contradicted { // law G59
    private final EntryIndex index;

    /** Up to which number entries are known to be what was written. */
    private final int sure;

    private final List<Lacking> lacking = new ArrayList<>();

    /** Numbers of entries that are there instead of others, which came again. */
    private final List<Integer> replaced = new ArrayList<>();

    private boolean lost;

    /** An entry that came before something that it follows. */
    private record Lacking(int arrival, Entry entry) {}

    Contradicted(EntryIndex index, int sure) {
        this.index = index;
        this.sure = sure;
    }

    /** Notes that something that was in the store cannot be read. */
    void noteLoss() {
        lost = true;
    }

    boolean isSomethingLost() {
        return lost;
    }

    /** Looks at an entry that came again, under a number that is another's. */
    void lookAgain(int arrival, Entry entry) {
        boolean isOther =
                index.author(arrival).equals(entry.author())
                        && index.sequence(arrival) == entry.sequence();
        if (isOther && arrival > sure && index.isFollowedBefore(entry.hash())) {
            replaced.add(arrival);
        }
    }

    /** Looks at the next entry before it is in the index. */
    void look(int arrival, Entry entry) {
        if (isLacking(entry)) {
            lacking.add(new Lacking(arrival, entry));
        }
    }

    private boolean isLacking(Entry entry) {
        for (Hash parent : entry.parents()) {
            if (!index.has(parent)) {
                return true;
            }
        }
        return entry.previous().filter(previous -> !index.has(previous)).isPresent();
    }

    private static Stream<Hash> followed(Entry entry) {
        return Stream.concat(entry.parents().stream(), entry.previous().stream());
    }

    /** What is to be left out, when all was read. */
    Set<Hash> find() {
        Set<Hash> found = new HashSet<>();
        replaced.stream().filter(this::isUnfollowed).map(index::hash).forEach(found::add);
        lacking.forEach(each -> findPrevious(each, found));
        if (found.isEmpty() && !lost) {
            lacking.forEach(each -> findOnly(each, found));
        }
        if (found.isEmpty() && !lost) {
            earliest().ifPresent(found::add);
        }
        return found;
    }

    /**
     * Where the author of an entry that can be believed had another one before it than the one that
     * is there: what nobody follows of that number was changed.
     */
    private void findPrevious(Lacking later, Set<Hash> found) {
        Optional<Hash> previous = later.entry().previous();
        if (previous.isEmpty() || isBefore(previous.get(), later.arrival())) {
            return;
        }
        String author = later.entry().author();
        long sequence = later.entry().sequence() - 1;
        Stream.concat(Stream.of(index.find(author, sequence)), index.forked(author).stream())
                .filter(arrival -> arrival != 0 && index.sequence(arrival) == sequence)
                .filter(arrival -> mayBeChanged(arrival, later))
                .filter(arrival -> !isUnfollowed(later.arrival()) || isNotEarlier(arrival, later))
                .map(index::hash)
                .forEach(found::add);
    }

    private boolean isBefore(Hash hash, int arrival) {
        int known = index.find(hash);
        return known != 0 && (known < arrival || index.compacted().isBased(known));
    }

    private boolean mayBeChanged(int arrival, Lacking later) {
        return arrival > sure && arrival < later.arrival() && isUnfollowed(arrival);
    }

    private boolean isNotEarlier(int arrival, Lacking later) {
        return index.time(arrival).compareTo(later.entry().time()) >= 0;
    }

    /**
     * Where nothing was lost, and an entry that others follow lacks something: what came before it
     * and nobody follows was changed, if it is one.
     */
    private void findOnly(Lacking later, Set<Hash> found) {
        if (isUnfollowed(later.arrival())
                || followed(later.entry()).allMatch(hash -> isBefore(hash, later.arrival()))) {
            return;
        }
        List<Hash> candidates =
                index.heads().stream()
                        .filter(head -> mayBeChanged(index.find(head), later))
                        .toList();
        if (candidates.size() == 1) {
            found.addAll(candidates);
        }
    }

    private boolean isUnfollowed(int arrival) {
        return index.isHead(index.hash(arrival)) && !index.compacted().isBased(arrival);
    }

    /** Where nothing was lost, the first that nobody follows and that follows what never was. */
    private Optional<Hash> earliest() {
        return lacking.stream()
                .filter(each -> isUnfollowed(each.arrival()))
                .filter(each -> isLacking(each.entry()))
                .map(each -> each.entry().hash())
                .findFirst();
    }
}
