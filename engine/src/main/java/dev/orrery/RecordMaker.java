package dev.orrery;

import dev.orrery.CommitRecord.Run;
import dev.orrery.CommitRecord.Stages;
import dev.orrery.CommitRecord.Totals;
import dev.orrery.core.Commit;
import dev.orrery.core.OrreryException;
import dev.orrery.log.Appended;
import dev.orrery.query.Answers;
import dev.orrery.query.QueryEvent;
import dev.orrery.table.Asked;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Puts one record together. Confined to one thread. */
final class RecordMaker {
    private static final int MOST_RUNS = 60;

    private final Answers.Answer answer;
    private final Layers layers;
    private final AppendTimes appends;
    private final EngineClock clock;
    private final Touches touches;
    private final List<QueryEvent.Computed> runs = new ArrayList<>();
    private final List<Asked> writes = new ArrayList<>();
    private ServedViews.Told views = ServedViews.Told.NOTHING;
    private long deriving;
    private @Nullable Step first;
    private @Nullable Step last;

    RecordMaker(Answers.Answer answer, Layers layers, AppendTimes appends, EngineClock clock) {
        this.answer = answer;
        this.layers = layers;
        this.appends = appends;
        this.clock = clock;
        this.touches = new Touches(layers);
    }

    private boolean speaksOf(long revision) {
        return answer.first().number() <= revision && revision <= answer.last().number();
    }

    /** Takes a commit, in order; others than the record speaks of are passed over. */
    void add(Step step) {
        if (!speaksOf(step.revision())) {
            return;
        }
        first = first == null ? step : first;
        last = step;
        touches.add(step);
        views = views.plus(step.views());
        deriving += step.derivedNanos() - step.beganNanos();
        for (Commit.Origin origin : step.commit().origins()) {
            if (origin instanceof Asked write) {
                writes.add(write);
            }
        }
    }

    void add(QueryEvent.Computed run) {
        if (speaksOf(run.revision().number())) {
            runs.add(run);
        }
    }

    /** The record; none when none of its commits was added. */
    Optional<CommitRecord> make(boolean sampled, Totals totals) {
        if (first == null || last == null) {
            return Optional.empty();
        }
        return Optional.of(made(first, last, sampled, totals));
    }

    private CommitRecord made(Step first, Step last, boolean sampled, Totals totals) {
        Appended append = firstAppend();
        return new CommitRecord(
                answer.last().number(),
                answer.first().number(),
                last.commit().cause(),
                clock.millis(handedOver(append, first)),
                touches.touched(),
                told(),
                answer.ran(),
                answer.untouched(),
                views.views(),
                views.patches(),
                0,
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
        for (Asked write : writes) {
            asked = Math.min(asked, write.askedNanos());
        }
        return asked;
    }

    private Stages stages(@Nullable Appended append, Step newest) {
        boolean appended = append != null;
        return new Stages(
                millis(appended, appended ? append.durableNanos() - append.askedNanos() : 0),
                millis(appended, appended ? newest.publishedNanos() - append.durableNanos() : 0),
                write(),
                millis(answer.roundNanos() > 0, answer.roundNanos()),
                millis(true, deriving),
                null);
    }

    /** The longest write that its source has accepted by now. */
    private @Nullable Double write() {
        long longest = -1;
        for (Asked write : writes) {
            OptionalLong confirmed = write.confirmedNanos();
            if (confirmed.isPresent()) {
                longest = Math.max(longest, confirmed.getAsLong() - write.askedNanos());
            }
        }
        return millis(longest >= 0, longest);
    }

    private static @Nullable Double millis(boolean tookPart, long nanos) {
        return tookPart ? Math.round(nanos / 1e3) / 1e3 : null;
    }

    // runs

    private List<Run> told() {
        return runs.stream()
                .sorted(Comparator.comparing(RecordMaker::weight))
                .limit(MOST_RUNS)
                .map(this::told)
                .toList();
    }

    private static int weight(QueryEvent.Computed run) {
        return switch (run.result()) {
            case CHANGED -> 0;
            case FAILED -> 1;
            case EQUAL -> 2;
        };
    }

    private Run told(QueryEvent.Computed run) {
        return new Run(
                run.query(),
                text(run.query(), run.key()),
                run.result(),
                Math.round(run.duration().toNanos() / 1e2) / 1e1,
                null);
    }

    private String text(String query, Object key) {
        return layers.query(query).map(asked -> text(asked, key)).orElseGet(key::toString);
    }

    @SuppressWarnings("unchecked") // an event of a query has one of its keys
    private static <K> String text(Layers.Asked<K, ?> asked, Object key) {
        try {
            return asked.text((K) key);
        } catch (OrreryException unnamed) {
            return key.toString();
        }
    }
}
