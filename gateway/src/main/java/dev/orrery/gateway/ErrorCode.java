package dev.orrery.gateway;

/** The error codes of the Centrifuge client protocol that Orrery sends in replies. */
enum ErrorCode {
    INTERNAL(100, "internal server error", true),
    UNKNOWN_CHANNEL(102, "unknown channel", false),
    PERMISSION_DENIED(103, "permission denied", false),
    METHOD_NOT_FOUND(104, "method not found", false),
    ALREADY_SUBSCRIBED(105, "already subscribed", false),
    LIMIT_EXCEEDED(106, "limit exceeded", false),
    BAD_REQUEST(107, "bad request", false),
    NOT_AVAILABLE(108, "not available", false),
    TOKEN_EXPIRED(109, "token expired", false),
    TOO_MANY_REQUESTS(111, "too many requests", true),
    UNRECOVERABLE_POSITION(112, "unrecoverable position", false);

    private final int number;
    private final String text;
    private final boolean temporary;

    ErrorCode(int number, String text, boolean temporary) {
        this.number = number;
        this.text = text;
        this.temporary = temporary;
    }

    int number() {
        return number;
    }

    /** The error that answers a command. */
    Reply.Failed reply(long id) {
        return new Reply.Failed(id, number, text, temporary);
    }

    /** The error that answers a command, with what to do about it. */
    Reply.Failed reply(long id, String detail) {
        return new Reply.Failed(id, number, text + ": " + detail, temporary);
    }
}
