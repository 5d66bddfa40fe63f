package dev.orrery.examples.flights;

import dev.orrery.cli.Command;
import dev.orrery.core.OrreryException;
import dev.orrery.core.ProcessLock;
import dev.orrery.gateway.Gateway;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Replays real flights and shows how everything derived from them stays true. */
@CommandLine.Command(
        name = "demo",
        description =
                "Replays 20,000 real flights and serves a page on which everything derived from them stays true.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Started again, it continues where it stopped or was killed.",
            "",
            "Exit codes: 0 done (with --once: and the projections equal a plain fold over the input),",
            "1 failed, 2 not understood."
        })
public final class DemoCommand implements Command {
    private static final Duration CLOSING_LIMIT = Duration.ofSeconds(5);

    @Option(
            names = "--port",
            defaultValue = "7070",
            description = "Where the page is served; 0 for any free one.")
    private int port;

    @Option(
            names = "--data-dir",
            description = "Where it keeps its data (default: in the user's state directory).")
    private @Nullable Path dataDirectory;

    @Option(names = "--fresh", description = "Start over: delete what an earlier demo kept there.")
    private boolean fresh;

    @Option(
            names = "--speed",
            defaultValue = "50",
            paramLabel = "N|max",
            description = "Flights per second, or max (default: ${DEFAULT-VALUE}).")
    private String speed = "50";

    @Option(names = "--no-open", description = "Leave the browser alone.")
    private boolean leaveBrowser;

    @Option(
            names = "--once",
            description =
                    "Replay everything at full speed, print one JSON object, and end. Keeps nothing unless "
                            + "--data-dir says where.")
    private boolean once;

    @Option(
            names = "--flights",
            paramLabel = "FILE",
            description =
                    "Replay these flights, one JSON object a line, instead of those that come along.")
    private @Nullable Path flightsFile;

    @Spec private @Nullable CommandSpec spec;

    /** A command with its options as yet unread. */
    public DemoCommand() {}

    @Override
    public Integer call() throws Exception {
        Speed pace = pace();
        List<Flight> flights = flightsFile == null ? Lines.flights() : Lines.flights(flightsFile);
        if (once && dataDirectory == null) {
            Path passing = Files.createTempDirectory("orrery-demo");
            try {
                return replayOnce(passing, flights);
            } finally {
                delete(passing);
            }
        }
        Path directory = directory();
        if (fresh) {
            startOver(directory);
        }
        return once ? replayOnce(directory, flights) : serve(directory, flights, pace);
    }

    private Speed pace() {
        try {
            return Speed.parse(speed);
        } catch (OrreryException.Invalid wrong) {
            throw new ParameterException(commandLine(), wrong.getMessage(), wrong);
        }
    }

    private Path directory() {
        return dataDirectory != null
                ? dataDirectory
                : StateDirectory.of(
                                "orrery",
                                System.getenv(),
                                System.getProperty("os.name"),
                                Path.of(System.getProperty("user.home")))
                        .resolve("demo");
    }

    private int replayOnce(Path directory, List<Flight> flights) throws Exception {
        try (FlightsApp app = new FlightsApp(directory)) {
            Replay replay = new Replay(app, flights, new Speed.Max());
            return replayOnce(app, flights, replay);
        }
    }

    private int replayOnce(FlightsApp app, List<Flight> flights, Replay replay) throws Exception {
        try (Gateway gateway = app.serve(0, replay)) {
            say("replaying " + flights.size() + " flights at full speed, live on " + gateway.uri());
            Once result = Once.run(app, flights, replay);
            PrintWriter out = commandLine().getOut();
            out.println(new JsonMapper().writeValueAsString(result.toJson()));
            out.flush();
            if (!result.isRight()) {
                say(
                        "the projections differ from a plain fold over the input: "
                                + result.expected());
            }
            return result.isRight() ? DONE : FAILED;
        }
    }

    private int serve(Path directory, List<Flight> flights, Speed pace) throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (FlightsApp app = new FlightsApp(directory)) {
            endWhenAsked(Thread.currentThread(), closed);
            serve(app, directory, new Replay(app, flights, pace));
        } finally {
            closed.countDown();
        }
        return DONE;
    }

    private void serve(FlightsApp app, Path directory, Replay replay) {
        try (Gateway gateway = app.serve(port, replay)) {
            say("listening on " + gateway.uri() + " with data in " + directory);
            if (!leaveBrowser) {
                openBrowser(gateway.uri());
            }
            long replayed = replay.run();
            if (!Thread.interrupted()) {
                say(
                        "all "
                                + replay.size()
                                + " flights are appended ("
                                + replayed
                                + " now); end it with Ctrl-C");
                waitForTheEnd();
            }
        }
    }

    /**
     * When the process is asked to end, interrupts the serving thread and lets it close everything.
     * The thread itself does not end: it goes on to end the process, which waits for this.
     */
    private static void endWhenAsked(Thread serving, CountDownLatch closed) {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> end(serving, closed)));
    }

    private static void end(Thread serving, CountDownLatch closed) {
        serving.interrupt();
        try {
            if (!closed.await(CLOSING_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("the demo did not close in time; what was stored is kept");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void waitForTheEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
        }
    }

    private void startOver(Path directory) throws IOException {
        if (Files.exists(directory)
                && !Files.exists(directory.resolve("orrery.db"))
                && !isEmpty(directory)) {
            throw new OrreryException.Invalid(
                    "--fresh",
                    "deletes a directory that a demo made; choose another with --data-dir",
                    directory);
        }
        refuseWhileInUse(directory);
        delete(directory);
    }

    private static void refuseWhileInUse(Path directory) {
        if (Files.exists(directory)) {
            ProcessLock.hold(directory, "orrery.db.lock").close();
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(DemoCommand::deleteOne);
        }
    }

    private static void deleteOne(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void openBrowser(URI address) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        List<String> command =
                system.contains("mac")
                        ? List.of("open", address.toString())
                        : system.contains("windows")
                                ? List.of(
                                        "rundll32",
                                        "url.dll,FileProtocolHandler",
                                        address.toString())
                                : List.of("xdg-open", address.toString());
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException none) {
            // no browser to open: the address was printed
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private void say(String what) {
        PrintWriter errors = commandLine().getErr();
        errors.println(what);
        errors.flush();
    }
}
