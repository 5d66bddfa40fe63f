package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The values of a circle through queries that say where it starts, at one revision: its bodies run
 * in rounds, each with the values of the round before, until a round changes none. // law Q26
 *
 * <p>Confined to the thread that found the circle.
 */
final class FixedPoint {
    /*
     * Nothing provisional leaves this: bodies run here apart from all flights, so nobody waits for
     * them and they wait for nobody, whatever thread the rest of the circle is in. What comes out is
     * one result, of the node that is asked for, which rests on whatever was read outside the circle
     * by any of its members. It becomes that node's live memo while flights of the circle are still
     * under way. They find it there, and are ordinary flights of a graph without that circle.
     */
    private static final int ROUNDS = 200;

    private static final Comparator<Node> BY_NAME_AND_KEY =
            Comparator.<Node, String>comparing(node -> node.definition.name)
                    .thenComparing(node -> String.valueOf(node.key));

    private final Context context;
    private final Map<Node, Member> members = new HashMap<>();
    private final List<Member> running = new ArrayList<>();
    private int round;

    /** Whether this round changed a value that was read before it was known. */
    private boolean changed;

    /** A node whose body runs here. */
    private static final class Member {
        final Node node;

        /** The newest value; null before there is one. */
        @Nullable Memo known;

        /** The round of that value; zero when it is what the circle starts from. */
        int round;

        int activations;
        boolean wasAwaited;

        /** Whether the value may change in the next round. */
        boolean isProvisional;

        final Set<Cell> reads = new LinkedHashSet<>();
        final Set<Member> parts = new LinkedHashSet<>();
        long from;
        boolean isPrivate;

        Member(Node node) {
            this.node = node;
        }

        void begin() {
            if (activations++ == 0) {
                isProvisional = false;
                reads.clear();
                parts.clear();
                from = 0;
                isPrivate = false;
            }
        }
    }

    private FixedPoint(Context context) {
        this.context = context;
    }

    /**
     * Gives a value to a circle that waiting for a flight would close, if a query on it says where
     * to start: to the first such that has none yet, and at last to what is waited for.
     *
     * @return false when none does, so that the circle is an error
     */
    static boolean resolve(Context context, Flight wanted) {
        List<Node> circle = context.engine.waits.path(context.strand, wanted);
        if (circle.stream().noneMatch(node -> node.definition.options.initial() != null)) {
            return false;
        }
        Node head =
                circle.stream()
                        .filter(node -> node.definition.options.initial() != null)
                        .filter(node -> node.valueAt(context.revision) == null)
                        .min(BY_NAME_AND_KEY)
                        .orElse(wanted.node);
        new FixedPoint(context).settle(head);
        return true;
    }

    private void settle(Node head) {
        Member result = new Member(head);
        members.put(head, result);
        Memo value;
        context.evaluation = this;
        try {
            value = converge(result);
        } finally {
            context.evaluation = null;
        }
        Member whole = new Member(head);
        gather(result, whole, new LinkedHashSet<>());
        Cell[] read = whole.reads.toArray(Cell[]::new);
        Settle.aside(context, head, value, read, whole.from, whole.isPrivate);
    }

    private Memo converge(Member head) {
        for (round = 1; round <= ROUNDS; round++) {
            changed = false;
            Memo value = evaluate(head);
            if (!changed) {
                return value;
            }
        }
        Node node = head.node;
        OrreryException.LimitExceeded limit =
                new OrreryException.LimitExceeded("rounds of " + node.label(), ROUNDS, ROUNDS + 1);
        return failed(new OrreryException.UserFailure(node.definition.name, node.key, limit));
    }

    /** Everything read outside the circle by a member and those it read. */
    private static void gather(Member member, Member whole, Set<Member> seen) {
        List<Member> open = new ArrayList<>(List.of(member));
        while (!open.isEmpty()) {
            Member next = open.removeLast();
            if (seen.add(next)) {
                whole.reads.addAll(next.reads);
                whole.from = Math.max(whole.from, next.from);
                whole.isPrivate |= next.isPrivate;
                open.addAll(next.parts);
            }
        }
    }

    // reads of the bodies

    /** Reads what stays for ever from a revision on. */
    void holdsSince(long from) {
        Member reader = running.getLast();
        reader.from = Math.max(reader.from, from);
    }

    /** Reads a key or a set of a source. */
    void read(Leaf leaf) {
        Member reader = running.getLast();
        reader.reads.add(leaf);
        reader.from = Math.max(reader.from, leaf.since(context.revision));
    }

    /** Reads a result: one that is there, one of a member, or one that becomes a member. */
    Memo read(Node node) {
        Member reader = running.getLast();
        Member member = members.get(node);
        if (member == null) {
            Memo ready = node.valueAt(context.revision);
            if (ready != null) {
                reader.reads.add(node);
                reader.from = Math.max(reader.from, ready.from);
                reader.isPrivate |= ready.changedAt() == Memo.PRIVATE;
                return ready;
            }
            member = new Member(node);
            members.put(node, member);
        }
        reader.parts.add(member);
        Memo value = value(member);
        reader.isProvisional |= member.isProvisional || member.activations > 0;
        return value;
    }

    private Memo value(Member member) {
        Memo known = member.known;
        boolean isEvaluated = member.activations == 0 && member.round > 0;
        if (known != null && isEvaluated && (member.round == round || !member.isProvisional)) {
            return known;
        }
        Function<Object, ?> initial = member.node.definition.options.initial();
        if (member.activations > 0 && initial != null) {
            member.wasAwaited = true;
            if (known == null) {
                known = Memo.only(context.revision, initial.apply(member.node.key), false);
                member.known = known;
            }
            return known;
        }
        if (member.activations > 0) {
            checkStarted(member);
        }
        return evaluate(member);
    }

    /** A member that is running may run again only when the way back to it starts somewhere. */
    private void checkStarted(Member member) {
        List<Node> circle =
                running.subList(running.lastIndexOf(member), running.size()).stream()
                        .map(each -> each.node)
                        .toList();
        if (circle.stream().noneMatch(node -> node.definition.options.initial() != null)) {
            throw Waits.cycle(circle);
        }
    }

    private Memo evaluate(Member member) {
        member.begin();
        running.add(member);
        Memo value;
        try {
            value = run(member.node);
        } finally {
            running.removeLast();
            member.activations--;
        }
        Memo before = member.known;
        if (member.wasAwaited && (before == null || !isSame(member.node, before, value))) {
            changed = true;
        }
        member.known = value;
        member.round = round;
        return value;
    }

    private Memo run(Node node) {
        node.definition.counts.computed(context.strand.placeIn(node.definition.engine));
        try {
            return Memo.only(context.revision, node.definition.compute(node.key), false);
        } catch (OrreryException.Cancelled inside) {
            context.cancelled = true;
            Thread.currentThread().interrupt();
            throw inside;
        } catch (RuntimeException | StackOverflowError thrown) {
            return failed(Execute.failure(node, thrown));
        }
    }

    private Memo failed(OrreryException failure) {
        return Memo.only(context.revision, failure, true);
    }

    private static boolean isSame(Node node, Memo before, Memo now) {
        if (before.failed || now.failed) {
            return before.failed && now.failed && Outcomes.sameFailure(before.value, now.value);
        }
        return node.definition.same(before.value, now.value);
    }
}
