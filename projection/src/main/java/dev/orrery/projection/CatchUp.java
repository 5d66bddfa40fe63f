package dev.orrery.projection;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.log.Recorded;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Brings one projection by itself to where the log ends, in a new epoch first if there is one to
 * build, so that the others of its log need not wait for it. Confined to a thread of its own.
 */
final class CatchUp<E, K, S> {
    private final Folder<E, K, S> folder;
    private final @Nullable Epoch<K, S> building;
    private final ThreadFactory threads;

    CatchUp(Folder<E, K, S> folder, @Nullable Epoch<K, S> building, ThreadFactory threads) {
        this.folder = folder;
        this.building = building;
        this.threads = threads;
        if (building != null) {
            folder.tell(new Rebuilding(building.position()));
        }
    }

    void run() {
        if (building != null) {
            rebuild(building);
        }
        while (!folder.isClosed() && !foldToTheEnd()) {
            // overtaken: everything was read again, and it goes on from there
        }
    }

    /** Folds a new epoch from the first event on, then serves it instead of the old one. */
    private void rebuild(Epoch<K, S> epoch) { // law P7
        try (Batches<E> batches = Batches.after(epoch.position(), folder.log(), threads)) {
            while (!folder.isClosed()) {
                List<Recorded<E>> batch = batches.next(Duration.ZERO);
                if (batch.isEmpty()) {
                    folder.serveInstead(epoch);
                    return;
                }
                if (!folder.step(epoch, batch)) {
                    throw new Conflict(
                            "position of projection " + folder.name(), epoch.position(), "another");
                }
                folder.tell(new Rebuilding(epoch.position()));
            }
        }
    }

    /** False when somebody else had folded on. */
    private boolean foldToTheEnd() {
        Epoch<K, S> epoch = folder.served();
        try (Batches<E> batches = Batches.after(epoch.position(), folder.log(), threads)) {
            while (!folder.isClosed()) {
                List<Recorded<E>> batch = batches.next(Duration.ZERO);
                if (batch.isEmpty()) {
                    return true;
                }
                if (!folder.step(epoch, batch)) {
                    return false;
                }
            }
            return true;
        }
    }
}
