package dev.orrery.metrics;

import dev.orrery.Status;
import dev.orrery.core.OrreryException;
import dev.orrery.projection.EffectStatus;
import dev.orrery.projection.ProjectionStatus;
import dev.orrery.query.Statistics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one registry. All that are read within a moment are of one look at the Orrery, and
 * a look finds what is new. Thread-safe. // law M1
 */
final class Meters {
    private static final long MOMENT_NANOS = Duration.ofMillis(100).toNanos();

    private final Supplier<Status> statuses;
    private final MeterRegistry registry;
    private final Tags tags;
    private final Clock clock;
    private final Set<String> known = new HashSet<>();
    private @Nullable Status last;
    private long looked;
    private boolean gone;

    Meters(Supplier<Status> statuses, MeterRegistry registry, Tags tags) {
        this.statuses = statuses;
        this.registry = registry;
        this.tags = tags;
        this.clock = registry.config().clock();
    }

    /** How everything stood within the last moment. */
    synchronized Status look() {
        Status status = last;
        long now = clock.monotonicTime();
        if (status != null && now - looked < MOMENT_NANOS) {
            return status;
        }
        try {
            Status next = statuses.get();
            last = next;
            looked = now;
            addNew(next);
            return next;
        } catch (OrreryException e) {
            if (status == null) {
                throw e;
            }
            gone = true; // closed: what was counted stays counted
            return status;
        }
    }

    /** What a gauge shows; nothing when the Orrery is closed. */
    private double now(ToDoubleFunction<Status> value) {
        double shown = value.applyAsDouble(look());
        return isGone() ? Double.NaN : shown;
    }

    private synchronized boolean isGone() {
        return gone;
    }

    private void addNew(Status status) {
        if (known.add("whole")) {
            addWhole();
        }
        status.logs().stream().filter(log -> known.add("log " + log.name())).forEach(this::add);
        status.projections().stream()
                .filter(one -> known.add("projection " + one.name()))
                .forEach(this::add);
        status.effects().stream()
                .filter(one -> known.add("effect " + one.name()))
                .forEach(this::add);
        status.queries().keySet().stream()
                .filter(name -> known.add("query " + name))
                .forEach(this::addQuery);
    }

    private void addWhole() {
        counter("orrery.commits", "Revisions made", null, tags, s -> s.totals().commits());
        counter(
                "orrery.view.patches",
                "Patches and values published by what is served",
                null,
                tags,
                s -> s.totals().patches());
        counter(
                "orrery.channel.sent",
                "What sessions sent, encoded, each entry counted once",
                "bytes",
                tags,
                s -> s.totals().bytes());
        gauge(
                "orrery.channel.connections",
                "Sessions open",
                null,
                tags,
                s -> s.channels().connections());
        gauge(
                "orrery.channel.subscribers",
                "Channels followed, for each session",
                null,
                tags,
                s -> s.channels().followers());
        counter(
                "orrery.channel.resets",
                "Followers who came back to a place that could not be continued",
                null,
                tags,
                s -> s.channels().resets());
        counter(
                "orrery.channel.gaps",
                "Times a follower was told that it missed some",
                null,
                tags,
                s -> s.channels().gaps());
    }

    private void add(Status.OfLog log) {
        gauge(
                "orrery.log.head",
                "The position of the newest event",
                null,
                tags.and("log", log.name()),
                of(Status::logs, Status.OfLog::name, log.name(), one -> one.head().number()));
    }

    private void add(Status.OfProjection projection) {
        String name = projection.name();
        Tags own = tags.and("projection", name, "log", projection.log());
        Function<ToDoubleFunction<Status.OfProjection>, ToDoubleFunction<Status>> its =
                value -> of(Status::projections, Status.OfProjection::name, name, value);
        gauge(
                "orrery.projection.position",
                "The newest event folded into what is served",
                null,
                own,
                its.apply(one -> one.position().number()));
        gauge(
                "orrery.projection.lag",
                "Events not folded yet",
                "events",
                own,
                its.apply(one -> one.lag().events()));
        age("orrery.projection.lag.age", own, its.apply(one -> nanos(one.lag().age())));
        gauge(
                "orrery.projection.parked",
                "Keys whose fold threw, which wait for somebody to decide",
                "keys",
                own,
                its.apply(one -> one.statistics().parked()));
        counter(
                "orrery.projection.events",
                "Events folded into what is served",
                "events",
                own,
                its.apply(one -> one.statistics().events()));
        counter(
                "orrery.projection.batches",
                "Transactions that took",
                null,
                own,
                its.apply(one -> one.statistics().batches()));
        counter(
                "orrery.projection.retries",
                "Folds that threw, whose event was tried again, parked or left out",
                null,
                own,
                its.apply(one -> one.statistics().retries()));
        counter(
                "orrery.projection.resets",
                "Followers sent the whole because what they missed is not kept",
                null,
                own,
                its.apply(one -> one.statistics().resets()));
        gauge(
                "orrery.projection.subscribers",
                "Who follows a key",
                null,
                own,
                its.apply(one -> one.statistics().subscribers()));
        gauge(
                "orrery.projection.up",
                "1 while it folds, 0 when it has stopped",
                null,
                own,
                its.apply(one -> isUp(one.status()) ? 1 : 0));
    }

    private static boolean isUp(ProjectionStatus status) {
        return !(status instanceof ProjectionStatus.Failed)
                && !(status instanceof ProjectionStatus.Stopped);
    }

    private void add(Status.OfEffect effect) {
        String name = effect.name();
        Tags own = tags.and("effect", name, "log", effect.log());
        Function<ToDoubleFunction<Status.OfEffect>, ToDoubleFunction<Status>> its =
                value -> of(Status::effects, Status.OfEffect::name, name, value);
        gauge(
                "orrery.effect.position",
                "Everything up to here is handled",
                null,
                own,
                its.apply(one -> one.position().number()));
        gauge(
                "orrery.effect.lag",
                "Events not handled yet",
                "events",
                own,
                its.apply(one -> one.lag().events()));
        age("orrery.effect.lag.age", own, its.apply(one -> nanos(one.lag().age())));
        counter(
                "orrery.effect.done",
                "Events whose effect was done",
                null,
                own,
                its.apply(one -> one.totals().done()));
        counter(
                "orrery.effect.faults",
                "Attempts that threw",
                null,
                own,
                its.apply(one -> one.totals().faults()));
        counter(
                "orrery.effect.skipped",
                "Events left out",
                null,
                own,
                its.apply(one -> one.totals().skipped()));
        gauge(
                "orrery.effect.retrying",
                "Keys that are tried again by themselves",
                "keys",
                own,
                its.apply(one -> one.totals().retryingKeys()));
        gauge(
                "orrery.effect.parked",
                "Keys that wait for somebody to decide",
                "keys",
                own,
                its.apply(one -> one.totals().parkedKeys()));
        gauge(
                "orrery.effect.waiting",
                "Events that wait for these keys",
                "events",
                own,
                its.apply(one -> one.totals().waitingEvents()));
        gauge(
                "orrery.effect.up",
                "1 while it handles events or stands by, 0 when it has stopped",
                null,
                own,
                its.apply(one -> isUp(one.status()) ? 1 : 0));
    }

    private static boolean isUp(EffectStatus status) {
        return switch (status) {
            case EffectStatus.Working _, EffectStatus.StandingBy _ -> true;
            case EffectStatus.Failed _, EffectStatus.Stopped _ -> false;
        };
    }

    private void addQuery(String name) {
        query(name, "computed", "Bodies run to an end", Statistics::computed);
        query(name, "spared", "Results found to hold without running", Statistics::spared);
        query(name, "hits", "Results that were simply there", Statistics::hits);
        query(name, "marked", "Results that commits put in doubt", Statistics::marked);
        query(name, "visited", "Dependencies looked at to verify results", Statistics::visited);
        query(name, "evicted", "Values dropped to keep within a limit", Statistics::evicted);
    }

    private void query(
            String name, String what, String description, ToDoubleFunction<Statistics> value) {
        counter(
                "orrery.query." + what,
                description,
                null,
                tags.and("query", name),
                status -> {
                    Statistics statistics = status.queries().get(name);
                    return statistics == null ? 0 : value.applyAsDouble(statistics);
                });
    }

    /** A number of the part of a name; none when it is gone. */
    private static <P> ToDoubleFunction<Status> of(
            Function<Status, Collection<P>> parts,
            Function<P, String> names,
            String name,
            ToDoubleFunction<P> value) {
        return status ->
                parts.apply(status).stream()
                        .filter(part -> names.apply(part).equals(name))
                        .mapToDouble(value)
                        .findFirst()
                        .orElse(Double.NaN);
    }

    private static double nanos(Duration duration) {
        return duration.toNanos();
    }

    private void gauge(
            String name,
            String description,
            @Nullable String unit,
            Tags own,
            ToDoubleFunction<Status> value) {
        Gauge.builder(name, this, meters -> meters.now(value))
                .description(description)
                .baseUnit(unit)
                .tags(own)
                .strongReference(true)
                .register(registry);
    }

    private void age(String name, Tags own, ToDoubleFunction<Status> nanos) {
        TimeGauge.builder(name, this, TimeUnit.NANOSECONDS, meters -> meters.now(nanos))
                .description("The age of the oldest of them")
                .tags(own)
                .strongReference(true)
                .register(registry);
    }

    private void counter(
            String name,
            String description,
            @Nullable String unit,
            Tags own,
            ToDoubleFunction<Status> value) {
        FunctionCounter.builder(name, this, meters -> value.applyAsDouble(meters.look()))
                .description(description)
                .baseUnit(unit)
                .tags(own)
                .register(registry);
    }
}
