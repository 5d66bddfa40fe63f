package dev.orrery.projection;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Tracking;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import java.time.Duration;
import java.time.Instant;

/** How far what a projection shows is behind its log, for whoever reads. Thread-safe. */
final class Freshness<E, K, S> {
    private final Folder<E, K, S> folder;
    private final EventLog<E> log;
    private final FoldProgress progress;

    Freshness(Folder<E, K, S> folder, FoldProgress progress) {
        this.folder = folder;
        this.log = folder.log();
        this.progress = progress;
    }

    /** Waits until the events up to a position are visible. */
    void await(Position position, Duration timeout) {
        if (Tracking.frame() != null) {
            throw new Unsupported("wait for " + folder.name(), "a query or snapshot");
        }
        progress.await(position, timeout);
    }

    /** A state, with how fresh it is. */
    Reading<S> read(K key) {
        if (Tracking.frame() != null) {
            throw new Unsupported("read the age of " + folder.name(), "a query or snapshot");
        }
        Folder.Known<K, S> known = folder.known(key);
        Epoch<K, S> epoch = known.epoch();
        Held<S> held = known.held();
        S state = known.state();
        if (held == null || state == null) {
            folder.requireReadable(epoch, key);
            throw new Missing(folder.name(), key);
        }
        Position position = new Position(epoch.position().log(), held.position());
        return new Reading<>(state, epoch.name(), held.version(), position, age());
    }

    /** How long ago the newest event folded was appended, if there are newer ones. */
    private Duration age() {
        Epoch.Reached reached = progress.reached();
        boolean behind = log.head().number() > reached.position().number();
        return behind ? since(reached.time()) : Duration.ZERO;
    }

    private Duration since(Instant time) {
        Duration age = Duration.between(time, folder.folding().clock().instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** What of the log is not visible yet. */
    Lag lag() {
        Position position = folder.position();
        long behind = log.head().number() - position.number();
        if (behind <= 0) {
            return new Lag(0, Duration.ZERO);
        }
        return new Lag(
                behind,
                log.read(position, 1).stream()
                        .findFirst()
                        .map(oldest -> since(oldest.time()))
                        .orElse(Duration.ZERO));
    }
}
