package dev.orrery.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session that may write: one transaction, kept whole when the work returns and undone when it
 * throws.
 *
 * <p>It reads its own writes. Confined to the thread and to the call it was handed to.
 */
public interface WriteSession extends Session {
    /**
     * Runs one statement that changes rows, or the schema, and returns how many rows it changed.
     */
    int update(String sql, @Nullable Object... parameters);

    /**
     * Runs one statement once for each row of parameters, in order.
     *
     * @param rows the parameters of each run; a row must not be changed before the call returns
     * @return how many rows of the database were changed in all
     */
    long batch(String sql, List<? extends @Nullable Object[]> rows);

    /**
     * Tells the other users of a shared database something, once and only if this transaction
     * commits: whoever {@link Database#listen listens} to the topic, in any process. An embedded
     * database has no other users.
     *
     * @param topic a name without line breaks
     * @param text at most 7,000 bytes
     */
    void announce(String topic, String text);
}
