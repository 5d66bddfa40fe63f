package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Timeline;
import dev.orrery.log.Companion;
import dev.orrery.log.EventLog;
import dev.orrery.log.Recorded;
import dev.orrery.sql.WriteSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds one projection in the transaction of each append to its log: who has appended finds the
 * states. // law P11
 *
 * <p>The lock of the served life is taken before the append's transaction, as in every other step.
 * What was appended while it took no part is folded first, in transactions of its own.
 */
final class InlineFold<E, K, S> implements Companion<E> {
    private final Folder<E, K, S> folder;
    private final EventLog<E> log;
    private final Timeline timeline;
    private final int eventsAtOnce;

    InlineFold(Folder<E, K, S> folder, Timeline timeline, int eventsAtOnce) {
        this.folder = folder;
        this.log = folder.log();
        this.timeline = timeline;
        this.eventsAtOnce = eventsAtOnce;
    }

    @Override
    public Attendance<E> begin() {
        if (!folder.isClosed()) {
            folder.commands().retryDue();
        }
        Life<E, K, S> life = folder.lockServed();
        boolean begun = false;
        try {
            foldMissed(life);
            begun = true;
            return new Step(life);
        } finally {
            if (!begun) {
                life.lock().unlock();
            }
        }
    }

    private void foldMissed(Life<E, K, S> life) {
        while (life.epoch().position().number() < log.head().number()) {
            folder.step(life, log.read(life.epoch().position(), eventsAtOnce));
        }
    }

    private final class Step implements Attendance<E> {
        private final Life<E, K, S> life;
        private @Nullable FoldStep<K, S> step;

        private Step(Life<E, K, S> life) {
            this.life = life;
        }

        @Override
        public void appended(WriteSession session, List<Recorded<E>> events) {
            FoldStep<K, S> folded =
                    folder.fold(
                            life,
                            (keys, reader) -> life.epoch().tables().states(session, keys, reader),
                            events);
            OrreryException failure = folded.failure().orElse(null);
            if (failure != null) {
                throw failure;
            }
            folded.store(session);
            step = folded;
        }

        @Override
        public void committed() {
            if (step != null) {
                FoldStep.show(timeline, log.name(), List.of(step.shown()));
            }
        }

        @Override
        public void close() {
            life.lock().unlock();
        }
    }
}
