/** Folds of events into one state per key, stored with their position. */
@NullMarked
package dev.orrery.projection;

import org.jspecify.annotations.NullMarked;
