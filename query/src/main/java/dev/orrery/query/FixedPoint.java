package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
     *
     * What a member reads and nobody knows yet becomes a member, too. It is verified before it runs,
     * as in any flight. When its value rests on nothing provisional it is on no circle, and is settled
     * by itself: the circle rests on it then, and not on what it has read, so that an equal value
     * of it spares the circle.
     */
    private static final int ROUNDS = 200;

    private static final Comparator<Node> BY_NAME_AND_KEY =
            Comparator.<Node, String>comparing(node -> node.definition.name)
                    .thenComparing(node -> String.valueOf(node.key));

    private final Context context;
    private final Map<Node, Member> members = new HashMap<>();
    private final List<Member> running = new ArrayList<>();
    private int round;

    /** How many reads there were outside the circle. */
    private int order;

    /** Whether this round changed a value that was read before it was known. */
    private boolean changed;

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
        Member result = member(head);
        context.evaluation = this;
        try {
            if (!holds(result)) {
                result.known = converge(result);
            }
        } finally {
            context.evaluation = null;
        }
        if (!result.isSettled) {
            Settle.aside(context, result.whole());
        }
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

    // reads of the bodies

    /** Reads what stays for ever from a revision on. */
    void holdsSince(long from) {
        running.getLast().holdsSince(from);
    }

    /** Reads a key or a set of a source. */
    void read(Leaf leaf) {
        running.getLast().read(leaf, order++, leaf.since(context.revision));
    }

    /** Reads a result: one that is there, one of a member, or one that becomes a member. */
    Memo read(Node node) {
        Member reader = running.getLast();
        int place = order++;
        Memo ready = ready(node);
        if (ready != null) {
            reader.read(node, place, ready);
            return ready;
        }
        Member member = member(node);
        reader.isProvisional |= member.activations > 0; // also when this throws
        Memo value = value(member);
        if (member.isSettled) {
            reader.read(node, place, value);
        } else {
            reader.read(member);
        }
        return value;
    }

    /** A value that is there outside the circle. */
    private @Nullable Memo ready(Node node) {
        Member member = members.get(node);
        if (member != null) {
            return member.isSettled ? member.known : null;
        }
        return node.valueAt(context.revision);
    }

    private Member member(Node node) {
        Member known = members.get(node);
        if (known == null) {
            if (node.isDormant()) {
                context.engine.adopt(node);
            }
            known = new Member(node);
            members.put(node, known);
        }
        return known;
    }

    private Memo value(Member member) {
        if (member.activations > 0) {
            return awaited(member);
        }
        boolean isNew = member.round == 0;
        if (isNew && holds(member)) {
            return known(member);
        }
        boolean isEvaluated = member.round > 0; // perhaps while it was verified
        if (isEvaluated && (member.round == round || !member.isProvisional)) {
            return known(member);
        }
        return evaluate(member);
    }

    private static Memo known(Member member) {
        Memo known = member.known;
        if (known == null) {
            throw new IllegalStateException("law Q26: no value of " + member.node.label());
        }
        return known;
    }

    /** What a body reads of a member whose body is running. */
    private Memo awaited(Member member) {
        Function<Object, ?> initial = member.node.definition.options.initial();
        if (initial == null) {
            checkStarted(member);
            return evaluate(member);
        }
        member.wasAwaited = true;
        Memo known = member.known;
        if (known == null) {
            known = Memo.only(context.revision, initial.apply(member.node.key), false);
            member.known = known;
        }
        return known;
    }

    /** A member that is running may run again only when the way back to it starts somewhere. */
    private void checkStarted(Member member) {
        List<Member> circle = running.subList(running.lastIndexOf(member), running.size());
        if (circle.stream().noneMatch(each -> each.node.definition.options.initial() != null)) {
            OrreryException.Cycle cycle =
                    Waits.cycle(circle.stream().map(each -> each.node).toList());
            circle.forEach(each -> each.fail(cycle));
            throw cycle;
        }
    }

    // results of before

    /**
     * Whether a member has the result that it had, since nothing below it has changed: then it is
     * settled and its body need not run. // law Q14
     */
    private boolean holds(Member member) {
        Doubt doubt = member.isVerifying ? null : Doubt.of(member.node, context.revision);
        if (doubt == null) {
            return false;
        }
        member.isVerifying = true;
        try {
            for (int position : doubt.suspects()) {
                if (!holds(doubt, position)) {
                    return false;
                }
            }
        } finally {
            member.isVerifying = false;
        }
        Memo memo = Settle.clean(context, member.node, doubt);
        if (memo == null || memo.isEmptied()) {
            return false;
        }
        member.settle(memo);
        return true;
    }

    private boolean holds(Doubt doubt, int position) {
        return switch (doubt.baseline().dependencies[position]) {
            case Leaf leaf -> doubt.isClearedBy(leaf, position, context);
            case Node child -> {
                Memo memo = outside(child);
                yield memo != null && doubt.isClearedBy(memo, position, context);
            }
        };
    }

    /** The result of a node that is on no circle; null when it may be on this one. */
    private @Nullable Memo outside(Node node) {
        Memo ready = members.containsKey(node) ? ready(node) : node.at(context.revision);
        if (ready != null) {
            return ready;
        }
        Member member = member(node);
        if (member.activations > 0 || member.isVerifying) {
            return null;
        }
        value(member);
        return ready(node);
    }

    // runs

    private Memo evaluate(Member member) {
        member.begin();
        running.add(member);
        Memo value;
        try {
            value = run(member);
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
        if (member.activations == 0 && !member.isProvisional) {
            member.settle(Settle.aside(context, member));
        }
        return known(member);
    }

    private Memo run(Member member) {
        Node node = member.node;
        if (!node.definition.options.tracked()) {
            member.passes();
        }
        Memo value = run(node);
        OrreryException.Cycle cycle = member.cycle();
        if (cycle != null) {
            value = failed(cycle);
        }
        if (value.failed && !context.engine.isDeclared(value.value)) {
            member.passes();
        }
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
