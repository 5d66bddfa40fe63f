package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node that a {@link FixedPoint} computes: on the circle, or below it and not yet known at its
 * revision. Confined to the thread of that fixed point.
 */
final class Member {
    final Node node;

    /** The newest value; null before there is one. */
    @Nullable Memo known;

    /** The round of that value; zero when it is what the circle starts from. */
    int round;

    /** How many runs of the body are under way, one inside another. */
    int activations;

    /** Whether its last result is being verified. */
    boolean isVerifying;

    /** Whether its value was read before it was known. */
    boolean wasAwaited;

    /** Whether the value may change in the next round. */
    boolean isProvisional;

    /** Whether it was found to be on no circle, so that its value is remembered by itself. */
    boolean isSettled;

    /** What was read outside the circle, and as the how-manieth read of all. */
    private final Map<Cell, Integer> reads = new LinkedHashMap<>();

    private final Set<Member> parts = new LinkedHashSet<>();
    private long from;
    private boolean isPrivate;

    /** Whether a value here does not follow from what was read. */
    private boolean isPassing;

    /** Set when it lies on a circle that starts nowhere: its result, whatever its body does. */
    private OrreryException.@Nullable Cycle cycle;

    Member(Node node) {
        this.node = node;
    }

    void begin() {
        if (activations++ == 0) {
            isProvisional = false;
            reads.clear();
            parts.clear();
            from = 0;
            isPrivate = false;
            isPassing = false;
            cycle = null;
        }
    }

    void fail(OrreryException.Cycle circle) { // law Q12
        cycle = circle;
    }

    OrreryException.@Nullable Cycle cycle() {
        return cycle;
    }

    /** Whether its value rests on nothing that is still being computed. */
    boolean isSettledAlone() {
        return round > 0 && !isProvisional;
    }

    /** Has its value, and needs no further round. */
    void settle(Memo memo) {
        known = memo;
        isSettled = true;
    }

    // what its body reads

    void read(Leaf leaf, int order, long since) {
        reads.putIfAbsent(leaf, order);
        holdsSince(since);
    }

    void read(Node outside, int order, Memo memo) {
        reads.putIfAbsent(outside, order);
        holdsSince(memo.from);
        isPrivate |= memo.changedAt() == Memo.PRIVATE; // law Q8
    }

    void read(Member part) {
        parts.add(part);
        isProvisional |= part.isProvisional || part.activations > 0;
    }

    void holdsSince(long since) {
        from = Math.max(from, since);
    }

    /** Has a value that holds for its revision only, whatever was read. */
    void passes() { // law Q24
        isPassing = true;
    }

    // what it rests on

    long from() {
        return from;
    }

    boolean isPrivate() {
        return isPrivate;
    }

    boolean isPassing() {
        return isPassing;
    }

    /** Everything read outside the circle, in the order of first reading. */
    Cell[] reads() {
        return reads.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .toArray(Cell[]::new);
    }

    /** This with what every member that it read rests on, too. */
    Member whole() {
        Member whole = new Member(node);
        whole.known = known;
        Set<Member> seen = new HashSet<>();
        List<Member> open = new ArrayList<>(List.of(this));
        while (!open.isEmpty()) {
            Member next = open.removeLast();
            if (seen.add(next)) {
                next.reads.forEach((cell, order) -> whole.reads.merge(cell, order, Math::min));
                whole.holdsSince(next.from);
                whole.isPrivate |= next.isPrivate;
                whole.isPassing |= next.isPassing;
                open.addAll(next.parts);
            }
        }
        return whole;
    }
}
