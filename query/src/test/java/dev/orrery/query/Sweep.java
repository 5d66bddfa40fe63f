package dev.orrery.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks laws Q4, Q5 and Q10 for the whole graph while nothing happens. */
final class Sweep {
    private final Map<Cell, Integer> edges = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Engine engine;

    Sweep(Engine engine) {
        this.engine = engine;
        engine.definitions.values().forEach(d -> engine.nodes(d).forEach(nodes::add));
        engine.nodes(engine.sets.definition()).forEach(nodes::add);
    }

    void check(long newest) {
        for (Node node : nodes) {
            checkIdle(node);
            Memo live = node.memo;
            if (live != null) {
                checkEdges(node, live);
                boolean stays = !live.failed || live.isEmptied() || engine.isDeclared(live.value);
                check(stays || !live.isOpen(), "law Q16: a failure sticks: " + node);
                check(!live.mustRun || !live.isOpen(), "law Q24: not to be run: " + node);
                if (live.isOpen()) {
                    checkGround(node, live, newest);
                }
            }
        }
        edges.forEach((cell, count) ->
                check(cell.armed() == count, "law Q4: stray edges of " + cell.label()));
        for (Node node : nodes) {
            Memo live = node.memo;
            if (live == null || !live.isOpen()) {
                check(node.armed() == 0, "law Q5: armed readers of the suspect " + node);
            }
        }
    }

    private static void checkIdle(Node node) {
        synchronized (node) {
            check(node.flightOfOthers(new Strand()) == null, "law Q10: a flight at " + node);
        }
    }

    private void checkEdges(Node node, Memo live) {
        for (int i = 0; i < live.dependencies.length; i++) {
            Cell child = live.dependencies[i];
            boolean armed = child.isArmed(node, i);
            check(
                    armed != node.isSuspect(i),
                    "law Q4: position " + i + " of " + node + (armed ? " both" : " neither"));
            edges.merge(child, armed ? 1 : 0, Integer::sum);
        }
    }

    private static void checkGround(Node node, Memo live, long newest) {
        for (Cell child : live.dependencies) {
            boolean firm =
                    switch (child) {
                        case Leaf leaf -> leaf.isNewestAt(newest);
                        case Node below -> below.memo != null && below.memo.isOpen();
                    };
            check(firm, "law Q5: " + node + " is open and stands on " + child);
        }
    }

    private static void check(boolean holds, String law) {
        if (!holds) {
            throw new AssertionError(law);
        }
    }
}
