package dev.orrery;

import dev.orrery.core.Commit;

/**
 * One commit as the committer noted it. Immutable.
 *
 * @param beganNanos when its versions were installed and what is derived began to follow
 * @param derivedNanos when all that is derived had followed
 * @param publishedNanos when it was visible
 * @param views what it meant to the views
 */
record Step(
        Commit commit,
        long beganNanos,
        long derivedNanos,
        long publishedNanos,
        ServedViews.Done views) {
    long revision() {
        return commit.revision().number();
    }
}
