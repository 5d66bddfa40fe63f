package dev.orrery.query;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a node has only when more than one result of it was computed, or is: marks, past memos, a
 * watch, and what explanations and counts say of it. It stays once it is there.
 *
 * <p>Guarded by the node's monitor, but for what is volatile.
 */
final class Annex implements Node.Aside {
    private static final Memo[] NONE = {};

    /** Memos that somebody is still pinned to; read without the monitor. */
    private volatile Memo @Nullable [] past;

    /** The flights under way. */
    @Nullable Flight flights;

    int tokenWaiters;
    @Nullable Watch watch;

    /** Positions that a mark came through, in no order. */
    private int[] suspects = Positions.NONE;

    private int suspectCount;

    /** For how many commits its results stood open, up to the last mark. */
    long untouched;

    /** How often its body ran. */
    long computed;

    /** The newest revision at which its result was forgotten; zero when it never was. */
    long forgottenAt;

    /** Whether the node is a snapshot's own. */
    final boolean isBranchs;

    private Explanation.@Nullable Verdict verdict;
    private long at;
    private @Nullable Cell because;
    private long becauseAt;

    Annex(boolean isBranchs) {
        this.isBranchs = isBranchs;
    }

    /** Takes in that the body ran once, and when. */
    void ranFirst(long revision) {
        computed = 1;
        verdict = Explanation.Verdict.FIRST;
        at = revision;
    }

    // suspects

    void suspect(int position) {
        if (suspectCount == suspects.length) {
            suspects = Positions.roomier(suspects);
        }
        suspects[suspectCount++] = position;
    }

    void suspectOnly(int[] positions, int count) {
        if (suspects.length < count) {
            suspects = new int[count];
        }
        System.arraycopy(positions, 0, suspects, 0, count);
        suspectCount = count;
    }

    int[] sortedSuspects() {
        return Positions.sorted(suspects, suspectCount);
    }

    boolean isSuspect(int position) {
        return Arrays.stream(suspects, 0, suspectCount).anyMatch(each -> each == position);
    }

    // past memos

    Memo[] past() {
        Memo[] known = past;
        return known == null ? NONE : known;
    }

    void keep(Memo old, Engine engine) {
        Memo[] kept = pinned(engine);
        Memo[] more = Arrays.copyOf(kept, kept.length + 1);
        more[kept.length] = old;
        past = more;
    }

    void prune(Engine engine) { // law Q9
        past = pinned(engine);
    }

    private Memo[] pinned(Engine engine) {
        Memo[] all = past();
        int kept = 0;
        Memo[] some = new Memo[all.length];
        for (Memo old : all) {
            if (engine.timeline.isPinned(old.from, old.until())) {
                some[kept++] = old;
            }
        }
        return kept == all.length ? all : kept == 0 ? NONE : Arrays.copyOf(some, kept);
    }

    // what happened

    void ran(Flight flight) {
        computed++;
        verdict =
                flight.baseline != null
                        ? Explanation.Verdict.CHANGED
                        : flight.prior != null
                                ? Explanation.Verdict.RETRIED
                                : Explanation.Verdict.FIRST;
        at = flight.revision;
        because = flight.because;
        becauseAt = flight.becauseAt;
    }

    void spared(Flight flight) {
        if (verdict != Explanation.Verdict.SPARED) { // a store only where it makes a difference
            verdict = Explanation.Verdict.SPARED;
        }
        at = flight.revision;
        because = null;
    }

    @Nullable Reason reason() {
        return verdict == null ? null : new Reason(verdict, at, because, becauseAt);
    }
}
