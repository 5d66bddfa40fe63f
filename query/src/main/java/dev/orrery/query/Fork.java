package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Work of one strand that is done side by side: it is divided into parts, each with a thread of its
 * own, which take one task after the other; the strand goes on when all are done. Confined to the
 * strand's thread.
 */
final class Fork {
    /** Bodies may wait for something else than a processor, so there are more than of those. */
    private static final int MOST_THREADS = 128;

    private final Context context;
    private final List<Task> tasks;
    private final @Nullable Throwable[] thrown;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean cancelled;

    /** Something to do, as of the revision of who divides. */
    @FunctionalInterface
    interface Task {
        void run(Context context);
    }

    private Fork(Context context, List<? extends Task> tasks) {
        this.context = context;
        this.tasks = List.copyOf(tasks);
        this.thrown = new Throwable[tasks.size()];
    }

    /**
     * Does all tasks, also when some throw, and gives back what each threw. When the thread is
     * interrupted so are they, and it is cancelled as soon as all have ended.
     */
    static @Nullable Throwable[] all(Context context, List<? extends Task> tasks) {
        Fork fork = new Fork(context, tasks);
        fork.run();
        return fork.thrown;
    }

    /** Throws the first of them, if there is one. */
    static void rethrow(@Nullable Throwable thrown) {
        switch (thrown) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            default -> throw new IllegalStateException("a task threw what is checked", thrown);
        }
    }

    private void run() {
        int count = Math.min(tasks.size(), MOST_THREADS);
        List<Strand> parts =
                Stream.generate(() -> new Strand(context.strand)).limit(count).toList();
        List<Thread> threads = new ArrayList<>(count);
        boolean interrupted = false;
        context.engine.waits.divide(context.strand, parts);
        try {
            for (Strand part : parts) {
                Thread thread = context.engine.threads.newThread(() -> work(part));
                threads.add(thread);
                thread.start();
            }
        } finally { // whatever happened, nobody goes on alone
            for (Thread thread : threads) {
                interrupted |= join(thread, threads);
            }
            context.engine.waits.divide(context.strand, List.of());
        }
        if (interrupted || cancelled) {
            throw Execute.cancelled(context, "work side by side", null);
        }
    }

    /** Waits for a thread; when interrupted has all of them stop, and waits on. */
    private boolean join(Thread thread, List<Thread> all) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                cancelled = true;
                all.forEach(Thread::interrupt);
            }
        }
    }

    /** What a thread does: one task after the other, each as an access of its own. */
    private void work(Strand part) {
        try {
            for (int i = next.getAndIncrement(); i < thrown.length; i = next.getAndIncrement()) {
                if (cancelled) {
                    return;
                }
                Task task = tasks.get(i);
                try {
                    context.engine.at(
                            context.revision,
                            part,
                            inner -> {
                                task.run(inner);
                                cancelled |= inner.cancelled;
                                return true;
                            });
                } catch (Throwable e) {
                    thrown[i] = e; // seen by the strand when it has joined this thread
                    cancelled |= e instanceof OrreryException.Cancelled;
                }
            }
        } finally {
            part.isLeft = part.top != null; // the stack was full before it could be taken down
        }
    }
}
