package dev.orrery.projection;

import dev.orrery.core.Feed;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The served states of a projection as a relation of the timeline. Thread-safe. */
final class FoldedRelation<K, S> extends LocalRelation<K, S> implements LiveProjection<K, S> {
    private final Folder<?, K, S> folder;
    private final StateRows<K, S> rows;

    FoldedRelation(
            Timeline timeline,
            Folder<?, K, S> folder,
            String name,
            StateRows<K, S> rows,
            Epoch<K, S> served) {
        super(timeline, name);
        this.folder = folder;
        this.rows = rows;
        served.forEach((key, held) -> restore(key, held.state()));
    }

    @Override
    public LiveProjection<K, S> atLeast(Position position, Duration timeout) {
        folder.awaitPosition(position, timeout);
        return this;
    }

    @Override
    public Reading<S> read(K key) {
        return folder.read(key);
    }

    @Override
    public Feed<Update<S, S>> states(K key) {
        return new StatesFeed<>(folder, key);
    }

    @Override
    public Position position() {
        return folder.position();
    }

    @Override
    public Lag lag() {
        return folder.lag();
    }

    @Override
    public String epoch() {
        return folder.served().name();
    }

    @Override
    public ProjectionStatus status() {
        return folder.status();
    }

    @Override
    public List<Parked<K>> parked() {
        return folder.served().parked();
    }

    @Override
    public void retry(K key) {
        folder.retry(key, false);
    }

    @Override
    public void skip(K key) {
        folder.retry(key, true);
    }

    @Override
    public Row toRow(K key, S state) {
        return rows.row(key, state);
    }

    @Override
    public Optional<Form<K, S>> form() {
        return Optional.of(folder.form());
    }
}
