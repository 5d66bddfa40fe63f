package dev.orrery.table;

import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Signal;
import java.time.Duration;

/**
 * One write to a live table, on its way to the source.
 *
 * <p>When a write method returns, outside a commit, the write is visible here and durable: it goes
 * on without anybody waiting, also after a restart. Thread-safe.
 *
 * @param <V> the class of the table's values
 */
public interface Write<V> {
    /** How far a write has come. */
    enum State {
        /** Part of a commit that has not ended; neither visible nor durable. */
        PROPOSED(false),
        /** Visible and durable, not yet sent. */
        ACCEPTED(false),
        /** Sent, perhaps more than once; no answer yet. */
        SENT(false),
        /** Done by the source. */
        CONFIRMED(true),
        /** Refused by the source, and undone here. */
        REJECTED(true),
        /** Overtaken by somebody else's change, and undone here. */
        CONFLICT(true),
        /** Taken back before it was sent, or its commit failed. */
        WITHDRAWN(true);

        private final boolean settled;

        State(boolean settled) {
            this.settled = settled;
        }

        /** True when nothing more will happen. */
        public boolean isSettled() {
            return settled;
        }
    }

    /** How far it has come. */
    State state();

    /** How far it has come, to be watched. */
    Signal<State> progress();

    /**
     * Waits for the source.
     *
     * @return the value as the source answered it; for a delete, the value it took away
     * @throws Conflict when somebody else changed what the write changes
     * @throws TimedOut when the source has not answered by then; the write goes on
     * @throws Cancelled when the write was withdrawn, or this thread was interrupted
     * @throws Closed when the table was closed first; the write goes on at the next start
     * @throws Unsupported inside the commit the write is part of
     * @throws dev.orrery.core.OrreryException the source's reason, when it refused
     */
    V await(Duration timeout);

    /**
     * Takes the write back, if it has not been sent yet.
     *
     * @return true when it is undone; false when it was too late, or its commit has not ended
     */
    boolean withdraw();
}
