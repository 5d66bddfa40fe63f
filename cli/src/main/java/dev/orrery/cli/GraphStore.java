package dev.orrery.cli;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Ontology;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where stored graphs are: what every command of graphs asks for. */
final class GraphStore {
    @Option(
            names = "--data-dir",
            required = true,
            paramLabel = "DIR",
            description = "The directory that a program keeps its data in; it must not be running.")
    private @Nullable Path dataDirectory;

    GraphStore() {}

    private Path directory(String name) {
        return Graphs.directoryIn(Objects.requireNonNull(dataDirectory), name);
    }

    /** Whether something was stored here before. */
    boolean isThere(String name) {
        return Files.isDirectory(directory(name));
    }

    /** Opens what is there, under the schema it has. */
    Graph openStored(String name) throws IOException {
        if (!isThere(name)) {
            throw new NoSuchFileException(
                    "there is no graph " + name + " in " + dataDirectory + "; " + others(name));
        }
        return open(Ontology.define(name).build());
    }

    /**
     * Opens what is there, or begins anew, under a schema that may say more than what is stored.
     */
    Graph open(Ontology ontology) {
        return Graphs.on(Timeline.startingAt(ontology.name(), new Revision(0)))
                .directory(directory(ontology.name()))
                .open(ontology);
    }

    private String others(String name) throws IOException {
        Path parent = directory(name).getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return "it has no graphs at all: check --data-dir";
        }
        try (Stream<Path> all = Files.list(parent)) {
            List<String> names =
                    all.filter(Files::isDirectory)
                            .map(each ->
                                    URLDecoder.decode(
                                            String.valueOf(each.getFileName()),
                                            StandardCharsets.UTF_8))
                            .sorted()
                            .toList();
            return "there are " + names;
        }
    }
}
