package dev.orrery.gateway;

import java.util.Optional;

/**
 * One numbered entry on its way to a client.
 *
 * @param offset its place in the channel's epoch
 * @param data JSON text
 * @param from the client that sent it; what the server says has none
 */
record Publication(long offset, String data, Optional<ClientInfo> from) {
    /** What the server says. */
    Publication(long offset, String data) {
        this(offset, data, Optional.empty());
    }

    /**
     * Who a client is, as others are shown it.
     *
     * @param user the name of its principal
     * @param client the id of its connection
     * @param info JSON text
     */
    record ClientInfo(String user, String client, String info) {}
}
