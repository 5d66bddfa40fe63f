/**
 * Functions whose results are remembered, and computed again only when something they read has
 * changed in value.
 *
 * <p>The front door is {@link dev.orrery.query.Queries}. A result is a memo: its value, the
 * half-open interval of revisions it is known to hold for, and what it read. A commit closes the
 * intervals of what stands on its changes, over edges that are armed only where somebody relies on
 * them, before it is published; a read verifies the suspects or runs the body. What is not above a
 * change is not visited, neither by the commit nor by a read.
 *
 * <p>Everything public is thread-safe. An access is bound to one revision inside itself and all its
 * reads are of that revision. Writers never wait for readers; a reader waits only for another
 * reader that computes the very thing it needs. Bodies run on the caller's thread, deep chains of
 * them go on in fresh threads of the given factory. Watches are served by one thread, started with
 * the first and ended by {@link dev.orrery.query.Queries#close()}. No user code runs under a lock.
 * The laws and their proofs are in {@code LAWS.md}.
 */
@NullMarked
package dev.orrery.query;

import org.jspecify.annotations.NullMarked;
