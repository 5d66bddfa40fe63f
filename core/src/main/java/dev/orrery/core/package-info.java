/** The words everything else is made of: rows, keys, the timeline, sources, feeds and stores. */
@NullMarked
package dev.orrery.core;

import org.jspecify.annotations.NullMarked;
