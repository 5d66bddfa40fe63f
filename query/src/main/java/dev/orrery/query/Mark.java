package dev.orrery.query;

import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a commit does to results: it closes those that stand on what changed, over the edges armed
 * since the last mark, and visits nothing else. // law Q14
 *
 * <p>Runs under the commit lock, so one mark at a time. Holds one cell's monitor at a time.
 */
final class Mark implements CommitHook {
    private final Engine engine;
    private final Deque<Node> closed = new ArrayDeque<>();

    Mark(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void mark(Commit commit) { // law Q2
        long revision = commit.revision().number();
        engine.remembered.marking(revision);
        if (!engine.faults.has(Fault.MARKED_AFTER_PUBLISHING)) {
            walk(commit);
        }
        engine.remembered.marked(revision);
    }

    private void walk(Commit commit) {
        VarHandle.fullFence(); // all is installed; now look for leaves (see Leaf)
        long revision = commit.revision().number();
        long horizon = engine.timeline.oldestPinned().number();
        for (ChangeSet<?, ?> changes : commit.changes()) {
            if (changes.source() == engine.forgotten) {
                forget(changes, revision);
            } else {
                markSources(changes, revision, horizon);
            }
        }
        for (Node node = closed.poll(); node != null; node = closed.poll()) {
            Edges edges;
            synchronized (node) {
                edges = node.takeEdges();
            }
            travel(node, edges, revision);
        }
    }

    private void forget(ChangeSet<?, ?> changes, long revision) {
        for (Change<?, ?> change : changes) {
            if (change.key() instanceof Node node) {
                marked(node, node.forget(revision, engine.faults));
            }
        }
    }

    private <K, V> void markSources(ChangeSet<K, V> changes, long revision, long horizon) {
        engine.sources.touched(
                changes.source(),
                changes,
                leaf -> travel(leaf, leaf.change(revision, horizon), revision));
    }

    private void travel(Cell from, @Nullable Edges edges, long revision) {
        if (edges != null) {
            edges.forEach((reader, position) -> arrive(reader, from, position, revision));
        }
    }

    private void arrive(Node reader, Cell from, int position, long revision) {
        marked(reader, reader.mark(from, position, revision, engine.faults));
    }

    private void marked(Node node, Node.Marked how) {
        switch (how) {
            case NO_MORE -> {}
            case CLOSED -> close(node);
            case CLOSED_AND_WATCHED -> {
                close(node);
                engine.watches.marked(node);
            }
        }
    }

    private void close(Node node) {
        node.definition.counts.mark();
        if (!engine.faults.has(Fault.MARK_STOPS_EARLY)) {
            closed.add(node);
        }
    }

    @Override
    public void published(Commit commit) {
        if (engine.faults.has(Fault.MARKED_AFTER_PUBLISHING)) {
            walk(commit);
        }
        engine.drainAfterCommit();
        engine.remembered.published();
        if (engine.isRoot()) {
            engine.watches.published(commit.revision().number());
        }
    }

    @Override
    public String toString() {
        return "the query runtime";
    }
}
