/** Orrery beside its peers, measured in one run: the bench command. */
@NullMarked
package dev.orrery.bench;

import org.jspecify.annotations.NullMarked;
