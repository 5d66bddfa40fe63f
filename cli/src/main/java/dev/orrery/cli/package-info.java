/**
 * The {@code orrery} command.
 *
 * <p>The front door is {@link dev.orrery.cli.Main}. It knows no sub-command by name: each is a
 * {@link dev.orrery.cli.Command} that {@link java.util.ServiceLoader} finds on the path, so that an
 * example or a benchmark adds its own by being there.
 *
 * <p>Everything here runs on the thread that called it. Answers go to standard output, everything
 * else to standard error, and the exit code is one of {@link dev.orrery.cli.Command#DONE}, {@link
 * dev.orrery.cli.Command#FAILED} and {@link dev.orrery.cli.Command#MISUSED}.
 */
@NullMarked
package dev.orrery.cli;

import org.jspecify.annotations.NullMarked;
