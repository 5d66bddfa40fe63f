package dev.orrery.log;

import dev.orrery.sql.WriteSession;
import java.util.List;

/**
 * Takes part in every append to a log: what it writes is in the transaction of the events, all or
 * none of both. For authors of what is derived from events.
 *
 * <p>Called on appending threads, one append at a time.
 */
@FunctionalInterface
public interface Companion<E> {
    /** An append begins: the moment to take locks, before the transaction takes its own. */
    Attendance<E> begin();

    /** One append, from before its transaction until after it. Confined to the appending thread. */
    interface Attendance<E> extends AutoCloseable {
        /**
         * Events are written and not yet committed. Called again when the transaction has to begin
         * again.
         *
         * @param session writes in the transaction; it is not to be kept
         * @param events those that are new, in order; what this throws refuses the append
         */
        void appended(WriteSession session, List<Recorded<E>> events);

        /** The events are durable; nobody has seen them yet, and the caller is not answered yet. */
        void committed();

        /** The append is over, however it ended. */
        @Override
        void close();
    }
}
