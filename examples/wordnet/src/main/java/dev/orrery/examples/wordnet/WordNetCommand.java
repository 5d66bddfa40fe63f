package dev.orrery.examples.wordnet;

import dev.orrery.cli.Command;
import dev.orrery.graph.Synced;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads WordNet into a graph, asks it, and syncs it to a second replica, with times. */
@CommandLine.Command(
        name = "wordnet",
        description =
                "Reads the English language into a graph, asks it, and syncs it to a second replica.",
        mixinStandardHelpOptions = true,
        footer = {"", "It needs WordNet's files: on Debian, apt-get install wordnet-base."})
public final class WordNetCommand implements Command {
    private static final double NANOS = 1e9;

    @Option(
            names = "--wordnet",
            paramLabel = "DIR",
            description =
                    "Where data.noun and its like are; ${DEFAULT-VALUE} unless said otherwise.",
            defaultValue = "/usr/share/wordnet")
    private Path directory = WordNetFiles.DEBIAN;

    @Spec private @Nullable CommandSpec spec;

    /** For the program, which fills in what the command line says. */
    public WordNetCommand() {}

    @Override
    public Integer call() throws Exception {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (WordNet left = WordNet.empty("left");
                WordNet right = WordNet.empty("right")) {
            timed(out, "read", () -> load(left));
            timed(out, "kinds", () -> "dog: " + String.join(" < ", left.kinds("dog")));
            timed(
                    out,
                    "way",
                    () -> "from piano to music: " + String.join(" - ", left.way("piano", "music")));
            timed(out, "impact", () -> count(left.ofKind("animal")) + " kinds of animal");
            timed(
                    out,
                    "pattern",
                    () -> count(left.kindsWithParts("vehicle")) + " parts of kinds of vehicle");
            timed(out, "parts", () -> parts(left.parts()));
            timed(
                    out,
                    "circle",
                    () -> left.circle().map(found -> "round " + found).orElse("no kind of itself"));
            timed(out, "sync", () -> said(right.sync(left)));
            timed(out, "again", () -> said(right.sync(left)));
            boolean equal = left.graph().stateHash().equals(right.graph().stateHash());
            out.println(equal ? "both replicas are equal" : "the replicas differ");
            out.flush();
            return equal ? DONE : FAILED;
        }
    }

    private String load(WordNet wordNet) throws IOException {
        wordNet.load(new WordNetFiles(directory));
        return count(wordNet.graph().nodes().count())
                + " meanings, "
                + count(wordNet.graph().edges().count())
                + " relations";
    }

    private static String parts(List<Set<String>> parts) {
        return count(parts.size()) + " parts, the largest of " + count(parts.getFirst().size());
    }

    private static String said(Synced synced) {
        return String.format(
                Locale.ROOT,
                "%,d entries in %,d questions, %,d KiB",
                synced.received(),
                synced.rounds(),
                (synced.bytesReceived() + synced.bytesSent()) >> 10);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static void timed(PrintWriter out, String what, Callable<String> work)
            throws Exception {
        long begun = System.nanoTime();
        String said = work.call();
        double seconds = (System.nanoTime() - begun) / NANOS;
        out.println(String.format(Locale.ROOT, "%-8s %8.3f s  %s", what, seconds, said));
        out.flush();
    }
}
