package dev.orrery.projection;

import dev.orrery.core.OrreryException.Closed;
import dev.orrery.sql.Database;
import dev.orrery.sql.Moment;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of an epoch are read: as they are now, or, where other processes write them too, as
 * they were at the moment that is visible here. Thread-safe.
 */
final class EpochView {
    private final Database database;
    private volatile @Nullable Moment kept;

    /** The rows as they are now, or as of a moment. */
    EpochView(Database database, @Nullable Moment kept) {
        this.database = database;
        this.kept = kept;
    }

    <T extends @Nullable Object> T read(Database.Reading<T, RuntimeException> work) {
        while (true) {
            Moment moment = kept;
            if (moment == null) {
                return database.read(work);
            }
            try {
                return moment.read(work);
            } catch (Closed e) {
                if (moment == kept) {
                    throw e;
                } // else a newer one is kept by now
            }
        }
    }

    /** Has the server see that a moment is still wanted. */
    void stay() {
        if (isKept()) {
            read(session -> session.find("SELECT 1", row -> row.integer(1)));
        }
    }

    /** Whether it stays as of a moment. */
    boolean isKept() {
        return kept != null;
    }

    /** Goes on to a moment, or to now; the one before ends. */
    void keep(@Nullable Moment next) {
        Moment before = kept;
        kept = next;
        if (before != null && !before.equals(next)) {
            before.close();
        }
    }

    /** Ends the moment; what would be read as of it is refused. */
    void close() {
        Moment last = kept;
        if (last != null) {
            last.close();
        }
    }
}
