/** The program that the README shows: events folded, a table read, a query over both, watched. */
@NullMarked
package dev.orrery.examples.quickstart;

import org.jspecify.annotations.NullMarked;
