package dev.orrery.projection;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.log.EventLog;
import dev.orrery.log.Expected;
import dev.orrery.log.NewEvent;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What is asked for over connections that may end meanwhile. */
final class Cuts {
    private Cuts() {}

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
