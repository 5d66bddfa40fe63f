package dev.orrery.gateway;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Cycle;
import dev.orrery.core.OrreryException.Denied;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;

/**
 * How an error is told outside: a number, one line, and whether trying again may help.
 *
 * @param status an HTTP status, which over WebSocket is the code of the error reply
 */
record Failure(int status, String message, boolean temporary) {
    /** Every leaf of the family has a status; the compiler sees to it. // law G6 */
    static Failure of(OrreryException error) {
        return switch (error) {
            case BadDefinition _ -> lasting(500, error);
            case Invalid _ -> lasting(422, error);
            case Missing _ -> lasting(404, error);
            case Conflict _ -> lasting(409, error);
            case Unsupported _ -> lasting(405, error);
            case Denied _ -> lasting(403, error);
            case LimitExceeded _ -> passing(429, error);
            case StaleCursor _ -> lasting(410, error);
            case TimedOut _ -> passing(504, error);
            case Cancelled _ -> passing(499, error);
            case Closed _ -> passing(503, error);
            case Cycle _ -> lasting(500, error);
            case UserFailure failure ->
                    new Failure(
                            500,
                            failure.where()
                                    + " failed for "
                                    + failure.key()
                                    + "; see the server's log",
                            false);
            case Unavailable _ -> passing(503, error);
            case StorageFailure _ -> lasting(500, error);
        };
    }

    private static Failure lasting(int status, OrreryException error) {
        return new Failure(status, oneLine(error), false);
    }

    private static Failure passing(int status, OrreryException error) {
        return new Failure(status, oneLine(error), true);
    }

    private static String oneLine(OrreryException error) {
        return error.getMessage().replace('\n', ';');
    }

    Reply.Failed reply(long id) {
        return new Reply.Failed(id, status, message, temporary);
    }
}
