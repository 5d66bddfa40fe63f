package dev.orrery.channel;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.StoredFeed;
import dev.orrery.core.Update;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A stored state and its publisher, for one thread: things happen to it in the middle of every
 * read, as they would with many. Each fold is order-sensitive, so that a difference lost, doubled
 * or moved shows in the state.
 */
final class SimulatedState implements StoredFeed.Store<Long, Integer> {
    private static final int RING = 4;

    private final SplittableRandom random;
    private final Map<Numbered, Long> oracle = new HashMap<>();
    private final Deque<Optional<Update.Delta<Long, Integer>>> untold = new ArrayDeque<>();
    private final List<Optional<Update.Delta<Long, Integer>>> told = new ArrayList<>();
    private Optional<Update.Delta<Long, Integer>> inRing = Optional.empty();
    private final List<Integer> facts = new ArrayList<>();
    private int epochs;
    private String epoch = "e0";
    private long firstKept = 1;
    private List<Integer> deltas = new ArrayList<>();
    private long state;
    private int depth;
    private Numbered watched;
    private boolean continued;
    private boolean quiet;
    StoredFeed<Long, Integer> feed = new StoredFeed<>(this, RING);

    SimulatedState(SplittableRandom random) {
        this.random = random;
        oracle.put(new Numbered(epoch, 0), 0L);
    }

    static long fold(long state, int delta) {
        return state * 31 + delta;
    }

    /** What the state at a place was; null when nobody ever was there. */
    Long at(Numbered place) {
        return oracle.get(place);
    }

    /** Whether the store can go on from a place now. */
    boolean continues(Numbered place) {
        return place.epoch().equals(epoch)
                && place.offset() >= firstKept - 1
                && place.offset() <= deltas.size();
    }

    /** Remembers from here on whether a place could be continued at any moment. */
    void watch(Numbered place) {
        watched = place;
        continued = false;
        look();
    }

    /** Whether the watched place could be continued at any moment since. */
    boolean couldContinue() {
        return continued;
    }

    private void look() {
        continued |= watched != null && (continues(watched) || mayBeHeld(watched));
    }

    /** Whether the newest that the feed was told of may be held in memory, and follows a place. */
    private boolean mayBeHeld(Numbered place) {
        if (inRing.isEmpty()) {
            return false;
        }
        Numbered newest = (Numbered) inRing.get().cursor();
        return place.epoch().equals(newest.epoch()) && place.offset() >= newest.offset() - RING;
    }

    /** Something happens, or a few things, or nothing. */
    void move() {
        if (quiet || depth > 0) {
            return;
        }
        depth++;
        for (int steps = random.nextInt(4); steps > 0; steps--) {
            step();
            look();
        }
        depth--;
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> commit();
            case 8, 9, 10, 11, 12, 13, 14, 15 -> offer();
            case 16 -> offerAgain();
            case 17, 18 -> forgetOld();
            case 19 -> burst(random.nextInt(2 * RING));
            case 20 -> offerAll();
            case 21 -> loseAnOffer();
            case 22 -> {
                if (random.nextInt(12) == 0) {
                    rebuild();
                }
            }
            default -> {
                if (random.nextInt(40) == 0) {
                    burst(300);
                }
            }
        }
    }

    private void burst(int count) {
        for (int i = 0; i < count; i++) {
            commit();
            if (random.nextInt(8) > 0) {
                offer();
            }
        }
    }

    private void commit() {
        int delta = random.nextInt(1_000);
        facts.add(delta);
        append(delta);
        untold.add(Optional.of(new Update.Delta<>(newest(), delta)));
    }

    private void append(int delta) {
        deltas.add(delta);
        state = fold(state, delta);
        oracle.put(newest(), state);
    }

    private Numbered newest() {
        return new Numbered(epoch, deltas.size());
    }

    /** Tells the feed the next thing that was committed. */
    private void offer() {
        if (!untold.isEmpty()) {
            Optional<Update.Delta<Long, Integer>> next = untold.remove();
            told.add(next);
            tell(next);
        }
    }

    /** A difference, or that all is new. */
    private void tell(Optional<Update.Delta<Long, Integer>> committed) {
        inRing = committed;
        committed.ifPresentOrElse(feed::offer, feed::reread);
        look();
    }

    private void offerAll() {
        while (!untold.isEmpty()) {
            offer();
        }
    }

    /** Whoever is not sure whether he told it tells it again, up to the newest. */
    private void offerAgain() {
        int from = told.size() - random.nextInt(Math.min(told.size(), 2 * RING) + 1);
        told.subList(from, told.size()).forEach(this::tell);
    }

    /**
     * An offer that never comes; the next one says so by its number, and the last is told to look.
     */
    private void loseAnOffer() {
        if (untold.size() > 1) {
            untold.remove();
        }
    }

    private void forgetOld() {
        long kept = deltas.size() - firstKept + 1;
        if (kept > 0) {
            firstKept += random.nextLong(kept) / 2;
        }
    }

    /** The same facts, folded anew without some of them, in an epoch of its own. */
    private void rebuild() {
        epochs++;
        epoch = "e" + epochs;
        deltas = new ArrayList<>();
        state = 0;
        firstKept = 1;
        oracle.put(newest(), 0L);
        for (int fact : facts.subList(facts.size() / 2, facts.size())) {
            append(fact);
        }
        untold.add(Optional.empty());
    }

    /** The process ends and begins: the store is what it was, and nothing else is. */
    void restart() {
        untold.clear();
        told.clear();
        inRing = Optional.empty();
        feed = new StoredFeed<>(this, RING);
    }

    /** Nothing happens any more but what was under way. */
    void settle() {
        quiet = true;
        offerAll();
        if (random.nextBoolean()) {
            offerAgain();
        }
    }

    @Override
    public Numbered head() {
        move();
        Numbered head = newest();
        move();
        return head;
    }

    @Override
    public Update.Whole<Long, Integer> whole() {
        move();
        Update.Whole<Long, Integer> whole = new Update.Whole<>(newest(), state);
        move();
        return whole;
    }

    @Override
    public Optional<List<Update.Delta<Long, Integer>>> after(Numbered place, int most) {
        move();
        Optional<List<Update.Delta<Long, Integer>>> found =
                continues(place) ? Optional.of(list(place.offset(), most)) : Optional.empty();
        move();
        return found;
    }

    private List<Update.Delta<Long, Integer>> list(long after, int most) {
        List<Update.Delta<Long, Integer>> list = new ArrayList<>();
        for (long at = after + 1; at <= deltas.size() && list.size() < most; at++) {
            list.add(new Update.Delta<>(new Numbered(epoch, at), deltas.get((int) at - 1)));
        }
        return list;
    }
}
