package dev.orrery.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which entries there are, compactly: their hashes, times and authors by arrival number, found by
 * hash and by author and sequence; and the heads, those that no other follows. Guarded by the lock
 * of its graph.
 *
 * <p>Arrival numbers count from 1, in the order in which entries came here. Only the newest can be
 * taken back.
 */
final class EntryIndex {
    private static final int FIRST_CAPACITY = 64;
    private static final int LOST = -1;

    /** Four longs for each arrival. */
    private long[] hashes = new long[4 * FIRST_CAPACITY];

    private long[] millis = new long[FIRST_CAPACITY];
    private int[] counters = new int[FIRST_CAPACITY];
    private int[] authors = new int[FIRST_CAPACITY];
    private long[] sequences = new long[FIRST_CAPACITY];
    private int size;

    /** Open addressing by the hash's first bytes: an arrival number, 0 for free. */
    private int[] table = new int[2 * FIRST_CAPACITY];

    private final List<String> authorNames = new ArrayList<>();
    private final Map<String, AuthorEntries> byAuthor = new HashMap<>();
    private final Set<Hash> heads = new HashSet<>();

    /** What entries follow that were not here before them: in a base that came later, or lost. */
    private final Set<Hash> followedBefore = new HashSet<>();

    private final Fingerprint fingerprint = new Fingerprint();

    private final CompactedEntries compacted = new CompactedEntries(this);
    private final LooseEntries loose = new LooseEntries();

    /** The heads in order, as they are given out; made anew when they changed and somebody asks. */
    private @Nullable List<Hash> headList;

    /** How many entries there are. */
    int size() {
        return size;
    }

    /** The arrival number of an entry, 0 when it is not here, or loose. */
    int find(Hash hash) {
        int arrival = locate(hash);
        return loose.has(arrival) ? 0 : arrival;
    }

    /** The same of an entry that may be loose. */
    int locate(Hash hash) {
        if (size > 0 && isKnown(size) && is(size, hash)) {
            return size; // what comes follows the newest most often
        }
        for (int slot = slot(hash.first()); ; slot = next(slot)) {
            int arrival = table[slot];
            if (arrival == 0 || is(arrival, hash)) {
                return arrival;
            }
        }
    }

    boolean has(Hash hash) {
        return find(hash) != 0;
    }

    /** The arrival number of an entry that is not here but perhaps loose, 0 when it is not. */
    int looseNumber(Hash hash) {
        return loose.isEmpty() ? 0 : locate(hash);
    }

    private boolean is(int arrival, Hash hash) {
        int at = 4 * (arrival - 1);
        return hashes[at] == hash.first()
                && hashes[at + 1] == hash.second()
                && hashes[at + 2] == hash.third()
                && hashes[at + 3] == hash.fourth();
    }

    private int slot(long first) {
        return (int) first & (table.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (table.length - 1);
    }

    /** Takes in an entry that is not here yet and returns its arrival number. */
    int add(Entry entry) {
        return add(size + 1, entry);
    }

    /** Takes in an entry that is not here yet under a number that is free, and returns that. */
    int add(int arrival, Entry entry) {
        Hash hash = entry.hash();
        place(arrival, entry.stamp());
        for (Hash parent : entry.parents()) {
            follow(parent);
        }
        Hash previous = entry.previous().orElse(null);
        if (previous != null && !entry.parents().contains(previous)) {
            follow(previous);
        }
        if (followedBefore.isEmpty() || !followedBefore.contains(hash)) {
            heads.add(hash);
        }
        headList = null;
        return arrival;
    }

    private void follow(Hash hash) {
        if (!heads.remove(hash) && !has(hash)) {
            followedBefore.add(hash);
        }
    }

    /** Whether an entry here follows one of this name, which was not here when that came. */
    boolean isFollowedBefore(Hash hash) {
        return followedBefore.contains(hash);
    }

    /** Whether entries here follow some that are not. */
    boolean isLacking() {
        return !followedBefore.stream().allMatch(this::has);
    }

    /** Takes in an entry that is not here, without what it follows. */
    void addLoose(int arrival, Entry entry) { // law G65
        loose.count(locate(entry.hash()) == 0 ? 1 : 0);
        put(arrival, entry.stamp());
        loose.add(arrival);
    }

    private void place(int arrival, Stamp stamp) {
        if (looseNumber(stamp.hash()) != 0) {
            loose.count(-1);
        }
        put(arrival, stamp).add(stamp.sequence(), arrival);
        fingerprint.add(stamp.hash());
    }

    private AuthorEntries put(int arrival, Stamp stamp) {
        skipTo(arrival);
        if (isKnown(arrival)) {
            throw new IllegalStateException("law G30: two entries of number " + arrival);
        }
        if (size > table.length / 2) {
            growTable();
        }
        Hash hash = stamp.hash();
        int place = arrival - 1;
        int at = 4 * place;
        hashes[at] = hash.first();
        hashes[at + 1] = hash.second();
        hashes[at + 2] = hash.third();
        hashes[at + 3] = hash.fourth();
        millis[place] = stamp.time().millis();
        counters[place] = stamp.time().counter();
        sequences[place] = stamp.sequence();
        AuthorEntries entries = of(stamp.author());
        authors[place] = entries.author();
        if (insert(arrival, hash)) {
            loose.addAgain(arrival);
        }
        return entries;
    }

    private void grow() {
        int capacity = 2 * size;
        hashes = Arrays.copyOf(hashes, 4 * capacity);
        millis = Arrays.copyOf(millis, capacity);
        counters = Arrays.copyOf(counters, capacity);
        authors = Arrays.copyOf(authors, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
    }

    /** Keeps half of the table free; its length is a power of two. */
    private void growTable() {
        table = new int[Integer.highestOneBit(size) << 2];
        for (int arrival = 1; arrival <= size; arrival++) {
            if (isKnown(arrival)) {
                insert(arrival, hash(arrival));
            }
        }
    }

    /** Puts a number into the table; true when it takes the place of its entry's one before. */
    private boolean insert(int arrival, Hash hash) {
        int slot = slot(hash.first());
        while (table[slot] != 0 && !is(table[slot], hash)) {
            slot = next(slot);
        }
        boolean isAgain = table[slot] != 0;
        table[slot] = arrival;
        return isAgain;
    }

    private AuthorEntries of(String author) {
        AuthorEntries known = byAuthor.get(author);
        if (known == null) {
            known = new AuthorEntries(authorNames.size());
            authorNames.add(author);
            byAuthor.put(author, known);
        }
        return known;
    }

    /** Leaves arrival numbers up to this one free: their entries were lost. */
    void skipTo(long arrival) {
        while (size < arrival) {
            if (size == millis.length) {
                grow();
            }
            authors[size++] = LOST;
        }
    }

    /** Whether the entry of an arrival number is here, with what it follows. */
    boolean holds(int arrival) {
        return isKnown(arrival) && !loose.has(arrival);
    }

    /** Whether an arrival number was given to an entry that is known. */
    boolean isKnown(int arrival) {
        return authors[arrival - 1] != LOST;
    }

    /** Whether a number, whatever it is, was given to this entry. */
    boolean isKnownAs(long arrival, Hash hash) {
        return arrival > 0 && arrival <= size && isKnown((int) arrival) && is((int) arrival, hash);
    }

    /** Which of them came loose. */
    LooseEntries loose() {
        return loose;
    }

    /**
     * Takes back the newest entry.
     *
     * @param before the heads as they were before it came
     * @param number that it had before, 0 for none
     */
    void removeLast(Entry entry, List<Hash> before, int number) {
        boolean wasLoose = loose.has(size);
        take(entry.hash(), number);
        if (wasLoose) {
            loose.count(number == 0 ? -1 : 0);
            return;
        }
        loose.count(number == 0 ? 0 : 1);
        of(entry.author()).removeLast(entry.sequence(), size + 1);
        fingerprint.remove(entry.hash());
        heads.clear();
        heads.addAll(before);
        headList = null;
    }

    /** Takes the last number from its entry, and gives it the one it had before. */
    private void take(Hash hash, int before) {
        int slot = slot(hash.first());
        while (table[slot] != size) {
            slot = next(slot);
        }
        table[slot] = before; // the newest stands at the end of its run, or where it stood before
        loose.forget(size);
        size--;
    }

    /** The entries that no other follows, in the order of hashes. */
    List<Hash> heads() {
        List<Hash> known = headList;
        if (known == null) {
            Hash[] sorted = heads.toArray(Hash[]::new);
            Arrays.sort(sorted);
            known = List.of(sorted);
            headList = known;
        }
        return known;
    }

    /** What tells these entries from another replica's. */
    Fingerprint fingerprint() {
        return fingerprint;
    }

    Hash hash(int arrival) {
        int at = 4 * (arrival - 1);
        return new Hash(hashes[at], hashes[at + 1], hashes[at + 2], hashes[at + 3]);
    }

    HybridTime time(int arrival) {
        return new HybridTime(millis[arrival - 1], counters[arrival - 1]);
    }

    String author(int arrival) {
        return authorNames.get(authors[arrival - 1]);
    }

    long sequence(int arrival) {
        return sequences[arrival - 1];
    }

    /** The greatest sequence number of an author's entries, 0 when there is none. */
    long newest(String author) {
        AuthorEntries entries = byAuthor.get(author);
        return entries == null ? 0 : entries.newest();
    }

    /** The first entry that came of an author with a number, 0 when there is none. */
    int find(String author, long sequence) {
        AuthorEntries entries = byAuthor.get(author);
        return entries == null ? 0 : entries.find(sequence);
    }

    /** Entries of an author whose numbers others of his have too: he forked. */
    List<Integer> forked(String author) {
        AuthorEntries entries = byAuthor.get(author);
        return entries == null ? List.of() : entries.forked();
    }

    /** All authors, roots' none included. */
    List<String> authors() {
        return List.copyOf(authorNames);
    }

    /** The arrival numbers of all entries. */
    BitSet held() {
        BitSet held = new BitSet(size + 1);
        for (int arrival = 1; arrival <= size; arrival++) {
            held.set(arrival, holds(arrival));
        }
        return held;
    }

    /** Which of them are in bases, and which nowhere else. */
    CompactedEntries compacted() {
        return compacted;
    }

    /** Takes in an entry of a base, of which it is not known yet what it follows. */
    void add(int arrival, Stamp stamp) {
        place(arrival, stamp);
    }

    /** Exchanges heads: what entries that came together follow, for what nobody follows. */
    void exchangeHeads(Collection<Hash> followed, Collection<Hash> unfollowed) {
        followed.forEach(heads::remove);
        heads.addAll(unfollowed);
        headList = null;
    }

    /** Whether no other entry follows one. */
    boolean isHead(Hash hash) {
        return heads.contains(hash);
    }

    /** The greatest time of all entries. */
    HybridTime greatestTime() {
        long greatest = 0;
        int counter = 0;
        for (int place = 0; place < size; place++) {
            if (millis[place] > greatest) {
                greatest = millis[place];
                counter = counters[place];
            } else if (millis[place] == greatest) {
                counter = Math.max(counter, counters[place]);
            }
        }
        return new HybridTime(greatest, counter);
    }

    /** The last entry of an author that came, which a new one of his follows; null for none. */
    @Nullable Hash last(String author) {
        int arrival = find(author, newest(author));
        return arrival == 0 || author.isEmpty() ? null : hash(arrival);
    }

    /** Who wrote an entry when. */
    Stamp stamp(int arrival) {
        return new Stamp(time(arrival), author(arrival), sequence(arrival), hash(arrival));
    }

    /** Who wrote entries when, of those that are here now: to be asked without the lock. */
    IntFunction<Stamp> stamps() {
        long[] words = hashes;
        long[] times = millis;
        int[] ticks = counters;
        int[] writers = authors;
        long[] numbers = sequences;
        List<String> names = authors();
        return arrival -> {
            int place = arrival - 1;
            int at = 4 * place;
            return new Stamp(
                    new HybridTime(times[place], ticks[place]),
                    names.get(writers[place]),
                    numbers[place],
                    new Hash(words[at], words[at + 1], words[at + 2], words[at + 3]));
        };
    }

    /** The same of an entry that may be loose; null of one that is not here. */
    @Nullable Stamp stamp(Hash hash) {
        int arrival = locate(hash);
        return arrival == 0 ? null : stamp(arrival);
    }

    // ---- for checkpoints

    void write(CheckpointWriter out) throws IOException {
        out.put(authorNames.size());
        for (String author : authorNames) {
            out.put(author);
        }
        out.put(size);
        out.put(hashes, 4 * size);
        out.put(millis, size);
        out.put(counters, size);
        out.put(authors, size);
        out.put(sequences, size);
        out.put(table.length);
        out.put(table, table.length);
        out.put(heads.size());
        for (Hash head : heads()) {
            out.put(head);
        }
        for (String author : authorNames) {
            of(author).write(out);
        }
        fingerprint.write(out);
        compacted.write(out);
        loose.write(out);
    }

    static EntryIndex read(CheckpointReader in) {
        EntryIndex index = new EntryIndex();
        for (int i = in.count(Integer.BYTES); i > 0; i--) {
            index.of(in.text());
        }
        int size = in.count(Hash.BYTES);
        int capacity = size + size / 16 + FIRST_CAPACITY;
        index.size = size;
        index.hashes = in.larges(4 * size, 4 * capacity);
        index.millis = in.larges(size, capacity);
        index.counters = in.numbers(size, capacity);
        index.authors = in.numbers(size, capacity);
        index.sequences = in.larges(size, capacity);
        int slots = in.count(Integer.BYTES);
        index.table = in.numbers(slots, slots);
        index.requireTable();
        index.requirePossible();
        for (int i = in.count(Hash.BYTES); i > 0; i--) {
            index.heads.add(in.hash());
        }
        for (String author : index.authorNames) {
            index.of(author).read(in, size);
        }
        index.fingerprint.read(in);
        index.compacted.read(in);
        index.loose.read(in);
        return index;
    }

    /** Refuses a table in which looking for a hash would not end. */
    private void requireTable() {
        boolean isRoomy = Integer.bitCount(table.length) == 1 && table.length > size;
        int used = 0;
        for (int arrival : table) {
            if (arrival < 0 || arrival > size) {
                throw new IllegalStateException("no entry has this number: " + arrival);
            }
            used += arrival == 0 ? 0 : 1;
        }
        if (!isRoomy || used > size) {
            throw new IllegalStateException("a table of " + table.length + " for " + size);
        }
    }

    private void requirePossible() {
        int names = authorNames.size();
        for (int place = 0; place < size; place++) {
            boolean isPossible =
                    authors[place] >= LOST
                            && authors[place] < names
                            && (millis[place] | counters[place]) >= 0;
            if (!isPossible) {
                throw new IllegalStateException("no entry can be number " + (place + 1));
            }
        }
    }
}
