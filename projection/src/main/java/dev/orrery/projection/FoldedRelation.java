package dev.orrery.projection;

import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.StoredRelation;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The served states of a projection as a relation of the timeline. Thread-safe. */
final class FoldedRelation<E, K, S, D> extends StoredRelation<K, S>
        implements LiveDeltaProjection<K, S, D> {
    private final Folder<E, K, S> folder;
    private final StateRows<K, S> rows;
    private final Folding.Change<E, S, D> changes;

    FoldedRelation(
            Timeline timeline,
            Folder<E, K, S> folder,
            StateRows<K, S> rows,
            Folding.Change<E, S, D> changes) {
        super(timeline, folder.name(), folder.folding().keysInMemory());
        this.folder = folder;
        this.rows = rows;
        this.changes = changes;
        Epoch<K, S> served = folder.served();
        served.forEach(this::restore);
        if (!served.isWhole()) {
            restoredSome();
        }
    }

    @Override
    public S require(K key) {
        Epoch<K, S> epoch = folder.served();
        return find(key)
                .orElseThrow(() -> {
                    folder.requireReadable(epoch, key);
                    return new Missing(name(), key);
                });
    }

    // states in memory

    @Override
    protected Optional<S> stored(K key) {
        return Optional.ofNullable(folder.known(key).state());
    }

    @Override
    protected boolean eachStored(StoredReader<K, S> reader) {
        Epoch<K, S> epoch = folder.served();
        epoch.eachStored(reader);
        return folder.serves(epoch); // else its rows may be gone
    }

    /** Has keys stay in memory with the states that an epoch has there, until {@link #shown}. */
    void hold(Set<K> keys, Epoch<K, S> epoch) {
        hold(keys, epoch::stateInMemory);
    }

    void hold(Map<K, Differing<S>> differing) {
        hold(differing.keySet(), key -> Objects.requireNonNull(differing.get(key)).before());
    }

    /** Says that what is stored can be seen. */
    void shown() {
        letGo();
    }

    /** How many keys the epoch that is served has in memory, beside those that are here. */
    int keysInEpoch() {
        return folder.served().size();
    }

    /** Whether what a key had before somebody else stored something newer is known. */
    boolean knowsBefore(K key) {
        return isWhole() || isInMemory(key);
    }

    @Override
    public LiveDeltaProjection<K, S, D> atLeast(Position position, Duration timeout) {
        folder.freshness().await(position, timeout);
        return this;
    }

    @Override
    public Reading<S> read(K key) {
        return folder.freshness().read(key);
    }

    @Override
    public Feed<Update<S, S>> states(K key) {
        return new UpdatesFeed<>(
                folder, key, changes.isState() ? folder.folding().states()::decode : null);
    }

    @Override
    public Feed<Update<S, D>> deltas(K key) {
        return new UpdatesFeed<>(folder, key, changes::decode);
    }

    @Override
    public Position position() {
        return folder.position();
    }

    @Override
    public Lag lag() {
        return folder.freshness().lag();
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
    public Statistics statistics() {
        return folder.counts().statistics(parked().size());
    }

    @Override
    public Rebuild rebuild() {
        return folder.beginRebuild();
    }

    @Override
    public Optional<Rebuild> rebuilding() {
        return folder.rebuilding();
    }

    @Override
    public Rebuild undoRebuild() {
        return folder.beginUndo();
    }

    @Override
    public void forgetPrevious() {
        folder.forgetPrevious();
    }

    @Override
    public List<Parked<K>> parked() {
        return folder.served().parked();
    }

    @Override
    public List<? extends Recorded<?>> waiting(K key) {
        return folder.waiting(key);
    }

    @Override
    public void retry(K key) {
        folder.commands().retry(key, false);
    }

    @Override
    public void skip(K key) {
        folder.commands().retry(key, true);
    }

    @Override
    public void edit(K key, S state) {
        folder.commands().edit(key, state);
    }

    @Override
    public Optional<Shape> shape() {
        return rows.shape();
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
