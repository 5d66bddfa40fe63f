package dev.orrery.projection;

import dev.orrery.sql.Database;
import dev.orrery.sql.WriteSession;
import java.time.Duration;
import java.util.Optional;

/**
 * The leases of epochs in a shared database. // law P16
 *
 * <p>Each is a part of the row of its epoch: a term that counts the claims, and how long nobody
 * else may claim it, by the clock of the database. A claim raises the epoch's fence, so that what
 * the holder before has under way is refused. One row a transaction: whoever folds has several of
 * them locked. Thread-safe.
 *
 * @param length how long a holder need not be heard of
 */
record Leases(Database database, Duration length) {
    /** What is announced when an epoch has changed, or all projections are to be looked at. */
    static final String TOPIC = "projections";

    private static final String PART = "leases";
    private static final String WHO = "process " + ProcessHandle.current().pid() + " at ";

    /** Takes an epoch over unless somebody holds it; the term it is held with. */
    Optional<Long> claim(long epoch) {
        String clock = database.dialect().clock();
        return database.write(
                PART,
                session ->
                        session.find(
                                "UPDATE projection_epochs SET fence = fence + 1, term = term + 1,"
                                        + " held_until = "
                                        + clock
                                        + " + ?, holder = ? || "
                                        + database.dialect().client()
                                        + " WHERE id = ? AND held_until <= "
                                        + clock
                                        + " RETURNING term",
                                row -> row.integer(1),
                                micros(),
                                WHO,
                                epoch));
    }

    /** Takes over an epoch that nobody holds, within a transaction. */
    void take(WriteSession session, long epoch) {
        session.update(
                "UPDATE projection_epochs SET fence = fence + 1, term = term + 1, held_until = "
                        + session.dialect().clock()
                        + " + ?, holder = ? || "
                        + session.dialect().client()
                        + " WHERE id = ?",
                micros(),
                WHO,
                epoch);
    }

    /** Holds an epoch for another length; when somebody else has it nothing changes. */
    void renew(long epoch, long term) {
        database.perform(
                PART,
                session ->
                        session.update(
                                "UPDATE projection_epochs SET held_until = "
                                        + session.dialect().clock()
                                        + " + ? WHERE id = ? AND term = ?",
                                micros(),
                                epoch,
                                term));
    }

    /** Lets go of an epoch, for others to claim at once. */
    void release(long epoch, long term) {
        database.perform(
                PART,
                session -> {
                    int released =
                            session.update(
                                    "UPDATE projection_epochs SET fence = fence + 1, term = term +"
                                            + " 1, held_until = 0, holder = NULL WHERE id = ? AND"
                                            + " term = ?",
                                    epoch,
                                    term);
                    if (released > 0) {
                        announceAll(session);
                    }
                });
    }

    /** Has everybody look at every projection once this transaction commits. */
    static void announceAll(WriteSession session) {
        session.announce(TOPIC, "0 0");
    }

    /** Tells everybody of a step of an epoch once this transaction commits. */
    static void announce(WriteSession session, long epoch, long fence) {
        session.announce(TOPIC, epoch + " " + fence);
    }

    long micros() {
        return length.toNanos() / 1000;
    }
}
