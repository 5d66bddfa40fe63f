package dev.orrery.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a definition asks for beyond its body. Immutable.
 *
 * @param equality when two values are the same
 * @param declared the failures that are values
 * @param tracked whether the body reads nothing but what is tracked
 * @param limit how many values are kept, null for all
 * @param initial the value from which a circle through a key starts, null when it is an error
 * @param timeout how long a run may take, null when it may take as long as it likes
 */
record Options<V>(
        BiPredicate<? super V, ? super V> equality,
        List<Class<? extends Exception>> declared,
        boolean tracked,
        @Nullable Limit<V> limit,
        @Nullable Function<Object, ? extends V> initial,
        @Nullable Duration timeout) {
    /** The greatest weight of the values kept, and what each weighs. */
    record Limit<V>(long maximum, ToLongFunction<? super V> weigher) {}

    static <V> Options<V> standard() {
        return new Options<>(Object::equals, List.of(), true, null, null, null);
    }

    Options<V> equality(BiPredicate<? super V, ? super V> same) {
        return new Options<>(same, declared, tracked, limit, initial, timeout);
    }

    Options<V> failing(Class<? extends Exception> type) {
        List<Class<? extends Exception>> all = new ArrayList<>(declared);
        all.add(type);
        return new Options<>(equality, List.copyOf(all), tracked, limit, initial, timeout);
    }

    Options<V> untracked() {
        return new Options<>(equality, declared, false, limit, initial, timeout);
    }

    Options<V> limit(Limit<V> most) {
        return new Options<>(equality, declared, tracked, most, initial, timeout);
    }

    Options<V> initial(Function<Object, ? extends V> start) {
        return new Options<>(equality, declared, tracked, limit, start, timeout);
    }

    Options<V> timeout(Duration longest) {
        return new Options<>(equality, declared, tracked, limit, initial, longest);
    }

    boolean declares(@Nullable Throwable thrown) {
        return declared.stream().anyMatch(type -> type.isInstance(thrown));
    }
}
