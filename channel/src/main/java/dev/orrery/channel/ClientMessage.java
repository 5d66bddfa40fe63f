package dev.orrery.channel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent to those who follow a channel: a kind of its own, never taken for what the
 * application publishes. // law H10
 *
 * @param user who sent it, by the name of its principal; never what the client claims
 * @param connection the id of the connection it came over
 * @param info what is shown of the sender
 * @param data a value tree from outside: to be checked
 */
public record ClientMessage(
        String user, String connection, Map<String, Object> info, @Nullable Object data) {}
