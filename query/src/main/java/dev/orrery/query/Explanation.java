package dev.orrery.query;

import dev.orrery.core.Revision;
import java.util.List;
import java.util.Optional;

/**
 * Why a result was computed when it last was looked into, or why it did not have to be, and what it
 * stands on. Immutable.
 *
 * @param query the query's name
 * @param key the key asked about
 * @param verdict what happened
 * @param revision the revision it happened at; zero when it was never asked for
 * @param because the dependency whose change made the body run
 * @param reads what the remembered result has read, in order
 * @param path how it came to that, from a dependency of this result down to the fact whose change
 *     was at the root; shorter when something on it has been looked into again since, or is more
 *     than 1,000 steps away
 */
public record Explanation(
        String query,
        Object key,
        Verdict verdict,
        Revision revision,
        Optional<Dependency.Changed> because,
        List<String> reads,
        List<Step> path) {
    /**
     * One step on the way to the root of a cause.
     *
     * @param at the revision since which it has another value; for an equal one that of the run
     */
    public record Step(Dependency dependency, How how, Revision at) {
        @Override
        public String toString() {
            return dependency + " " + how.text + " at " + at;
        }
    }

    /** What a step on the way to a root tells. */
    public enum How {
        /** It has another value. */
        CHANGED("changed"),
        /** It was computed again, and has the value it had. */
        EQUAL("came out equal"),
        /** It was not computed, since what it reads has the values it had. */
        SPARED("was spared");

        private final String text;

        How(String text) {
            this.text = text;
        }
    }

    /** What happened the last time a result was not simply there. */
    public enum Verdict {
        /** Nobody has asked for it. */
        NEVER_ASKED,
        /** Nothing was remembered that could be verified. */
        FIRST,
        /** Something it reads had changed in value. */
        CHANGED,
        /** The last run failed, and failures are tried again in each revision. */
        RETRIED,
        /** Something below had changed, but everything it reads still has the same value. */
        SPARED
    }

    static Explanation of(Definition<?, ?> definition, Object key, Node node) {
        Reason reason = node.reason();
        Memo memo = node.memo;
        List<String> reads =
                memo == null
                        ? List.of()
                        : java.util.Arrays.stream(memo.dependencies).map(Cell::label).toList();
        if (reason == null) {
            return neverAsked(definition, key);
        }
        Cell because = reason.because();
        return new Explanation(
                definition.name,
                key,
                reason.verdict(),
                new Revision(reason.revision()),
                because == null
                        ? Optional.empty()
                        : Optional.of(
                                new Dependency.Changed(
                                        Dependency.of(because), new Revision(reason.becauseAt()))),
                reads,
                Causes.of(node, reason));
    }

    static Explanation neverAsked(Definition<?, ?> definition, Object key) {
        return new Explanation(
                definition.name,
                key,
                Verdict.NEVER_ASKED,
                new Revision(0),
                Optional.empty(),
                List.of(),
                List.of());
    }

    @Override
    public String toString() {
        String what =
                switch (verdict) {
                    case NEVER_ASKED -> "was never asked for";
                    case FIRST -> "ran at " + revision + " for the first time";
                    case CHANGED -> "ran at " + revision + since(0);
                    case RETRIED -> "ran at " + revision + ", since it had failed before";
                    case SPARED ->
                            "was spared at "
                                    + revision
                                    + ", since what it reads is unchanged"
                                    + (path.isEmpty() ? "" : ": " + path.getFirst() + since(1));
                };
        return Definition.label(query, key) + " " + what + "; reads " + reads;
    }

    private String since(int first) {
        StringBuilder text = new StringBuilder();
        path.subList(Math.min(first, path.size()), path.size())
                .forEach(step -> text.append(", since ").append(step));
        return text.toString();
    }
}
