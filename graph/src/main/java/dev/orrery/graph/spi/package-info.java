/** What a graph can be given from outside: a faster signature library. */
@NullMarked
package dev.orrery.graph.spi;

import org.jspecify.annotations.NullMarked;
