package dev.orrery.gateway;

import dev.orrery.channel.Action;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The calls of one client: access is asked, then the method is found and its result sent. */
record Calls(Services services, Subscriptions subscriptions) {
    /** The method by which a follower of part of a channel changes the part. */
    private static final String CHANGE = "channel.change";

    Reply call(Connection caller, Command.Call call) {
        try {
            caller.require(Action.CALL, new Resource.OfMethod(call.method()));
            if (call.method().equals(CHANGE)) {
                return returned(call, subscriptions.change(call.data()));
            }
            Optional<Rpc.Method> method = services.rpc().find(call.method());
            return method.isPresent()
                    ? returned(call, method.get().call(caller.principal(), call.data()))
                    : ErrorCode.METHOD_NOT_FOUND.reply(call.id());
        } catch (OrreryException.Denied denied) {
            return ErrorCode.PERMISSION_DENIED.reply(call.id(), denied.getMessage());
        } catch (OrreryException.UserFailure failure) {
            ClientSession.log("a method failed", failure);
            return Failure.of(failure).reply(call.id());
        } catch (OrreryException failure) {
            return Failure.of(failure).reply(call.id());
        } catch (RuntimeException | StackOverflowError failure) {
            ClientSession.log("a method failed", failure);
            return ErrorCode.INTERNAL.reply(call.id(), "the method failed; see the server's log");
        }
    }

    private Reply returned(Command.Call call, @Nullable Object result) {
        return new Reply.Returned(call.id(), services.json().write(result));
    }
}
