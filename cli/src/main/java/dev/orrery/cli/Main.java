package dev.orrery.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code orrery} program: reads the command line, runs one {@link Command}, answers its exit
 * code.
 */
@CommandLine.Command(
        name = "orrery",
        description = "Keeps derived data true: see it, measure it, run it.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; one line on standard error says why",
            "2:not understood",
            "3:something this needs is not installed"
        })
public final class Main implements Runnable {

    @Option(
            names = "--stack-trace",
            scope = ScopeType.INHERIT,
            description = "When a command fails, show where.")
    private boolean stackTrace;

    @Spec private CommandSpec spec;

    private Main() {
        spec = CommandSpec.create();
    }

    /**
     * Runs the program and ends the process with its exit code.
     *
     * @param arguments the command line
     */
    public static void main(String... arguments) {
        logWarningsOnly();
        System.exit(commandLine(ServiceLoader.load(Command.class)).execute(arguments));
    }

    /** One line for each warning, unless the user has said otherwise. */
    private static void logWarningsOnly() {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        byte[] settings =
                """
                handlers = java.util.logging.ConsoleHandler
                .level = WARNING
                java.util.logging.SimpleFormatter.format = %4$s: %5$s%n
                """
                        .getBytes(StandardCharsets.UTF_8);
        try {
            LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(settings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program with these sub-commands, in order of their names. */
    static CommandLine commandLine(Iterable<Command> commands) {
        var main = new Main();
        var program = new CommandLine(main);
        for (var command : commands) {
            program.addSubcommand(command);
        }
        program.setCaseInsensitiveEnumValuesAllowed(true);
        program.setExecutionExceptionHandler(main::failed);
        return program;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    private int failed(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter errors = command.getErr();
        errors.println(command.getCommandSpec().qualifiedName() + ": " + oneLine(failure));
        if (stackTrace) {
            failure.printStackTrace(errors);
        }
        return Command.FAILED;
    }

    private static String oneLine(Exception failure) {
        return Objects.requireNonNullElse(failure.getMessage(), failure.toString())
                .lines()
                .findFirst()
                .orElse(failure.toString());
    }

    /** Names this build of Orrery and the Java it runs on. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String packaged = Main.class.getPackage().getImplementationVersion();
            String version = Objects.requireNonNullElse(packaged, "(not packaged)");
            return new String[] {"orrery " + version + " on Java " + Runtime.version()};
        }
    }
}
