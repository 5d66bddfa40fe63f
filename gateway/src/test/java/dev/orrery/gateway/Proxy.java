package dev.orrery.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network that can be cut: forwards bytes to a port until told otherwise. */
final class Proxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean cut;

    Proxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** How many connections were let through so far. */
    int accepted() {
        return accepted.get();
    }

    /** Drops every connection and refuses new ones. */
    void cut() {
        cut = true;
        sockets.forEach(Proxy::drop);
    }

    /** Lets connections through again. */
    void mend() {
        cut = false;
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
                Thread.ofVirtual().start(() -> copy(near, far));
                Thread.ofVirtual().start(() -> copy(far, near));
                if (cut) {
                    cut();
                }
            }
        } catch (IOException closed) {
            sockets.forEach(Proxy::drop);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
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
