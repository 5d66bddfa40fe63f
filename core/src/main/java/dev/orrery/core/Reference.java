package dev.orrery.core;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a value for something that is kept elsewhere, and is stored as its name alone: the id
 * of an interned value. For authors of runtimes. Immutable.
 *
 * <p>A {@link Codec} writes it without asking anyone; to read it there must be a {@link Resolver}
 * that knows the name again.
 */
public interface Reference {
    /** The name by which it is found again; never another's. */
    String text();

    /** Finds references again by their names. */
    @FunctionalInterface
    interface Resolver {
        /** What a name stands for; null when nothing does, so that the value does not fit. */
        @Nullable Reference find(String text);
    }

    /** Runs a reading of values whose references a resolver finds. */
    static <T> T resolving(Resolver resolver, Supplier<T> reading) {
        return ScopedValue.where(ReferenceMapping.RESOLVER, resolver).call(reading::get);
    }
}
