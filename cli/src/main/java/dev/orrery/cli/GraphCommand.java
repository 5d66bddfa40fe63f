package dev.orrery.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Moves graphs between directories of programs that do not run and files. */
@CommandLine.Command(
        name = "graph",
        description = "Writes a stored graph to a file, or a file to a stored graph.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            GraphExportCommand.class,
            GraphImportCommand.class,
            GraphSchemaCommand.class
        })
public final class GraphCommand implements Command {
    private final InputStream in;
    private final OutputStream out;

    @Spec private @Nullable CommandSpec spec;

    /** For the program, which fills in what the command line says. */
    public GraphCommand() {
        this(new FileInputStream(FileDescriptor.in), new FileOutputStream(FileDescriptor.out));
    }

    /** With other streams in place of the process's, for bytes that are no text of ours. */
    GraphCommand(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(), "Export, import or schema?");
    }
}
