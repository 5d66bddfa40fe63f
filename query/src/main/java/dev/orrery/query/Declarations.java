package dev.orrery.query;

import dev.orrery.core.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The numbers by which a store's records name queries and sources. Confined to the holder of the
 * store's monitor.
 */
final class Declarations {
    private final Map<Integer, StoredRecord.Declared> declared;

    /** What the log knows. */
    private final Set<Integer> written;

    /** Queries and inputs that are defined otherwise now. */
    private final Set<Integer> replaced = new HashSet<>();

    private int greatest;

    Declarations(Map<Integer, StoredRecord.Declared> declared, int greatest) {
        this.declared = declared;
        this.written = new HashSet<>(declared.keySet());
        this.greatest = greatest;
    }

    /** The number of a query or source as it is defined now: an old one, or a new one. */
    int number(StoredRecord.Role role, String name, Bytes schema, Bytes code) { // law Q31
        var asked = new StoredRecord.Declared(greatest + 1, role, name, schema, code);
        for (StoredRecord.Declared each : declared.values()) {
            if (each.isFormedAs(asked) && each.code().equals(code)) {
                return each.number();
            }
        }
        declared.put(++greatest, asked);
        return greatest;
    }

    /** Other numbers of the same query or source, with values of the same form. */
    List<Integer> formedAs(int number) {
        return others(number, StoredRecord.Declared::isFormedAs);
    }

    /** Other numbers of the same query or source. */
    List<Integer> namedAs(int number) {
        return others(number, StoredRecord.Declared::isNamedAs);
    }

    private List<Integer> others(
            int number, BiPredicate<StoredRecord.Declared, StoredRecord.Declared> like) {
        StoredRecord.Declared known = declared.get(number);
        return known == null
                ? List.of()
                : declared.values().stream()
                        .filter(each -> each.number() != number && like.test(each, known))
                        .map(StoredRecord.Declared::number)
                        .toList();
    }

    void replace(int number) {
        replaced.add(number);
    }

    boolean isReplaced(int number) {
        return replaced.contains(number);
    }

    List<StoredRecord.Declared> all() {
        return List.copyOf(declared.values());
    }

    /** What must be declared before a number can be used: nothing when it has been. */
    StoredRecord.@Nullable Declared undeclared(int number) {
        return written.contains(number) ? null : declared.get(number);
    }

    /** A save that declares some is durable. */
    void written(Set<Integer> numbers, boolean whole) {
        if (whole) {
            written.clear();
        }
        written.addAll(numbers);
    }
}
