package dev.orrery.cli;

import static dev.orrery.cli.Told.number;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.exchange.GraphFormat;
import dev.orrery.exchange.GraphImport;
import dev.orrery.exchange.Imported;
import dev.orrery.exchange.Json;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Ontology;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Reads a file into a stored graph. */
@CommandLine.Command(
        name = "import",
        description = "Makes a stored graph say what a file says; what it does not speak of stays.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Written a thousand at a time. A line that is refused is named, what came before is kept,",
            "and the file can be read again: what is there already is not written twice.",
            "",
            "  orrery graph import zoo zoo.jsonl --data-dir data --schema zoo.json",
            "  curl … | orrery graph import web - --format graphml --data-dir data \\",
            "      --schema web.json --node-type Page --edge-type link"
        })
final class GraphImportCommand implements Callable<Integer> {
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

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "The graph's schema as JSON: needed where the graph is new, and added to what it has where not.")
    private @Nullable Path schema;

    @Option(
            names = "--node-type",
            paramLabel = "TYPE",
            description = "The type of nodes for which the file says none.")
    private @Nullable String nodeType;

    @Option(
            names = "--edge-type",
            paramLabel = "TYPE",
            description = "The type of edges for which the file says none.")
    private @Nullable String edgeType;

    @ParentCommand private @Nullable GraphCommand parent;

    @Spec private @Nullable CommandSpec spec;

    GraphImportCommand() {}

    @Override
    public Integer call() throws IOException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        PrintWriter told = line.getErr();
        GraphFormat format = form.format(file);
        try (InputStream in = opened();
                Graph graph = graph(line)) {
            report(read(graph, format, in, told), told);
        }
        return Command.DONE;
    }

    private InputStream opened() throws IOException {
        if (file.equals(GraphFile.STANDARD)) {
            return Objects.requireNonNull(parent).in();
        }
        requireFile(Path.of(file));
        return Files.newInputStream(Path.of(file));
    }

    private static void requireFile(Path file) throws NoSuchFileException {
        if (!Files.isReadable(file)) {
            throw new NoSuchFileException("there is no file " + file + " to read");
        }
    }

    private Graph graph(CommandLine line) throws IOException {
        if (schema != null) {
            return store.open(ontology(schema));
        }
        if (!store.isThere(name)) {
            throw new ParameterException(
                    line, "there is no graph " + name + " yet; say --schema FILE to begin one");
        }
        return store.openStored(name);
    }

    private Ontology ontology(Path path) throws IOException {
        requireFile(path);
        try {
            Ontology ontology = Ontology.from(Json.row(Files.readString(path)));
            if (!ontology.name().equals(name)) {
                throw new IOException(
                        path + " is the schema of " + ontology.name() + ", not of " + name);
            }
            return ontology;
        } catch (Invalid | BadDefinition bad) {
            throw new IOException(path + ": " + bad.getMessage(), bad);
        }
    }

    private Imported read(Graph graph, GraphFormat format, InputStream in, PrintWriter told)
            throws IOException {
        Told progress = new Told(told, "read");
        GraphImport importing =
                GraphImport.into(graph).progress(far -> progress.upTo(far.nodes() + far.edges()));
        if (nodeType != null) {
            importing = importing.untypedNodes(nodeType);
        }
        if (edgeType != null) {
            importing = importing.untypedEdges(edgeType);
        }
        return importing.read(format, in);
    }

    private static void report(Imported done, PrintWriter told) {
        told.println(
                number(done.nodes())
                        + " nodes and "
                        + number(done.edges())
                        + " edges read: "
                        + number(done.added())
                        + " added, "
                        + number(done.changed())
                        + " changed");
        if (done.renamed() > 0) {
            told.println(
                    number(done.renamed())
                            + " edges had ids of nodes; they are called edge: and that id");
        }
        told.flush();
    }
}
