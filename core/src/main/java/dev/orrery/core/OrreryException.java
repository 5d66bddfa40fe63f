package dev.orrery.core;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one family of errors in Orrery: sealed, unchecked, with constant text and typed facts.
 *
 * <p>A {@code switch} over its leaves needs no {@code default}. The message is one line that says
 * what is wrong and, where a person can do something about it, what to do. Instances carry facts of
 * any type and are not meant for Java serialization. Immutable but for the stack trace.
 */
@SuppressWarnings(
        "serial") // the facts are not serializable, and nothing here promises Java serialization
public abstract sealed class OrreryException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private OrreryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The one-line message; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** Definitions that do not fit together, all problems at once. */
    public static final class BadDefinition extends OrreryException {
        private final List<Problem> problems;

        /** One thing that is wrong with a definition: where, what, and what would put it right. */
        public record Problem(String where, String what, String remedy) {
            @Override
            public String toString() {
                return where + ": " + what + "; " + remedy;
            }
        }

        public BadDefinition(List<Problem> problems) {
            super(String.join("\n", problems.stream().map(Problem::toString).toList()), null);
            this.problems = List.copyOf(problems);
        }

        public BadDefinition(String where, String what, String remedy) {
            this(List.of(new Problem(where, what, remedy)));
        }

        /** Every problem found, in the order of definition. */
        public List<Problem> problems() {
            return problems;
        }
    }

    /** Data that breaks a schema, a type or a constraint. */
    public static final class Invalid extends OrreryException {
        private final List<Violation> violations;

        /**
         * One broken rule: the path of the value, empty for the whole of it, the rule, and the
         * value's text.
         */
        public record Violation(String path, String rule, String value) {
            @Override
            public String toString() {
                String what = path.isEmpty() ? "the value" : path;
                return what + " " + rule + " (was " + value + ")";
            }
        }

        public Invalid(List<Violation> violations) {
            super(String.join("; ", violations.stream().map(Violation::toString).toList()), null);
            this.violations = List.copyOf(violations);
        }

        public Invalid(String path, String rule, @Nullable Object value) {
            this(List.of(new Violation(path, rule, shortened(String.valueOf(value)))));
        }

        /** Every violation found. */
        public List<Violation> violations() {
            return violations;
        }

        private static String shortened(String text) {
            return text.length() <= 80 ? text : text.substring(0, 77) + "...";
        }
    }

    /** Something required that is not there. */
    public static final class Missing extends OrreryException {
        private final String source;
        private final Object key;

        public Missing(String source, Object key) {
            super("nothing under " + key + " in " + source, null);
            this.source = source;
            this.key = key;
        }

        /** The name of the source that was asked. */
        public String source() {
            return source;
        }

        /** The key that was asked for. */
        public Object key() {
            return key;
        }
    }

    /** An expectation about a position or a base version that does not hold. */
    public static final class Conflict extends OrreryException {
        private final Object expected;
        private final Object actual;

        public Conflict(String what, Object expected, Object actual) {
            super(what + ": expected " + expected + ", found " + actual, null);
            this.expected = expected;
            this.actual = actual;
        }

        /** What the caller expected. */
        public Object expected() {
            return expected;
        }

        /** What was there. */
        public Object actual() {
            return actual;
        }
    }

    /** An operation that a driver or source cannot do; nothing was sent or changed. */
    public static final class Unsupported extends OrreryException {
        private final String operation;
        private final String by;

        public Unsupported(String operation, String by) {
            super(by + " cannot " + operation, null);
            this.operation = operation;
            this.by = by;
        }

        /** The operation that was asked for. */
        public String operation() {
            return operation;
        }

        /** Who cannot do it. */
        public String by() {
            return by;
        }
    }

    /** An action the access policy refused. */
    public static final class Denied extends OrreryException {
        private final String action;
        private final String resource;

        public Denied(String action, String resource) {
            super("not allowed to " + action + " " + resource, null);
            this.action = action;
            this.resource = resource;
        }

        /** What was attempted. */
        public String action() {
            return action;
        }

        /** On what it was attempted. */
        public String resource() {
            return resource;
        }
    }

    /** A size, count or rate beyond its limit; nothing was done by half. */
    public static final class LimitExceeded extends OrreryException {
        private final String limit;
        private final long allowed;
        private final long asked;

        public LimitExceeded(String limit, long allowed, long asked) {
            super(limit + " is limited to " + allowed + ", asked for " + asked, null);
            this.limit = limit;
            this.allowed = allowed;
            this.asked = asked;
        }

        /** What is limited. */
        public String limit() {
            return limit;
        }

        /** The greatest value allowed. */
        public long allowed() {
            return allowed;
        }

        /** The value that was asked for. */
        public long asked() {
            return asked;
        }
    }

    /**
     * A cursor whose next entry is not held: no longer, or not yet, or it is of another life. Read
     * the whole and go on from its cursor.
     */
    public static final class StaleCursor extends OrreryException {
        private final Cursor cursor;
        private final Cursor oldest;

        public StaleCursor(Cursor cursor, Cursor oldest) {
            super(
                    "cursor "
                            + cursor.text()
                            + " cannot be continued; read the whole and go on from its cursor (the"
                            + " oldest kept is "
                            + oldest.text()
                            + ")",
                    null);
            this.cursor = cursor;
            this.oldest = oldest;
        }

        /** The cursor that was given. */
        public Cursor cursor() {
            return cursor;
        }

        /** The oldest cursor that can still be continued. */
        public Cursor oldest() {
            return oldest;
        }
    }

    /** A wait that ended before what it waited for; what was begun goes on. */
    public static final class TimedOut extends OrreryException {
        private final String waitedFor;
        private final Duration after;

        public TimedOut(String waitedFor, Duration after) {
            super("waited " + after + " for " + waitedFor, null);
            this.waitedFor = waitedFor;
            this.after = after;
        }

        /** What the wait was for. */
        public String waitedFor() {
            return waitedFor;
        }

        /** How long the wait was. */
        public Duration after() {
            return after;
        }
    }

    /** A wait or computation that was interrupted; the thread's interrupt flag is set again. */
    public static final class Cancelled extends OrreryException {
        public Cancelled(String what, @Nullable Throwable cause) {
            super("interrupted: " + what, cause);
        }
    }

    /** Something used after it was closed, or while closing. */
    public static final class Closed extends OrreryException {
        public Closed(String what) {
            super(what + " is closed", null);
        }
    }

    /** A query that reached itself. */
    public static final class Cycle extends OrreryException {
        private final List<Step> path;

        /** One query on the circle. */
        public record Step(String query, Object key) {
            @Override
            public String toString() {
                return query + "(" + key + ")";
            }
        }

        public Cycle(List<Step> path) {
            super(
                    "a query reached itself: "
                            + String.join(" -> ", path.stream().map(Step::toString).toList()),
                    null);
            this.path = List.copyOf(path);
        }

        /** The circle, from the least member by name and key. */
        public List<Step> path() {
            return path;
        }
    }

    /** A user's function that threw while somebody asked for its result. */
    public static final class UserFailure extends OrreryException {
        private final String where;
        private final Object key;

        public UserFailure(String where, Object key, Throwable cause) {
            super(where + "(" + key + ") failed: " + cause, cause);
            this.where = where;
            this.key = key;
        }

        /** The query, projection or hook whose function threw. */
        public String where() {
            return where;
        }

        /** The key it was called for. */
        public Object key() {
            return key;
        }
    }

    /** A source or store that cannot be reached now; trying again is safe. */
    public static final class Unavailable extends OrreryException {
        private final String what;
        private final Duration retryAfter;

        public Unavailable(
                String what, String remedy, Duration retryAfter, @Nullable Throwable cause) {
            super(what + "; " + remedy, cause);
            this.what = what;
            this.retryAfter = retryAfter;
        }

        /** What cannot be reached. */
        public String what() {
            return what;
        }

        /** When trying again may help. */
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** Local storage that cannot be used; its kind names the remedy. */
    public static final class StorageFailure extends OrreryException {
        private final Kind kind;
        private final String where;

        /** What is wrong with the storage. */
        public enum Kind {
            DAMAGED("is damaged; restore it from a copy, or start with an empty directory"),
            LOCKED(
                    "is in use by another process, or a second time in this one; close it there, or"
                            + " choose another directory"),
            NEWER_FORMAT(
                    "was written by a newer version; use that version, or choose another directory"),
            FULL("is full; free some space and try again, nothing acknowledged is lost"),
            UNREADABLE("cannot be read or written; check its path and permissions");

            private final String remedy;

            Kind(String remedy) {
                this.remedy = remedy;
            }
        }

        public StorageFailure(Kind kind, String where, @Nullable Throwable cause) {
            super(where + " " + kind.remedy, cause);
            this.kind = kind;
            this.where = where;
        }

        /** What is wrong. */
        public Kind kind() {
            return kind;
        }

        /** The file, directory or record concerned. */
        public String where() {
            return where;
        }
    }
}
