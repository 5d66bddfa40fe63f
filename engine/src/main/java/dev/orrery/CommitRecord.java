package dev.orrery;

import dev.orrery.core.Row;
import dev.orrery.query.QueryEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one commit did, or the few that were answered together: what it touched, layer by layer,
 * which queries ran because of it and why, what it spared, which views changed, what was sent, and
 * how long each stage took. Immutable.
 *
 * <p>Every figure was counted or timed where the thing happened. Lists are bounded, counts are
 * exact.
 *
 * @param revision the newest revision it speaks of
 * @param first the oldest revision it speaks of
 * @param cause what made the newest commit: the name of a projection, a live table, an input
 * @param at when its first fact was handed over, in milliseconds since the epoch
 * @param touched what it touched, in the order of the layers
 * @param parked the projections some of whose keys are parked, as they stood when it was made
 * @param queries what ran because of it, at most 60, those with another answer first
 * @param ran how many bodies ran because of it
 * @param spared remembered results that it did not even visit, each counted once
 * @param views every view and value that is served, in the order they were served
 * @param patches patches and values published because of it
 * @param bytes what these are, encoded
 * @param stages how long each stage took
 * @param sampled whether commits before it are spoken of by no record
 * @param totals everything since the engine opened
 */
public record CommitRecord(
        long revision,
        long first,
        String cause,
        double at,
        List<Touched> touched,
        List<Parked> parked,
        List<Run> queries,
        long ran,
        long spared,
        List<Viewed> views,
        long patches,
        long bytes,
        Stages stages,
        boolean sampled,
        Totals totals) {
    /**
     * A source that was touched.
     *
     * @param layer {@code log}, {@code projection}, {@code table} or {@code input}
     * @param count how many events were folded, or keys changed
     * @param position of a log, its newest event folded
     * @param keys what was touched, at most 256, the newest first for a log
     * @param rows of a log, the newest events, at most 12, newest first
     * @param changes of the others, at most 12
     */
    public record Touched(
            String layer,
            String name,
            long count,
            @Nullable Long position,
            List<String> keys,
            @Nullable List<Object> rows,
            @Nullable List<Difference> changes) {}

    /**
     * The keys of a projection whose fold threw and whose events wait.
     *
     * @param keys at most 256, those that have waited longest first
     */
    public record Parked(String projection, long count, List<String> keys) {}

    /** A key before the first commit and after the last; null where it had no value. */
    public record Difference(String key, @Nullable Row before, @Nullable Row after) {}

    /**
     * A body that ran.
     *
     * @param because what it had read that changed; null for a retry
     */
    public record Run(
            String name,
            String key,
            QueryEvent.Result result,
            double micros,
            @Nullable Because because) {}

    /** What a body had read: the key of a source, a condition on it, or another query's key. */
    public record Because(String source, String key) {}

    /**
     * What became of a view.
     *
     * @param patches how many were told to its followers
     * @param moved how many of them move a row
     */
    public record Viewed(String name, Outcome outcome, long patches, long moved) {}

    /** What a commit meant to a view. */
    public enum Outcome {
        /** Its rows, or its value, are others now. */
        CHANGED,
        /** It looked, and is as it was. */
        EQUAL,
        /** Nothing it reads was touched. */
        UNTOUCHED
    }

    /**
     * How long each stage took, in milliseconds; null where it took no part.
     *
     * @param append from the call of append until the first event was durable
     * @param fold from there until the newest commit was visible
     * @param write from the call of a write until its source had accepted it
     * @param query the rounds in which watched queries were looked at
     * @param views deriving the views, within the commits
     * @param socket from publishing an entry until a session had handed it to its socket, the
     *     longest
     */
    public record Stages(
            @Nullable Double append,
            @Nullable Double fold,
            @Nullable Double write,
            @Nullable Double query,
            @Nullable Double views,
            @Nullable Double socket) {}

    /**
     * Everything since the engine opened, sampled or not.
     *
     * @param commits revisions made
     * @param ran bodies run, first runs included
     * @param spared for each commit the remembered results it did not visit; their sum
     * @param patches patches and values published by what is served
     * @param bytes what sessions sent of these, encoded, each entry counted once
     */
    public record Totals(long commits, long ran, long spared, long patches, long bytes) {}

    /** The newest records, oldest first, and the totals: the whole that records follow. */
    public record Recent(List<CommitRecord> recent, Totals totals) {}
}
