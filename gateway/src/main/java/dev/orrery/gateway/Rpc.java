package dev.orrery.gateway;

import dev.orrery.channel.Principal;
import dev.orrery.core.OrreryException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The methods that clients can call, by name, over a WebSocket or by HTTP. Thread-safe.
 *
 * <p>Values on both sides are value trees: null, Boolean, Long, Double, BigDecimal, String, bytes,
 * Instant, LocalDate, List and Map; a method may also return a Row or a record. A method that is
 * called by a {@code POST} is given the body's JSON as a value tree when its type says that it is
 * JSON, else its bytes. The access policy is asked about each call of {@code Resource.OfMethod}
 * before the method sees it. One method is always there: {@code channel.change} with {@code
 * channel} and {@code part}, for who follows a part of a channel.
 */
public final class Rpc {
    private final Map<String, Method> methods = new ConcurrentHashMap<>();

    /** No methods yet. */
    public Rpc() {}

    /**
     * What a name calls. Runs on a virtual thread, one call of a connection after the other; may
     * block.
     */
    @FunctionalInterface
    public interface Method {
        /**
         * Answers a call.
         *
         * @param who the caller
         * @param data what it sent, as a value tree
         * @throws OrreryException told to the caller with its message; anything else thrown is not
         */
        @Nullable Object call(Principal who, @Nullable Object data);
    }

    /**
     * Adds a method.
     *
     * @throws OrreryException.BadDefinition when the name is taken
     */
    public Rpc method(String name, Method method) {
        if (methods.putIfAbsent(name, method) != null) {
            throw new OrreryException.BadDefinition(
                    "method " + name, "it is defined twice", "choose another name");
        }
        return this;
    }

    /** The names, in their order. */
    SortedSet<String> names() {
        return new TreeSet<>(methods.keySet());
    }

    Optional<Method> find(String name) {
        return Optional.ofNullable(methods.get(name));
    }
}
