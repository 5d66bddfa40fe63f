package dev.orrery.gateway;

/**
 * The codes of the Centrifuge client protocol with which the server ends a subscription. From 2500
 * a client subscribes again by itself, with the place it has; below it does not.
 */
enum UnsubscribeCode {
    SERVER(2000, "server unsubscribe"),
    INSUFFICIENT_STATE(2500, "insufficient state"),
    EXPIRED(2501, "expired"),
    INTERRUPTED(2502, "interrupted");

    private final int number;
    private final String reason;

    UnsubscribeCode(int number, String reason) {
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
