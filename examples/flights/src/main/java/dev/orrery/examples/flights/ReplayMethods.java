package dev.orrery.examples.flights;

import dev.orrery.core.OrreryException;
import dev.orrery.gateway.Rpc;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client may do to a replay. */
final class ReplayMethods {
    private ReplayMethods() {}

    /** Adds the methods of a replay. */
    static Rpc addTo(Rpc methods, Replay replay) {
        return methods.method("replay.pause", (_, _) -> done(replay::pause))
                .method("replay.run", (_, _) -> done(replay::resume))
                .method("replay.step", (_, _) -> done(replay::step))
                .method("replay.speed", (_, data) -> done(() -> replay.speed(speed(data))));
    }

    private static Object done(Runnable work) {
        work.run();
        return Map.of();
    }

    private static Speed speed(@Nullable Object data) {
        if (data instanceof Map<?, ?> arguments) {
            return Speed.parse(String.valueOf(arguments.get("speed")));
        }
        throw new OrreryException.Invalid("data", "is an object with speed", data);
    }
}
