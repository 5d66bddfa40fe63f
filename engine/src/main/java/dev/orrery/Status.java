package dev.orrery;

import dev.orrery.channel.Channels;
import dev.orrery.log.Position;
import dev.orrery.projection.EffectStatus;
import dev.orrery.projection.Lag;
import dev.orrery.projection.LiveEffect;
import dev.orrery.projection.ProjectionStatus;
import dev.orrery.query.Statistics;
import java.util.List;
import java.util.Map;

/**
 * How everything that runs in an Orrery stands. Immutable.
 *
 * @param logs the logs opened
 * @param projections the projections at work
 * @param effects the effects at work
 * @param queries what each query did since the start, by name
 * @param channels what those outside follow
 * @param totals what was done since the start
 */
public record Status(
        List<OfLog> logs,
        List<OfProjection> projections,
        List<OfEffect> effects,
        Map<String, Statistics> queries,
        Channels.Totals channels,
        CommitRecord.Totals totals) {
    public Status {
        logs = List.copyOf(logs);
        projections = List.copyOf(projections);
        effects = List.copyOf(effects);
        queries = Map.copyOf(queries);
    }

    /**
     * How a log stands.
     *
     * @param head the newest event
     */
    public record OfLog(String name, Position head) {}

    /**
     * How a projection stands.
     *
     * @param log the log it folds
     * @param position the newest event folded into what is served
     * @param lag how far that is behind the log
     * @param statistics what it did since it was made live
     */
    public record OfProjection(
            String name,
            String log,
            ProjectionStatus status,
            String epoch,
            Position position,
            Lag lag,
            dev.orrery.projection.Statistics statistics) {}

    /**
     * How an effect stands.
     *
     * @param log the log it follows
     * @param position everything up to here is handled
     * @param lag how far that is behind the log
     * @param totals what it did and what waits
     */
    public record OfEffect(
            String name,
            String log,
            EffectStatus status,
            Position position,
            Lag lag,
            LiveEffect.Totals totals) {}
}
