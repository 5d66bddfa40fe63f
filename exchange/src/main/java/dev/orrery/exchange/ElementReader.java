package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Invalid;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads nodes and edges as they stand. Confined to one thread. */
interface ElementReader {
    /**
     * The next node or edge; null at the end.
     *
     * @throws Invalid naming the line, and what it must be
     */
    @Nullable Element next() throws IOException;
}
