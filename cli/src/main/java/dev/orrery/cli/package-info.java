/** The orrery command; its sub-commands are found on the path. */
@NullMarked
package dev.orrery.cli;

import org.jspecify.annotations.NullMarked;
