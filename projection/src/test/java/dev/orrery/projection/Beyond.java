package dev.orrery.projection;

import dev.orrery.core.Versioned;

/** What tests of projections beyond memory look at. */
final class Beyond {
    private Beyond() {}

    /** How many keys are in memory, wherever there are more. */
    static int keysInMemory(LiveProjection<?, ?> live) {
        FoldedRelation<?, ?, ?, ?> relation = (FoldedRelation<?, ?, ?, ?>) live;
        return Math.max(relation.keysInMemory(), relation.keysInEpoch());
    }

    /** A projection as its readers at revisions see it. */
    @SuppressWarnings("unchecked") // a projection of these is a source of these
    static <K, S> Versioned<K, S> versioned(LiveProjection<K, S> live) {
        return (Versioned<K, S>) live;
    }
}
