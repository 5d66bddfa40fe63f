package dev.orrery.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Runs a program in a Java machine of its own and kills it, as {@code kill -9} does, at random
 * moments of its work.
 *
 * <pre>{@code
 * Crash.seeded(7).kills(10).within(Duration.ofMillis(300)).work(Replay.class, directory.toString())
 *         .run(life -> compare(directory, life.output()));
 * }</pre>
 *
 * <p>The program prints a line when its work begins, and whatever else is to be compared: every
 * line that it printed whole is in {@link Life#output}, also when it died right behind it. The
 * moment of the kill is counted from the first line. The class path is that of the running test.
 * Immutable; {@link #run} may be called again.
 *
 * @param seed what the moments are drawn from; part of every failure's message
 * @param kills how many lives to end
 * @param window the moments lie between the first line and this much later
 * @param patience how long a life may take to its first line, and a last one to its end
 * @param options options of the Java machine
 * @param command the main class and its arguments
 */
public record Crash(
        long seed,
        int kills,
        Duration window,
        Duration patience,
        List<String> options,
        List<String> command) {
    public Crash {
        options = List.copyOf(options);
        command = List.copyOf(command);
    }

    /** Ten kills within half a second, drawn from a seed. */
    public static Crash seeded(long seed) {
        List<String> quick = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");
        return new Crash(seed, 10, Duration.ofMillis(500), Duration.ofMinutes(1), quick, List.of());
    }

    /** With another number of kills. */
    public Crash kills(int count) {
        return new Crash(seed, count, window, patience, options, command);
    }

    /** With the moments between the first line and this much later. */
    public Crash within(Duration longest) {
        return new Crash(seed, kills, longest, patience, options, command);
    }

    /** With another bound for a life to begin, and for the last one to end. */
    public Crash patience(Duration longest) {
        return new Crash(seed, kills, window, longest, options, command);
    }

    /** With other options for the Java machine. */
    public Crash options(String... all) {
        return new Crash(seed, kills, window, patience, List.of(all), command);
    }

    /** With the program to run. */
    public Crash work(Class<?> main, String... arguments) {
        List<String> words = new ArrayList<>(List.of(main.getName()));
        words.addAll(List.of(arguments));
        return new Crash(seed, kills, window, patience, options, words);
    }

    /**
     * One run of the program.
     *
     * @param number counts the lives from 1
     * @param killed whether it was killed; false when it came to its end before
     * @param exitCode what it ended with
     * @param output the whole lines it printed
     * @param errors the whole lines it printed to standard error
     */
    public record Life(
            int number, boolean killed, int exitCode, List<String> output, List<String> errors) {}

    /**
     * Starts the program and kills it, again and again, and hands each life to a check before the
     * next begins. It ends with the last kill, or with a life that came to its own end.
     *
     * @return how many lives were killed
     * @throws AssertionError when a life does not begin, or ends by itself with a code other than 0
     */
    public int run(Consumer<Life> check) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int number = 1; number <= kills; number++) {
            Life life = live(number, Duration.ofNanos(random.nextLong(window.toNanos() + 1)), true);
            check.accept(life);
            if (!life.killed()) {
                return number - 1;
            }
        }
        return kills;
    }

    /** Runs the program once to its own end. */
    public Life finish() {
        return live(0, patience, false);
    }

    private Life live(int number, Duration moment, boolean kill) {
        try {
            Process process = new ProcessBuilder(commandLine()).start();
            try {
                Lines output = new Lines(process.getInputStream());
                Lines errors = new Lines(process.getErrorStream());
                Thread outputReader = Thread.startVirtualThread(output);
                Thread errorReader = Thread.startVirtualThread(errors);
                boolean begun = output.first.await(patience.toNanos(), TimeUnit.NANOSECONDS);
                boolean ended = begun && process.waitFor(moment.toNanos(), TimeUnit.NANOSECONDS);
                if (!ended) {
                    process.toHandle()
                            .destroyForcibly(); // the process would close its pipes unread
                }
                int exitCode = process.waitFor();
                outputReader.join();
                errorReader.join();
                Life life = new Life(number, !ended, exitCode, output.whole(), errors.whole());
                require(begun && !life.output().isEmpty(), "printed no line", life);
                require(!ended || exitCode == 0, "failed", life);
                require(ended || kill, "did not end in time", life);
                return life;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a child was running", e);
        }
    }

    private List<String> commandLine() {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.add("-cp");
        line.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        line.addAll(command);
        return line;
    }

    private void require(boolean holds, String what, Life life) {
        if (!holds) {
            throw new AssertionError(
                    "life "
                            + life.number()
                            + " of "
                            + command
                            + " (seed "
                            + seed
                            + ") "
                            + what
                            + ", exit code "
                            + life.exitCode()
                            + ": "
                            + life.output()
                            + " "
                            + life.errors());
        }
    }

    /** Collects the whole lines of a stream; the rest of a line that was cut off is dropped. */
    private static final class Lines implements Runnable {
        final CountDownLatch first = new CountDownLatch(1);
        private final InputStream in;
        private final StringBuilder text = new StringBuilder();

        Lines(InputStream in) {
            this.in = in;
        }

        @Override
        public void run() {
            byte[] chunk = new byte[8 << 10];
            try {
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    text.append(new String(chunk, 0, count, StandardCharsets.ISO_8859_1));
                    if (text.indexOf("\n") >= 0) {
                        first.countDown();
                    }
                }
            } catch (IOException e) {
                // the killed process took the stream along: what came through is what there is
            } finally {
                first.countDown();
            }
        }

        /** To be asked when the reading thread has ended. */
        List<String> whole() {
            int end = text.lastIndexOf("\n") + 1;
            byte[] bytes = text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        }
    }
}
