package dev.orrery.graph;

import java.io.IOException;

/**
 * Another replica of a graph, wherever it is: a function from a message to its answer. For one in
 * this process it is {@code other::answer}; over a network it carries bytes there and back, under
 * whatever protection that network needs.
 */
@FunctionalInterface
public interface Peer {
    /**
     * The peer's answer to a message.
     *
     * @throws IOException when it cannot be reached, or answers nothing
     */
    byte[] answer(byte[] message) throws IOException;
}
