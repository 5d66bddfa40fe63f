package dev.orrery.query;

import dev.orrery.core.Revision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows why something was looked into, from a result down to a fact, over what each result on the
 * way remembers of its last run. Stateless. // law Q42
 */
final class Causes {
    private static final int MOST_STEPS = 1_000;

    private Causes() {}

    /** The way from a result to the root of what its last flight was for. */
    static List<Explanation.Step> of(Node result, Reason why) {
        List<Explanation.Step> path = new ArrayList<>();
        Node node = result;
        Reason reason = why;
        while (path.size() < MOST_STEPS) {
            Cell cause = cause(node, reason);
            if (cause == null) {
                break;
            }
            Reason next = cause instanceof Node child ? child.reason() : null;
            if (next != null && next.revision() > reason.revision()) {
                next = null; // it tells of something later
            }
            add(path, step(cause, reason, next));
            if (next == null) {
                break;
            }
            node = (Node) cause;
            reason = next;
        }
        return List.copyOf(path);
    }

    /** A set and what it is read from have one name, and are told once. */
    private static void add(List<Explanation.Step> path, Explanation.Step step) {
        if (path.isEmpty() || !path.getLast().dependency().equals(step.dependency())) {
            path.add(step);
        }
    }

    /** What made a result be looked into: what changed, or what only seemed to. */
    private static @Nullable Cell cause(Node node, Reason reason) {
        return switch (reason.verdict()) {
            case CHANGED -> reason.because();
            case SPARED -> lookedInto(node, reason.revision());
            case NEVER_ASKED, FIRST, RETRIED -> null;
        };
    }

    /** The first dependency that was itself looked into when a result was verified. */
    private static @Nullable Cell lookedInto(Node node, long revision) {
        Memo memo = node.memo;
        if (memo == null) {
            return null;
        }
        for (Cell cell : memo.dependencies) {
            Reason reason = cell instanceof Node child ? child.reason() : null;
            if (reason != null && reason.revision() == revision) {
                return cell;
            }
        }
        return null;
    }

    private static Explanation.Step step(Cell cause, Reason reader, @Nullable Reason own) {
        Dependency dependency = Dependency.of(cause);
        if (reader.verdict() == Explanation.Verdict.CHANGED) {
            return new Explanation.Step(
                    dependency, Explanation.How.CHANGED, new Revision(reader.becauseAt()));
        }
        boolean spared = own != null && own.verdict() == Explanation.Verdict.SPARED;
        return new Explanation.Step(
                dependency,
                spared ? Explanation.How.SPARED : Explanation.How.EQUAL,
                new Revision(reader.revision()));
    }
}
