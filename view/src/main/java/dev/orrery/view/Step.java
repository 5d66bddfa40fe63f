package dev.orrery.view;

import org.jspecify.annotations.Nullable;

/**
 * What one key's change did to the sequence of a view's rows. Immutable.
 *
 * @param before the row that was there, null when there was none
 * @param from its index before the step, -1 when there was none
 * @param after the row that is there now, null when there is none
 * @param to its index after the step, -1 when there is none
 * @param rows the sequence after the step
 */
record Step(
        @Nullable Entry before, int from, @Nullable Entry after, int to, OrderTree<Entry> rows) {}
