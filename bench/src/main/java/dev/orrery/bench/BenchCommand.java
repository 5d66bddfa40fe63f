package dev.orrery.bench;

import dev.orrery.cli.Command;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Measures Orrery beside its peers and prints the ratios. */
@CommandLine.Command(
        name = "bench",
        description =
                "Measures Orrery beside its peers, alternated in one run, and prints the ratios.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Suites:",
            "  slice       the durable projection beside raw JDBC, append to socket, start-up",
            "  query       memoised queries beside a map, Salsa and alien-signals",
            "  graph       the replicated graph beside Yjs and Loro, durable rates, opening,"
                    + " memory",
            "  projection  folding beside Kafka Streams and JDBC, append to difference, rebuild,"
                    + " stalled clients",
            "",
            "Exit codes: 0 measured, 1 failed, 2 not understood. A goal that is missed is shown,"
                    + " and is no failure."
        })
public final class BenchCommand implements Command {
    private static final List<Suite> SUITES =
            List.of(new SliceSuite(), new QuerySuite(), new GraphSuite(), new ProjectionSuite());

    @Parameters(
            arity = "0..1",
            paramLabel = "SUITE",
            description = "Which suite; all when left out.")
    private @Nullable String suite;

    @Option(names = "--json", description = "Print one JSON array of figures on standard output.")
    private boolean json;

    @Option(names = "--quick", description = "Fewer rounds and less work: for a first look.")
    private boolean quick;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        List<Suite> suites = chosen(line);
        Effort effort = quick ? Effort.QUICK : Effort.FULL;
        Workplace place = Workplace.find();
        Progress progress = new Progress(line.getErr());
        progress.say(Calibration.measure(place.folder()).text());
        List<Figure> figures = new ArrayList<>();
        for (Suite one : suites) {
            progress.say(one.name() + ": " + one.description());
            figures.addAll(one.run(effort, place, progress));
        }
        print(figures, line.getOut());
        return DONE;
    }

    private List<Suite> chosen(CommandLine line) {
        if (suite == null) {
            return SUITES;
        }
        List<Suite> named = SUITES.stream().filter(known -> known.name().equals(suite)).toList();
        if (named.isEmpty()) {
            throw new ParameterException(
                    line, "There is no suite " + suite + "; there is " + names());
        }
        return named;
    }

    private static String names() {
        return String.join(", ", SUITES.stream().map(Suite::name).toList());
    }

    private void print(List<Figure> figures, PrintWriter out) {
        if (json) {
            out.println(
                    new JsonMapper()
                            .writeValueAsString(figures.stream().map(Figure::toJson).toList()));
        } else {
            Table.of(figures).forEach(out::println);
        }
        out.flush();
    }
}
