package dev.orrery.graph;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work that a thread of its own does meanwhile. Whoever began it asks for what came of it. */
final class Meanwhile<T> {
    private final Thread thread;
    private @Nullable T result;
    private @Nullable RuntimeException failed;

    private Meanwhile(String name, Supplier<T> work) {
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(work));
    }

    static <T> Meanwhile<T> begin(String name, Supplier<T> work) {
        Meanwhile<T> begun = new Meanwhile<>(name, work);
        begun.thread.start();
        return begun;
    }

    private void run(Supplier<T> work) {
        try {
            result = work.get();
        } catch (RuntimeException thrown) {
            failed = thrown;
        }
    }

    /**
     * What came of it, waiting for its end; an interrupt is kept for later.
     *
     * @throws RuntimeException what the work threw
     */
    T result() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failed != null) {
            throw failed;
        }
        if (result == null) {
            throw new IllegalStateException(thread.getName() + " came to no end");
        }
        return result;
    }
}
