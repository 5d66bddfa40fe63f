package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A regular expression that is matched in time linear in the text, whatever the expression and the
 * text are: all its states are followed at once (Thompson 1968). Immutable, thread-safe.
 *
 * <p>The whole text must match. Known are: characters, {@code .}, classes as {@code [a-z0-9_-]} and
 * {@code [^x]}, {@code \d \w \s} and their opposites, escapes, groups, {@code |}, {@code * + ?} and
 * {@code {n,m}} up to 1,000, {@code ^} and {@code $}. Groups do not capture and nothing looks back
 * or ahead.
 */
final class TextPattern { // law G14
    private static final int MOST_REPEATS = 1_000;
    private static final int MOST_STATES = 10_000;
    private static final int DEEPEST = 100;

    /** A state: one of the kinds below, and where it goes. */
    private static final class State {
        final Kind kind;
        final IntPredicate accepts;
        int next = -1;
        int other = -1;

        State(Kind kind, IntPredicate accepts) {
            this.kind = kind;
            this.accepts = accepts;
        }
    }

    private enum Kind {
        CHARACTER,
        SPLIT,
        BEGIN,
        END,
        MATCH
    }

    private final String expression;
    private final List<State> states = new ArrayList<>();
    private final int start;

    private TextPattern(String expression) {
        this.expression = expression;
        Parser parser = new Parser();
        Node tree = parser.alternatives(0);
        if (parser.at < parser.points.length) {
            throw parser.wrong("has a ) too many");
        }
        int match = state(Kind.MATCH, _ -> false);
        this.start = compile(tree, match);
    }

    /**
     * The pattern of an expression.
     *
     * @throws Invalid when it is none, or beyond the limits
     */
    static TextPattern of(String expression) {
        return new TextPattern(expression);
    }

    /** Whether the whole of a text matches. */
    boolean matches(String text) {
        int[] points = text.codePoints().toArray();
        var current = new Active(states.size());
        var following = new Active(states.size());
        follow(start, 0, points.length, current);
        for (int at = 0; at < points.length && current.count > 0; at++) {
            following.clear();
            for (int i = 0; i < current.count; i++) {
                State state = states.get(current.numbers[i]);
                if (state.kind == Kind.CHARACTER && state.accepts.test(points[at])) {
                    follow(state.next, at + 1, points.length, following);
                }
            }
            var spare = current;
            current = following;
            following = spare;
        }
        for (int i = 0; i < current.count; i++) {
            if (states.get(current.numbers[i]).kind == Kind.MATCH) {
                return true;
            }
        }
        return false;
    }

    /** A set of states that is cleared at no cost. */
    private static final class Active {
        final int[] numbers;
        final int[] place;
        final int[] stack;
        int count;

        Active(int states) {
            numbers = new int[states];
            place = new int[states];
            stack = new int[2 * states + 2];
        }

        void clear() {
            count = 0;
        }

        boolean add(int number) {
            if (place[number] < count && numbers[place[number]] == number) {
                return false;
            }
            place[number] = count;
            numbers[count++] = number;
            return true;
        }
    }

    /** Adds a state and everything that is reached from it without a character. */
    private void follow(int from, int at, int length, Active active) {
        int depth = 0;
        active.stack[depth++] = from;
        while (depth > 0) {
            int number = active.stack[--depth];
            if (!active.add(number)) {
                continue;
            }
            State state = states.get(number);
            boolean passes =
                    state.kind == Kind.SPLIT
                            || (state.kind == Kind.BEGIN && at == 0)
                            || (state.kind == Kind.END && at == length);
            if (passes) {
                active.stack[depth++] = state.next;
                if (state.other >= 0) {
                    active.stack[depth++] = state.other;
                }
            }
        }
    }

    // ---- compiling

    private int state(Kind kind, IntPredicate accepts) {
        if (states.size() == MOST_STATES) {
            throw new Invalid("pattern", "is not too long", expression);
        }
        states.add(new State(kind, accepts));
        return states.size() - 1;
    }

    private int split(int next, int other) {
        int split = state(Kind.SPLIT, _ -> false);
        states.get(split).next = next;
        states.get(split).other = other;
        return split;
    }

    private int single(Kind kind, IntPredicate accepts, int next) {
        int single = state(kind, accepts);
        states.get(single).next = next;
        return single;
    }

    /** The state that begins a tree and goes on to another state behind it. */
    private int compile(Node tree, int next) {
        return switch (tree) {
            case Node.One(var kind, var accepts) -> single(kind, accepts, next);
            case Node.Sequence(var parts) -> {
                int begin = next;
                for (Node part : parts.reversed()) {
                    begin = compile(part, begin);
                }
                yield begin;
            }
            case Node.Either(var left, var right) ->
                    split(compile(left, next), compile(right, next));
            case Node.Repeat(var part, var least, var most) -> repeat(part, least, most, next);
        };
    }

    private int repeat(Node part, int least, int most, int next) {
        int begin = next;
        if (most < 0) {
            int loop = split(-1, next);
            states.get(loop).next = compile(part, loop);
            begin = loop;
        } else {
            for (int i = least; i < most; i++) {
                begin = split(compile(part, begin), next);
            }
        }
        for (int i = 0; i < least; i++) {
            begin = compile(part, begin);
        }
        return begin;
    }

    /** An expression as a tree. */
    private sealed interface Node {
        record One(Kind kind, IntPredicate accepts) implements Node {}

        record Sequence(List<Node> parts) implements Node {}

        record Either(Node left, Node right) implements Node {}

        /** The greatest number is -1 where there is none. */
        record Repeat(Node part, int least, int most) implements Node {}
    }

    private final class Parser {
        final int[] points = expression.codePoints().toArray();
        int at;

        Invalid wrong(String what) {
            return new Invalid("pattern", what + " at character " + at, expression);
        }

        private boolean take(int point) {
            if (at < points.length && points[at] == point) {
                at++;
                return true;
            }
            return false;
        }

        Node alternatives(int depth) {
            if (depth > DEEPEST) {
                throw wrong("nests too deep");
            }
            Node left = sequence(depth);
            while (take('|')) {
                left = new Node.Either(left, sequence(depth));
            }
            return left;
        }

        private Node sequence(int depth) {
            List<Node> parts = new ArrayList<>();
            while (at < points.length && points[at] != '|' && points[at] != ')') {
                parts.add(repeated(depth));
            }
            return new Node.Sequence(parts);
        }

        private Node repeated(int depth) {
            Node part = one(depth);
            while (at < points.length) {
                if (take('*')) {
                    part = new Node.Repeat(part, 0, -1);
                } else if (take('+')) {
                    part = new Node.Repeat(part, 1, -1);
                } else if (take('?')) {
                    part = new Node.Repeat(part, 0, 1);
                } else if (take('{')) {
                    part = counted(part);
                } else {
                    return part;
                }
            }
            return part;
        }

        private Node counted(Node part) {
            int least = number();
            int most = least;
            if (take(',')) {
                most = at < points.length && points[at] == '}' ? -1 : number();
            }
            if (!take('}') || (most >= 0 && most < least)) {
                throw wrong("has a count that is none");
            }
            return new Node.Repeat(part, least, most);
        }

        private int number() {
            int begin = at;
            int number = 0;
            while (at < points.length && points[at] >= '0' && points[at] <= '9') {
                number = number * 10 + points[at++] - '0';
                if (number > MOST_REPEATS) {
                    throw wrong("repeats more than " + MOST_REPEATS + " times");
                }
            }
            if (at == begin) {
                throw wrong("lacks a number");
            }
            return number;
        }

        private Node one(int depth) {
            int point = points[at++];
            return switch (point) {
                case '(' -> {
                    if (take('?') && !take(':')) {
                        throw wrong("has a group of an unknown kind");
                    }
                    Node inner = alternatives(depth + 1);
                    if (!take(')')) {
                        throw wrong("lacks a )");
                    }
                    yield inner;
                }
                case '[' -> new Node.One(Kind.CHARACTER, characters());
                case '.' -> new Node.One(Kind.CHARACTER, each -> each != '\n');
                case '^' -> new Node.One(Kind.BEGIN, _ -> false);
                case '$' -> new Node.One(Kind.END, _ -> false);
                case '\\' -> new Node.One(Kind.CHARACTER, escaped());
                case '*', '+', '?', '{' -> throw wrong("repeats nothing");
                default -> new Node.One(Kind.CHARACTER, each -> each == point);
            };
        }

        private IntPredicate escaped() {
            if (at == points.length) {
                throw wrong("ends in a backslash");
            }
            int point = points[at++];
            return switch (point) {
                case 'd' -> TextPattern::isDigit;
                case 'D' -> each -> !isDigit(each);
                case 'w' -> TextPattern::isWord;
                case 'W' -> each -> !isWord(each);
                case 's' -> TextPattern::isSpace;
                case 'S' -> each -> !isSpace(each);
                case 'n' -> each -> each == '\n';
                case 'r' -> each -> each == '\r';
                case 't' -> each -> each == '\t';
                default -> {
                    if (Character.isLetterOrDigit(point)) {
                        throw wrong("has an escape that is not known");
                    }
                    yield each -> each == point;
                }
            };
        }

        private IntPredicate characters() {
            boolean others = take('^');
            IntPredicate any = _ -> false;
            int begin = at;
            while (at < points.length && (points[at] != ']' || at == begin)) {
                any = any.or(range());
            }
            if (!take(']')) {
                throw wrong("lacks a ]");
            }
            return others ? any.negate() : any;
        }

        private IntPredicate range() {
            int low = points[at++];
            if (low == '\\') {
                return escaped();
            }
            boolean isRange = at + 1 < points.length && points[at] == '-' && points[at + 1] != ']';
            if (!isRange) {
                return each -> each == low;
            }
            at++;
            int high = points[at++];
            if (high == '\\' || high < low) {
                throw wrong("has a range that is none");
            }
            return each -> each >= low && each <= high;
        }
    }

    private static boolean isDigit(int point) {
        return point >= '0' && point <= '9';
    }

    private static boolean isWord(int point) {
        return isDigit(point)
                || (point >= 'a' && point <= 'z')
                || (point >= 'A' && point <= 'Z')
                || point == '_';
    }

    private static boolean isSpace(int point) {
        return Arrays.binarySearch(new int[] {'\t', '\n', '\u000b', '\f', '\r', ' '}, point) >= 0;
    }

    @Override
    public String toString() {
        return expression;
    }
}
