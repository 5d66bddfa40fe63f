package dev.orrery.graph;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** Waits that an interrupt does not end: it is kept for later. */
final class Uninterrupted {
    /** A wait that an interrupt ends. */
    private interface Waiting<T, E extends Exception> {
        T await() throws InterruptedException, E;
    }

    private Uninterrupted() {}

    /** Waits for the end of a thread. */
    static void join(Thread thread) {
        await(() -> {
            thread.join();
            return thread;
        });
    }

    /** Has a thread of its own do some work meanwhile. */
    static <T> Future<T> begin(String name, Callable<T> work) {
        FutureTask<T> begun = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name(name).start(begun);
        return begun;
    }

    /** What came of work: what it gave, or the exception or error that it threw. */
    static <T> T result(Future<T> work) {
        try {
            return await(work::get);
        } catch (ExecutionException thrown) {
            switch (thrown.getCause()) {
                case Error error -> throw error;
                case RuntimeException failed -> throw failed;
                case null, default -> throw new IllegalStateException(thrown);
            }
        }
    }

    private static <T, E extends Exception> T await(Waiting<T, E> waiting) throws E {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return waiting.await();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
