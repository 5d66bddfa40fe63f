package dev.orrery.gateway;

import java.util.List;

/**
 * One of the two encodings of the Centrifuge client protocol; a connection keeps the one it opened
 * with. Immutable.
 *
 * <p>A frame holds one or more commands or replies; the encodings of several replies, one after the
 * other, are a frame.
 */
sealed interface Form permits JsonForm, ProtobufForm {
    /** The most commands one frame may hold. */
    int COMMANDS_PER_FRAME = 1_000;

    /**
     * Reads the commands of a frame; nothing is allocated that the frame's own length does not pay
     * for. // law G5
     */
    List<Command> decode(byte[] frame) throws BadFrame;

    /** Writes one reply, with whatever separates it from the next. */
    byte[] encode(Reply reply);

    /** Whether frames are text. */
    boolean text();
}
