package dev.orrery.query;

import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot has of its own from its first write on: a branch of the timeline, a runtime on
 * it, and for each cell it touches a cell of its own, adopted from the parent once. // law Q15
 *
 * <p>It reads the parent at one held revision and writes nothing to it. Thread-safe.
 */
final class Branch implements Adoption {
    final Engine engine;
    private final Engine parent;
    private final Held begin;
    private final Map<Of, Node> nodes = new ConcurrentHashMap<>();

    /** The snapshot that made it, and those made of that since. */
    private final AtomicInteger holders = new AtomicInteger(1);

    private record Of(Definition<?, ?> definition, Object key) {}

    /** A branch off a held revision, which it lets go of in the end. */
    Branch(Held begin) {
        this.begin = begin;
        this.parent = begin.engine();
        this.engine = new Engine(parent, this, parent.timeline.branch(begin.pin()));
    }

    /** A revision of a runtime that is held: a snapshot's, until it has a branch of its own. */
    record Held(Engine engine, Pin pin) implements AutoCloseable {
        static Held newest(Engine engine) {
            engine.hold();
            return new Held(engine, engine.timeline.pin());
        }

        /** Another hold on the same revision. */
        Held again() {
            engine.hold();
            return new Held(engine, engine.timeline.pin(pin));
        }

        Revision revision() {
            return pin.revision();
        }

        @Override
        public void close() {
            pin.close();
            engine.drainAfterSnapshot();
            engine.letGo();
        }
    }

    void hold() {
        holders.incrementAndGet();
    }

    void letGo() {
        if (holders.decrementAndGet() == 0) {
            engine.root.branches.remove(engine.timeline);
            begin.close();
        }
    }

    // cells

    Node node(Definition<?, ?> definition, Object key) {
        Of of = new Of(definition, key);
        Node node = nodes.get(of);
        return node != null
                ? node
                : nodes.computeIfAbsent(of, _ -> engine.newNode(definition, key));
    }

    @Nullable Node find(Definition<?, ?> definition, Object key) {
        return nodes.get(new Of(definition, key));
    }

    /** Every own node of a query; for the sweep. */
    List<Node> nodes(Definition<?, ?> definition) {
        return nodes.values().stream().filter(node -> node.definition == definition).toList();
    }

    @Override
    public @Nullable Memo baseline(Node node) { // law Q21
        Node known = parent.find(node.definition, node.key);
        if (known == null) {
            return null;
        }
        boolean newest = engine.faults.has(Fault.ADOPTED_NEWEST);
        Memo memo = newest ? known.memo : known.at(begin.revision().number());
        if (memo == null || memo.changedAt() == Memo.PRIVATE) {
            return null; // a private result does not say what it rests on
        }
        Cell[] read = Arrays.stream(memo.dependencies).map(this::own).toArray(Cell[]::new);
        long first = begin.revision().number() + 1;
        long until = engine.faults.has(Fault.ADOPTED_TOO_FAR) ? first + 1 : first;
        return memo.baseline(until, read);
    }

    private Cell own(Cell cell) {
        return switch (cell) {
            case Node node -> node(node.definition, node.key);
            case Leaf leaf -> engine.sources.own(leaf);
        };
    }
}
