package dev.orrery.gateway;

import java.io.IOException;

/**
 * Where one connection's frames go. Used by the connection's writer alone, but for {@link #close}
 * and {@link #cut}.
 */
interface Wire {
    /**
     * Sends one frame and waits until the network took it.
     *
     * @throws IOException when the peer is gone or did not read within the write deadline
     * @throws InterruptedException when the writer is told to stop
     */
    void send(byte[] frame) throws IOException, InterruptedException;

    /** Says good-bye with a code and a reason, after the frames already sent. */
    void close(int code, String reason);

    /** Drops the connection without a word, because nobody reads at the other end. */
    void cut();
}
