package dev.orrery.cli;

import static dev.orrery.cli.Told.number;

import dev.orrery.exchange.Exported;
import dev.orrery.exchange.GraphExport;
import dev.orrery.exchange.GraphFormat;
import dev.orrery.graph.Graph;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Writes a stored graph to a file. */
@CommandLine.Command(
        name = "export",
        description = "Writes what can be seen of a stored graph to a file.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The file is there when all of it is written, and is replaced if it was.",
            "JSON Lines (.jsonl) keep everything; GraphML (.graphml) is for graph tools.",
            "",
            "  orrery graph export zoo zoo.graphml --data-dir data"
        })
final class GraphExportCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "What the graph is called.")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = GraphFile.STANDARD,
            description = GraphFile.DESCRIPTION)
    private String file = GraphFile.STANDARD;

    @Mixin private GraphStore store = new GraphStore();

    @Mixin private GraphFile form = new GraphFile();

    @ParentCommand private @Nullable GraphCommand parent;

    @Spec private @Nullable CommandSpec spec;

    GraphExportCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter told = Objects.requireNonNull(spec).commandLine().getErr();
        GraphFormat format = form.format(file);
        try (Graph graph = store.openStored(name)) {
            Exported done =
                    file.equals(GraphFile.STANDARD)
                            ? write(graph, format, Objects.requireNonNull(parent).out(), told)
                            : write(graph, format, Path.of(file), told);
            told.println(
                    number(done.nodes()) + " nodes and " + number(done.edges()) + " edges written");
            told.flush();
        }
        return Command.DONE;
    }

    private static Exported write(
            Graph graph, GraphFormat format, OutputStream out, PrintWriter told)
            throws IOException {
        Told progress = new Told(told, "written");
        return GraphExport.of(graph)
                .progress(far -> progress.upTo(far.nodes() + far.edges()))
                .write(format, out);
    }

    /** Beside the file first, so that one is whole or as it was. */
    private static Exported write(Graph graph, GraphFormat format, Path file, PrintWriter told)
            throws IOException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no directory " + folder + "; make it first");
        }
        Path part = Files.createTempFile(folder, "." + file.getFileName(), ".part");
        try {
            Exported done;
            try (OutputStream out = Files.newOutputStream(part)) {
                done = write(graph, format, out, told);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            return done;
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
