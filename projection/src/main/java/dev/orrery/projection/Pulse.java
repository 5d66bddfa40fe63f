package dev.orrery.projection;

import org.jspecify.annotations.Nullable;

/**
 * Whether the folding of a life goes on, as somebody finds who looks now and then. Confined to one
 * thread.
 */
final class Pulse {
    private @Nullable Life<?, ?, ?> looked;
    private long beats;
    private boolean wasInStep;

    /** False when a step was under way at the last look too, and nothing was folded since. */
    boolean goesOn(Life<?, ?, ?> life) {
        boolean isSame = life.equals(looked);
        long now = life.epoch().beats();
        boolean isInStep = life.lock().isLocked();
        boolean isStuck = isSame && wasInStep && isInStep && now == beats;
        looked = life;
        beats = now;
        wasInStep = isInStep;
        return !isStuck;
    }
}
