package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/**
 * Where dormant nodes have their first memo from: the timeline that a snapshot's own was branched
 * off, or a file.
 *
 * <p>A node is dormant until somebody asks for it or it is asked for what is known of it. Then it
 * becomes live with what was remembered, every dependency in doubt, so that nothing is believed
 * that is not verified. Everything else is the ordinary runtime. // law Q21
 */
@FunctionalInterface
interface Adoption {
    /**
     * What is remembered of a node, made by {@link Memo#baseline}; null when nothing is, and its
     * body runs.
     *
     * <p>Called holding no lock, perhaps by several threads at once for one node, of which one is
     * heard. Makes the nodes it names as dependencies, dormant themselves.
     */
    @Nullable Memo baseline(Node node);
}
