package dev.orrery.core;

/**
 * A subscription whose place is kept under a name, and moves when its reader says that entries are
 * done: whoever follows under that name next goes on after them.
 *
 * <p>One reader at a time has the name, in whatever process; others wait behind it, and the next
 * one goes on when it closes or is silent for longer than its lease. What it was handed and did not
 * acknowledge is then handed out again: each entry comes at least once, and in order. A reader that
 * lost the name is told by {@link OrreryException.Conflict} when it acknowledges, and nothing of
 * that counts.
 *
 * <p>For one reading thread, which also acknowledges; {@link #close} may come from any thread.
 */
public interface Tail<T> extends Subscription<T> {
    /**
     * Says that every entry handed out so far is done; durable when it returns.
     *
     * @throws OrreryException.Conflict when another reader has the name by now
     */
    default void acknowledge() {
        acknowledge(cursor());
    }

    /**
     * Says that every entry up to a place is done; durable when it returns. A place before what is
     * acknowledged already changes nothing.
     *
     * @param upTo a place this tail has handed out
     * @throws OrreryException.Conflict when another reader has the name by now
     */
    void acknowledge(Cursor upTo);
}
