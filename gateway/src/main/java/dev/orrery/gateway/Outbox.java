package dev.orrery.gateway;

import dev.orrery.core.OrreryException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be written to one connection: a bounded window between those who produce and the
 * one writer.
 *
 * <p>A producer waits while the window is full, so a client that does not read costs its own
 * subscriptions their place and never memory or anybody else's time. // law G2 — Thread-safe; one
 * thread takes.
 */
final class Outbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition filled = lock.newCondition();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final int windowBytes;

    /** The taker's own: whose entries it took last. */
    private final List<Owner> taken = new ArrayList<>();

    private int bytes;
    private boolean closed;

    /** Who an entry is written for: when its owner has ended it is not written any more. */
    @FunctionalInterface
    interface Owner {
        boolean ended();

        /** The entry was handed to the network. */
        default void sent() {}
    }

    private static final class Entry {
        private final byte[] encoded;
        private final Owner owner;

        Entry(byte[] encoded, Owner owner) {
            this.encoded = encoded;
            this.owner = owner;
        }
    }

    /**
     * An empty outbox.
     *
     * @param windowBytes producers wait while at least so much is waiting; one entry may exceed it
     */
    Outbox(int windowBytes) {
        this.windowBytes = windowBytes;
    }

    /** Adds an entry, waiting for room. */
    void put(byte[] encoded, Owner owner) {
        lock.lock();
        try {
            while (!closed && bytes >= windowBytes) {
                room.await();
            }
            if (closed) {
                throw new OrreryException.Closed("the connection");
            }
            waiting.add(new Entry(encoded, owner));
            bytes += encoded.length;
            filled.signal();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("waiting for room in a connection's window", e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what is waiting, as one frame of at most so many bytes unless a single entry is larger.
     *
     * @return an empty frame when nothing came in time
     * @throws OrreryException.Closed when the outbox was closed
     */
    byte[] take(int frameBytes, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!closed && waiting.isEmpty() && left > 0) {
                left = filled.awaitNanos(left);
            }
            if (closed) {
                throw new OrreryException.Closed("the connection");
            }
            byte[] frame = drain(frameBytes);
            room.signalAll();
            return frame;
        } finally {
            lock.unlock();
        }
    }

    private byte[] drain(int frameBytes) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        taken.clear();
        for (Entry next = waiting.peek();
                next != null
                        && (frame.size() == 0 || frame.size() + next.encoded.length <= frameBytes);
                next = waiting.peek()) {
            waiting.remove();
            bytes -= next.encoded.length;
            if (!next.owner.ended()) {
                frame.writeBytes(next.encoded);
                taken.add(next.owner);
            }
        }
        return frame.toByteArray();
    }

    /** Tells the owners of what was taken last that it was handed to the network; by the taker. */
    void sent() {
        taken.forEach(Owner::sent);
        taken.clear();
    }

    /** How many bytes are waiting. */
    int bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Drops what waits and ends every wait. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            bytes = 0;
            room.signalAll();
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
