/**
 * Functions whose results are remembered, and recomputed only when something they read has changed.
 */
@NullMarked
package dev.orrery.query;

import org.jspecify.annotations.NullMarked;
