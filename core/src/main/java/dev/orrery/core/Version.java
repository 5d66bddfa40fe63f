package dev.orrery.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value of a cell and the revision it began to hold; older ones hang behind it, newest first.
 *
 * <p>{@code value} and {@code from} are final. {@code older} is written under the commit lock only,
 * and only to cut the chain; a reader that walks into the cut reads again at a newer revision. It
 * is published with the head before which it was written.
 */
final class Version<V> {
    final Optional<V> value;
    final long from;
    @Nullable Version<V> older;

    Version(Optional<V> value, long from, @Nullable Version<V> older) {
        this.value = value;
        this.from = from;
        this.older = older;
    }
}
