package dev.orrery.channel;

/**
 * The one question about access in all of Orrery, asked wherever there is a principal; code in the
 * process is trusted.
 *
 * <p>Called on the thread that wants access, never under a lock, possibly by many threads at once.
 * A policy that throws has refused. Where nobody gave a policy, {@link #NOBODY} holds.
 */
@FunctionalInterface
public interface AccessPolicy {
    /** Refuses everything: what holds until an application says otherwise. */
    AccessPolicy NOBODY = (who, action, what) -> Access.refused();

    /** Whether a principal may do this, and on which rows. */
    Access decide(Principal who, Action action, Resource what);
}
