package dev.orrery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A network that can be cut, and that can lose answers: forwards bytes to a port of this machine
 * and back until told otherwise. Thread-safe.
 */
public final class Proxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean cut;
    private volatile Predicate<String> lost = _ -> false;

    /** Begins to let connections through. */
    public Proxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Where to connect to. */
    public int port() {
        return listening.getLocalPort();
    }

    /** How many connections were let through so far. */
    public int accepted() {
        return accepted.get();
    }

    /** Drops every connection and refuses new ones. */
    public void cut() {
        cut = true;
        sockets.forEach(Proxy::drop);
    }

    /** Lets connections through again. */
    public void mend() {
        cut = false;
    }

    /**
     * From here on loses answers, each with its connection: whoever asked does not hear of it.
     *
     * @param lost those that are; of their bytes each is a character
     */
    public void lose(Predicate<String> lost) {
        this.lost = lost;
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listening.accept();
                if (cut) {
                    drop(near);
                    continue;
                }
                accepted.incrementAndGet();
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(near);
                sockets.add(far);
                Thread.ofVirtual().start(() -> copy(near, far, _ -> true));
                Thread.ofVirtual().start(() -> copy(far, near, this::arrives));
                if (cut) {
                    cut();
                }
            }
        } catch (IOException closed) {
            sockets.forEach(Proxy::drop);
        }
    }

    private boolean arrives(String answer) {
        return !lost.test(answer);
    }

    private static void copy(Socket from, Socket to, Predicate<String> arrives) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length = in.read(buffer);
            while (length >= 0
                    && arrives.test(new String(buffer, 0, length, StandardCharsets.ISO_8859_1))) {
                out.write(buffer, 0, length);
                length = in.read(buffer);
            }
        } catch (IOException gone) {
            // both ends are dropped below
        }
        drop(from);
        drop(to);
    }

    private static void drop(Socket socket) {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
    }
}
