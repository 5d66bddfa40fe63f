package dev.orrery.projection;

import dev.orrery.core.OrreryException.Cancelled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/** Runs parts of a work at the same time where that is worth a thread each. Immutable. */
record Workers(ThreadFactory threads, int cores) {
    private static final int WORTH_IT = 4096;

    /**
     * Runs all parts; when it returns, they are done.
     *
     * @param size how many events there are in all of them
     */
    void runAll(List<Runnable> parts, int size) {
        if (size < WORTH_IT || cores < 2) {
            parts.forEach(Runnable::run);
            return;
        }
        List<FutureTask<?>> running = new ArrayList<>(parts.size());
        for (Runnable part : parts) {
            FutureTask<?> task = new FutureTask<>(part, null);
            running.add(task);
            threads.newThread(task).start();
        }
        running.forEach(Workers::result);
    }

    /** What a task came to; what it threw is thrown. */
    static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("folding events", e);
        }
    }
}
