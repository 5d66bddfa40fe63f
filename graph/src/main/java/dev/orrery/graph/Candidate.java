package dev.orrery.graph;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entry that came from elsewhere, and what was found out about it so far. Confined to the lock
 * of its graph.
 */
final class Candidate {
    /** What became of it. */
    private enum Fate {
        /** It is looked at for what it vouches for, and is not to be taken in. */
        WITNESS,
        /** It is to be taken in, and it is not known yet whether it can be. */
        PENDING,
        /** It can be taken in. */
        ADMITTED,
        /** It can be taken in without what it follows, or never can be. */
        SETTLED
    }

    private final Entry entry;
    private Fate fate = Fate.WITNESS;
    private Merged.@Nullable Cause cause;

    /** Those that wait for it. */
    private List<Candidate> followers = List.of();

    // ---- of seals

    /** Whether a good seal vouches for it, or somebody who had seen it. */
    boolean isVouched;

    /** Whether a seal with a key vouches for it that was revoked. */
    boolean isDoubtful;

    /** Of a seal: the rule it breaks. */
    @Nullable String broken;

    /** Of a seal: whether its signature fits, when that was looked at. */
    @Nullable Boolean fits;

    Candidate(Entry entry) {
        this.entry = entry;
    }

    Entry entry() {
        return entry;
    }

    Hash hash() {
        return entry.hash();
    }

    /** Has it be taken in if it can be; false when it was to be already. */
    boolean ask() {
        boolean isNew = fate == Fate.WITNESS;
        fate = isNew ? Fate.PENDING : fate;
        return isNew;
    }

    boolean isPending() {
        return fate == Fate.PENDING;
    }

    boolean isAdmitted() {
        return fate == Fate.ADMITTED;
    }

    void admit() {
        fate = Fate.ADMITTED;
    }

    /** It is decided upon, in another way than to be admitted. */
    void settle() {
        fate = Fate.SETTLED;
    }

    /** Has it wait for something else than an entry that it follows. */
    void waitFor(Merged.Cause because) {
        cause = because;
    }

    /** Why it waits, other than for an entry that it follows; null when it does not. */
    Merged.@Nullable Cause cause() {
        return cause;
    }

    /** Has another wait until this is admitted. */
    void addFollower(Candidate follower) {
        if (followers.isEmpty()) {
            followers = new ArrayList<>(1);
        }
        followers.add(follower);
    }

    List<Candidate> followers() {
        return followers;
    }
}
