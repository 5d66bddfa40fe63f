package dev.orrery.gateway;

import dev.orrery.channel.Action;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may call which method, and what comes of it, whichever way the call arrives. Thread-safe. */
final class Calling { // law G16
    private static final System.Logger LOG = System.getLogger(Calling.class.getName());

    private final Services services;

    Calling(Services services) {
        this.services = services;
    }

    /** Whether somebody may call a method. */
    sealed interface Admission permits Admitted, Refused {}

    /** What came of a call. */
    sealed interface Outcome permits Result, Refused {}

    /** Yes. */
    record Admitted(Principal who, Rpc.Method method) implements Admission {}

    /** What the method returned. */
    record Result(@Nullable Object value) implements Outcome {}

    /** No, or not so: an HTTP status and one line. */
    record Refused(int status, String line) implements Admission, Outcome {}

    /** Whether the holder of a token may call a method; nothing that was sent is looked at. */
    Admission admit(String token, String name) {
        return switch (services.authenticator().check(token)) {
            case Credentials.Bad(String why) ->
                    new Refused(401, "the token: " + why + "; sign in again");
            case Credentials.Expired() ->
                    new Refused(401, "the token has expired; bring a newer one");
            case Credentials.Good good -> admit(good.principal(), name);
        };
    }

    private Admission admit(Principal who, String name) {
        try (Connection caller = services.channels().connect(who, services.ids().get())) {
            caller.require(Action.CALL, new Resource.OfMethod(name));
        } catch (OrreryException refused) {
            return refused(refused);
        }
        Optional<Rpc.Method> method = services.rpc().find(name);
        return method.isEmpty()
                ? new Refused(404, "there is no method " + name)
                : new Admitted(who, method.get());
    }

    /** Calls a method for who may. */
    Outcome call(Admitted admitted, @Nullable Object data) {
        try {
            return new Result(admitted.method().call(admitted.who(), data));
        } catch (OrreryException refused) {
            return refused(refused);
        } catch (RuntimeException | StackOverflowError failure) {
            LOG.log(System.Logger.Level.WARNING, "a method failed", failure);
            return new Refused(500, "the method failed; see the server's log");
        }
    }

    private static Refused refused(OrreryException error) {
        Failure failure = Failure.of(error);
        return new Refused(failure.status(), failure.message());
    }
}
