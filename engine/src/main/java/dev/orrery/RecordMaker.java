package dev.orrery;

import dev.orrery.CommitRecord.Because;
import dev.orrery.CommitRecord.Run;
import dev.orrery.CommitRecord.Stages;
import dev.orrery.CommitRecord.Totals;
import dev.orrery.log.Appended;
import dev.orrery.query.Dependency;
import dev.orrery.query.Explanation;
import dev.orrery.query.QueryEvent;
import dev.orrery.table.Asked;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Puts one record together. Confined to one thread. */
final class RecordMaker {
    private static final int MOST_RUNS = 60;
    private static final int MOST_PARKED = 256;

    private final Ripening told;
    private final Layers layers;
    private final AppendTimes appends;
    private final EngineClock clock;
    private final Touches touches;
    private ServedViews.Done views = ServedViews.Done.NOTHING;
    private long deriving;

    RecordMaker(Ripening told, Layers layers, AppendTimes appends, EngineClock clock) {
        this.told = told;
        this.layers = layers;
        this.appends = appends;
        this.clock = clock;
        this.touches = new Touches(layers);
        told.steps.forEach(this::add);
    }

    private void add(Step step) {
        touches.add(step);
        views = views.plus(step.views());
        deriving += step.derivedNanos() - step.beganNanos();
    }

    /** The record; none of a commit that was under way when the first follower came. */
    Optional<CommitRecord> make(boolean sampled, Totals totals) {
        return told.steps.isEmpty()
                ? Optional.empty()
                : Optional.of(made(told.steps.getFirst(), told.steps.getLast(), sampled, totals));
    }

    private CommitRecord made(Step first, Step last, boolean sampled, Totals totals) {
        Appended append = firstAppend();
        return new CommitRecord(
                told.answer.last().number(),
                told.answer.first().number(),
                last.commit().cause(),
                clock.millis(handedOver(append, first)),
                touches.touched(),
                layers.parked(MOST_PARKED),
                runs(),
                told.answer.ran(),
                told.answer.untouched(),
                views.views(),
                told.patches(),
                told.bytes(),
                stages(append, last),
                sampled,
                totals);
    }

    /** The append of the first event folded, if its times are still known. */
    private @Nullable Appended firstAppend() {
        Appended first = null;
        for (Map.Entry<String, Long> folded : touches.firstPositions().entrySet()) {
            Appended times = appends.of(folded.getKey(), folded.getValue()).orElse(null);
            if (times != null && (first == null || times.askedNanos() < first.askedNanos())) {
                first = times;
            }
        }
        return first;
    }

    private long handedOver(@Nullable Appended append, Step begun) {
        long asked = append == null ? begun.beganNanos() : append.askedNanos();
        for (Asked write : told.writes()) {
            asked = Math.min(asked, write.askedNanos());
        }
        return asked;
    }

    private Stages stages(@Nullable Appended append, Step newest) {
        return new Stages(
                append == null ? null : millis(append.durableNanos() - append.askedNanos()),
                append == null ? null : millis(newest.publishedNanos() - append.durableNanos()),
                write(),
                told.answer.roundNanos() > 0 ? millis(told.answer.roundNanos()) : null,
                millis(deriving),
                told.socketNanos() >= 0 ? millis(told.socketNanos()) : null);
    }

    /** The longest write that its source has accepted by now. */
    private @Nullable Double write() {
        long longest = -1;
        for (Asked write : told.writes()) {
            OptionalLong confirmed = write.confirmedNanos();
            if (confirmed.isPresent()) {
                longest = Math.max(longest, confirmed.getAsLong() - write.askedNanos());
            }
        }
        return longest >= 0 ? millis(longest) : null;
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    // runs

    /** The runs that commits brought about: a first run is somebody's who asked. */
    private List<Run> runs() {
        return told.runs.stream()
                .filter(run -> verdict(run) != Explanation.Verdict.FIRST)
                .sorted(Comparator.comparingInt(RecordMaker::weight))
                .limit(MOST_RUNS)
                .map(this::run)
                .toList();
    }

    private Explanation.@Nullable Verdict verdict(QueryEvent.Computed run) {
        return layers.explain(run).map(Explanation::verdict).orElse(null);
    }

    private static int weight(QueryEvent.Computed run) {
        return switch (run.result()) {
            case CHANGED -> 0;
            case FAILED -> 1;
            case EQUAL -> 2;
        };
    }

    private Run run(QueryEvent.Computed run) {
        return new Run(
                run.query(),
                layers.textOfQuery(run.query(), run.key()),
                run.result(),
                Math.round(run.duration().toNanos() / 1e2) / 1e1,
                run.because().map(changed -> because(changed.dependency())).orElse(null));
    }

    private Because because(Dependency read) {
        return new Because(
                read.name(),
                switch (read.kind()) {
                    case KEY -> layers.textOfSource(read.name(), read.key());
                    case SET -> read.key().toString();
                    case QUERY -> layers.textOfQuery(read.name(), read.key());
                });
    }
}
