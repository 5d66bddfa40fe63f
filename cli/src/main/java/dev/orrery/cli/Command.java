package dev.orrery.cli;

import java.util.concurrent.Callable;

/**
 * A sub-command of {@code orrery}, found by {@link java.util.ServiceLoader}.
 *
 * <p>An implementation is a public class with a public constructor without parameters, annotated
 * with picocli's {@code @Command} for its name and help, and with picocli's {@code @Option} and
 * {@code @Parameters} on its fields. Its {@link #call} does the work and answers the exit code.
 * What it throws is shown as one line, its message, and ends the program with {@link #FAILED}.
 *
 * <p>A command is made once per run of the program and confined to the thread that runs it.
 */
public interface Command extends Callable<Integer> {

    /** The exit code of a command that did what it was asked to. */
    int DONE = 0;

    /** The exit code of a command that could not do it; one line on standard error says why. */
    int FAILED = 1;

    /** The exit code of a command that was asked in a way it does not understand. */
    int MISUSED = 2;
}
