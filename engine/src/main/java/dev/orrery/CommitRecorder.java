package dev.orrery;

import dev.orrery.CommitRecord.Recent;
import dev.orrery.CommitRecord.Totals;
import dev.orrery.channel.Channels;
import dev.orrery.core.Broadcast;
import dev.orrery.core.Feed;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import dev.orrery.query.Queries;
import dev.orrery.query.Statistics;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The commit records of an engine as a feed: made while somebody follows, by a {@link Recording};
 * the totals go on without. Thread-safe.
 */
final class CommitRecorder { // laws E9, E10
    private static final int RECORDS_KEPT = 128;
    private static final int RECENT = 40;

    private final Timeline timeline;
    private final long opened;
    private final Queries queries;
    private final Layers layers;
    private final ServedViews views;
    private final CommitNotes notes;
    private final SentBytes sent;
    private final Channels channels;
    private final EngineClock clock;
    private final ThreadFactory threads;
    private final Broadcast<CommitRecord> records;
    private final Feed<Update<Recent, CommitRecord>> feed;
    private final Deque<CommitRecord> recent = new ArrayDeque<>();
    private @Nullable Recording recording;

    CommitRecorder(
            Timeline timeline,
            Queries queries,
            Layers layers,
            ServedViews views,
            CommitNotes notes,
            SentBytes sent,
            Channels channels,
            EngineClock clock,
            ThreadFactory threads,
            String epoch) {
        this.timeline = timeline;
        this.opened = timeline.published();
        this.queries = queries;
        this.layers = layers;
        this.views = views;
        this.notes = notes;
        this.sent = sent;
        this.channels = channels;
        this.clock = clock;
        this.threads = threads;
        this.records = new Broadcast<>(epoch, RECORDS_KEPT);
        this.feed =
                new CountedFeed<>(new StateFeed<>(records, this::whole), this::begin, this::end);
    }

    /** The newest records, then each that follows. */
    Feed<Update<Recent, CommitRecord>> feed() {
        return feed;
    }

    /** Everything since the engine opened. */
    Totals totals() {
        long ran =
                queries.statisticsByName().values().stream().mapToLong(Statistics::computed).sum();
        return new Totals(
                timeline.published() - opened,
                ran,
                queries.untouched(),
                views.patches() + notes.followed(),
                sent.total());
    }

    /** Called for the first follower, and not again before {@link #end}. */
    private void begin() {
        Recording begun = new Recording(this, queries, layers, channels, clock, lastTold());
        recording = begun;
        threads.newThread(begun).start();
        notes.go(begun);
    }

    private synchronized long lastTold() {
        return recent.isEmpty() ? timeline.published() : recent.getLast().revision();
    }

    private void end() {
        notes.go(null);
        Recording ended = recording;
        recording = null;
        if (ended != null) {
            ended.close();
        }
    }

    private synchronized Update.Whole<Recent, CommitRecord> whole() {
        return new Update.Whole<>(records.head(), new Recent(List.copyOf(recent), totals()));
    }

    /** The whole goes with the entry, so that it is never behind one somebody has. */
    synchronized void publish(CommitRecord made) {
        recent.add(made);
        if (recent.size() > RECENT) {
            recent.remove();
        }
        records.publish(made);
    }
}
