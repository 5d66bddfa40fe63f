package dev.orrery.query;

import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.Revision;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a commit does to results: it closes those that stand on what changed, over the edges armed
 * since the last mark, and visits nothing else. // law Q14
 *
 * <p>Runs under the commit lock, so one mark at a time. Holds one cell's monitor at a time.
 */
final class Mark implements CommitHook {
    private final Engine engine;
    private final Walk walk = new Walk();

    /** What this commit does, to be told once it is published; null when nobody wants to know. */
    private @Nullable List<QueryEvent> told;

    Mark(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void mark(Commit commit) { // law Q2
        long revision = commit.revision().number();
        engine.remembered.marking(revision);
        if (engine.isRoot() && engine.events.wantsCommits()) {
            engine.events.collect(revision);
            told = written(commit);
        }
        if (!engine.faults.has(Fault.MARKED_AFTER_PUBLISHING)) {
            walk(commit);
        }
        engine.remembered.marked(revision);
    }

    private List<QueryEvent> written(Commit commit) {
        List<QueryEvent> events = new ArrayList<>();
        events.add(new QueryEvent.Committed(commit.revision(), commit.cause()));
        for (ChangeSet<?, ?> changes : commit.changes()) {
            if (changes.source() instanceof Input || engine.sources.knows(changes.source())) {
                changes.forEach(change -> events.add(written(changes, change)));
            }
        }
        return events;
    }

    private static QueryEvent written(ChangeSet<?, ?> changes, Change<?, ?> change) {
        String source = changes.source().name();
        return change.after().isPresent()
                ? new QueryEvent.Written(changes.revision(), source, change.key())
                : new QueryEvent.Removed(changes.revision(), source, change.key());
    }

    private void walk(Commit commit) {
        long revision = commit.revision().number();
        long horizon = engine.timeline.horizon();
        commit.forEachAttached(attached -> {
            if (attached instanceof Leaf leaf && leaf.sources == engine.sources) {
                changed(leaf, leaf.subject, revision, horizon);
            }
        });
        for (ChangeSet<?, ?> changes : commit.changes()) {
            if (changes.source() == engine.forgotten) {
                forget(changes, revision);
            } else {
                markSources(changes, revision, horizon);
            }
        }
        walk.go(this, revision);
    }

    private void forget(ChangeSet<?, ?> changes, long revision) {
        for (Change<?, ?> change : changes) {
            if (change.key() instanceof Node node) {
                if (told != null) {
                    walk.root = Dependency.of(node);
                }
                marked(node, revision, node.forget(revision, engine.faults, walk));
            }
        }
    }

    private <K, V> void markSources(ChangeSet<K, V> changes, long revision, long horizon) {
        engine.sources.touched(
                changes.source(), changes, (leaf, key) -> changed(leaf, key, revision, horizon));
    }

    private void changed(Leaf leaf, Object key, long revision, long horizon) {
        if (told != null) {
            walk.root = new Dependency(Dependency.Kind.KEY, leaf.source.name(), key);
        }
        leaf.change(revision, horizon, walk);
    }

    /** A mark comes over an edge. */
    void arrive(Node reader, Cell from, int position, long revision) {
        marked(reader, revision, reader.mark(from, position, revision, engine.faults, walk));
    }

    private void marked(Node node, long revision, Node.Marked how) {
        switch (how) {
            case NO_MORE -> {}
            case CLOSED -> close(node, revision);
            case CLOSED_AND_WATCHED -> {
                close(node, revision);
                engine.watches.marked(node);
            }
        }
    }

    private void close(Node node, long revision) {
        node.definition.counts.mark(engine.isRoot());
        Dependency cause = walk.root;
        if (told != null && cause != null && node.definition.isTold) {
            told.add(
                    new QueryEvent.Invalidated(
                            node.definition.name, node.key, new Revision(revision), cause));
        }
    }

    @Override
    public void published(Commit commit) {
        if (engine.faults.has(Fault.MARKED_AFTER_PUBLISHING)) {
            walk(commit);
        }
        List<QueryEvent> events = told;
        if (events != null) {
            told = null;
            engine.events.committed(events);
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
