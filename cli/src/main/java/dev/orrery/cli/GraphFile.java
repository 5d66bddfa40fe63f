package dev.orrery.cli;

import dev.orrery.exchange.GraphFormat;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The form of the file that a graph is written to or read from. */
final class GraphFile {
    /** The process's own input or output. */
    static final String STANDARD = "-";

    /** What the command line calls the file. */
    static final String DESCRIPTION =
            "A file that ends in .jsonl, .graphml or .xml; - for what comes in or goes out, which it is when "
                    + "nothing is said.";

    /** The forms, by the names that the command line has for them. */
    enum Form {
        JSONL(GraphFormat.JSON_LINES),
        GRAPHML(GraphFormat.GRAPHML);

        private final GraphFormat format;

        Form(GraphFormat format) {
            this.format = format;
        }
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "jsonl or graphml, where the file's name does not say so.")
    private @Nullable Form form;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    GraphFile() {}

    /** The form that was said, or that the name's end says; JSON Lines where there is no name. */
    GraphFormat format(String file) {
        if (form != null) {
            return form.format;
        }
        String end = file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (end) {
            case STANDARD, "jsonl", "ndjson" -> GraphFormat.JSON_LINES;
            case "graphml", "xml" -> GraphFormat.GRAPHML;
            default ->
                    throw new ParameterException(
                            Objects.requireNonNull(spec).commandLine(),
                            "the form of " + file + " is not known; say --format jsonl or graphml");
        };
    }
}
