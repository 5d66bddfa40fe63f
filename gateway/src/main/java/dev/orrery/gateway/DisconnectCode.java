package dev.orrery.gateway;

/**
 * The disconnect codes of the Centrifuge client protocol that Orrery closes a WebSocket with. After
 * 3000 to 3499 a client comes back by itself; after 3500 to 3999 it does not.
 */
enum DisconnectCode {
    SHUTDOWN(3001, "shutdown"),
    INTERNAL(3004, "internal server error"),
    EXPIRED(3005, "expired"),
    NO_PONG(3012, "no pong"),
    INVALID_TOKEN(3500, "invalid token"),
    BAD_REQUEST(3501, "bad request"),
    STALE(3502, "stale"),
    FORCED(3503, "force disconnect");

    private final int number;
    private final String reason;

    DisconnectCode(int number, String reason) {
        this.number = number;
        this.reason = reason;
    }

    int number() {
        return number;
    }

    String reason() {
        return reason;
    }
}
