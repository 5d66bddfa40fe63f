/** The front door: one Orrery that introduces the modules to each other. */
@NullMarked
package dev.orrery;

import org.jspecify.annotations.NullMarked;
