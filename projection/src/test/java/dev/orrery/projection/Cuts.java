package dev.orrery.projection;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.log.EventLog;
import dev.orrery.log.Expected;
import dev.orrery.log.NewEvent;
import dev.orrery.sql.Database;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Connections to the server that end while they are used. */
final class Cuts {
    private Cuts() {}

    /** Ends every connection to the server but the one that asks for it. */
    static void endConnections(Database killer) {
        killer.read(session ->
                session.query(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type"
                                + " = 'client backend' AND pid <> pg_backend_pid()",
                        row -> row.isNull(1)));
    }

    /** Appends events, as often as it takes: an id counts once. */
    static <E> void append(EventLog<E> log, List<NewEvent<E>> batch) {
        Waits.until(() ->
                isGranted(() -> {
                    log.appendAll(Expected.any(), batch);
                    return true;
                }));
    }

    /** What was asked for over a connection that stood; false if it did not. */
    static boolean isGranted(BooleanSupplier asking) {
        try {
            return asking.getAsBoolean();
        } catch (Unavailable lost) {
            return false;
        }
    }
}
