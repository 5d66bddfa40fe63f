package dev.orrery.graph;

import dev.orrery.core.Bytes;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What entries have said about the keys of authors: a function of the set of entries, whatever
 * their order. Whether it counts is said by a {@link Trust}. Immutable.
 */
final class KeyStatements { // law G66
    private static final KeyStatements NONE = new KeyStatements(new TreeSet<>());

    private final SortedSet<Statement> all;

    /**
     * That a key is an author's, or is not to be trusted any more.
     *
     * @param by who said so
     */
    record Statement(String by, String author, Bytes publicKey, boolean isRevocation)
            implements Comparable<Statement> {
        private static final Comparator<Statement> ORDER =
                Comparator.comparing(Statement::by)
                        .thenComparing(Statement::author)
                        .thenComparing(Statement::publicKey)
                        .thenComparing(Statement::isRevocation);

        @Override
        public int compareTo(Statement other) {
            return ORDER.compare(this, other);
        }
    }

    private KeyStatements(SortedSet<Statement> all) {
        this.all = Collections.unmodifiableSortedSet(all);
    }

    static KeyStatements none() {
        return NONE;
    }

    static KeyStatements of(Collection<Statement> statements) {
        return new KeyStatements(new TreeSet<>(statements));
    }

    /** With what an entry says. */
    KeyStatements and(Entry entry) {
        return switch (entry.operation()) {
            case Operation.Grant(String author, Bytes key) ->
                    and(new Statement(entry.author(), author, key, false));
            case Operation.Revoke(String author, Bytes key) ->
                    and(new Statement(entry.author(), author, key, true));
            default -> this;
        };
    }

    private KeyStatements and(Statement statement) {
        return and(of(List.of(statement)));
    }

    KeyStatements and(KeyStatements others) {
        if (all.containsAll(others.all)) {
            return this;
        }
        SortedSet<Statement> more = new TreeSet<>(all);
        more.addAll(others.all);
        return new KeyStatements(more);
    }

    /** Whether somebody said that an author has a key. */
    boolean hasGrantOf(String author) {
        return all.stream().anyMatch(each -> !each.isRevocation() && each.author().equals(author));
    }

    /** Those by which keys are not to be trusted any more. */
    KeyStatements revocations() {
        SortedSet<Statement> some = new TreeSet<>(all);
        some.removeIf(statement -> !statement.isRevocation());
        return new KeyStatements(some);
    }

    /** In their order. */
    SortedSet<Statement> all() {
        return all;
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyStatements that && all.equals(that.all);
    }

    @Override
    public int hashCode() {
        return all.hashCode();
    }
}
