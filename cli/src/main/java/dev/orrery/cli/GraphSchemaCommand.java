package dev.orrery.cli;

import dev.orrery.exchange.Json;
import dev.orrery.graph.Graph;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the schema of a stored graph. */
@CommandLine.Command(
        name = "schema",
        description = "Prints the schema of a stored graph, as JSON that import --schema reads.",
        mixinStandardHelpOptions = true)
final class GraphSchemaCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "What the graph is called.")
    private String name = "";

    @Mixin private GraphStore store = new GraphStore();

    @Spec private @Nullable CommandSpec spec;

    GraphSchemaCommand() {}

    @Override
    public Integer call() throws IOException {
        try (Graph graph = store.openStored(name)) {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            out.println(Json.text(graph.ontology().row()));
            out.flush();
        }
        return Command.DONE;
    }
}
