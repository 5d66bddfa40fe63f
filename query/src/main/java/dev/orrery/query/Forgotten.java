package dev.orrery.query;

import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;

/** Which results users forgot, as a source: forgetting is a commit, so it has its revision. */
final class Forgotten extends LocalRelation<Node, Object> {
    Forgotten(Timeline timeline) {
        super(timeline, "forgotten results");
    }

    void add(Node node) {
        timeline().transact("forget", transaction -> transaction.put(this, node, new Object()));
    }

    @Override
    public Row toRow(Node node, Object occasion) {
        return Row.of("result", node.label());
    }
}
