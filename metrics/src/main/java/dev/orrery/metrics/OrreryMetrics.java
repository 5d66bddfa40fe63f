package dev.orrery.metrics;

import dev.orrery.Orrery;
import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.projection.Folded;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The meters of an Orrery: where its logs, projections and effects are, what its queries did, who
 * follows its channels.
 *
 * <pre>{@code
 * new OrreryMetrics(orrery).bindTo(registry);
 * }</pre>
 *
 * <p>Meters of what is defined later are added when the others are read next. When the Orrery is
 * closed its gauges show nothing and its counters stay where they are. Thread-safe; bind it to as
 * many registries as there are. {@link #close} ends the measuring of batches, which is done as they
 * are folded; the rest costs nothing but when it is read.
 */
public final class OrreryMetrics implements MeterBinder, AutoCloseable {
    private final Orrery orrery;
    private final Tags tags;
    private final Queue<Batches> attached = new ConcurrentLinkedQueue<>();

    /** The meters of an Orrery, without tags that tell it from others. */
    public OrreryMetrics(Orrery orrery) {
        this(orrery, Tags.empty());
    }

    /** The meters of an Orrery, each with these tags beside its own. */
    public OrreryMetrics(Orrery orrery, Iterable<Tag> tags) {
        this.orrery = orrery;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Batches batches = new Batches(registry, tags, new ConcurrentHashMap<>());
        attached.add(batches);
        orrery.timeline().attach(batches).close();
        new Meters(orrery::status, registry, tags).look();
    }

    @Override
    public void close() {
        for (Batches next = attached.poll(); next != null; next = attached.poll()) {
            orrery.timeline().detach(next);
        }
    }

    /** Measures how many events became visible in each commit. */
    private record Batches(
            MeterRegistry registry, Tags tags, Map<String, DistributionSummary> summaries)
            implements CommitHook {
        @Override
        public void published(Commit commit) {
            for (Commit.Origin origin : commit.origins()) {
                if (origin instanceof Folded(String log, long first, long last)) {
                    double events = last - first + 1;
                    summaries.computeIfAbsent(log, this::summary).record(events);
                }
            }
        }

        private DistributionSummary summary(String log) {
            return DistributionSummary.builder("orrery.projection.batch")
                    .description("Events of a log folded together and shown in one commit")
                    .baseUnit("events")
                    .tags(tags)
                    .tag("log", log)
                    .register(registry);
        }
    }
}
