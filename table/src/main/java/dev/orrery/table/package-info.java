/** Rows behind a driver, and live, durable, write-through copies of them. */
@NullMarked
package dev.orrery.table;

import org.jspecify.annotations.NullMarked;
