/** Live rows, tables and values over any relation, maintained incrementally. */
@NullMarked
package dev.orrery.view;

import org.jspecify.annotations.NullMarked;
