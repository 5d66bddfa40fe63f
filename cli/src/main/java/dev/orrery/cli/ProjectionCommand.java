package dev.orrery.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Looks after the projections of a program that is running: asks its gateway, and prints the answer
 * as it comes, in JSON.
 */
@CommandLine.Command(
        name = "projection",
        description = "Looks after the projections of a running program, through its gateway.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "What can be done:",
            "  status NAME           how far it is, how far behind, and what it did",
            "  read NAME KEY         a state, and how fresh it is",
            "  parked NAME           the keys whose fold threw, and why",
            "  waiting NAME KEY      the events that wait for such a key",
            "  retry NAME KEY        folds them again",
            "  skip NAME KEY         leaves out the first of them, and folds the others",
            "  edit NAME KEY STATE   puts a state, as JSON, in place of what was folded",
            "  rebuild NAME          folds all events anew beside what is served",
            "  undo NAME             serves again what was served before the last rebuild"
        })
public final class ProjectionCommand implements Command {
    /** What can be done with a projection. */
    enum Deed {
        STATUS("status", 0),
        READ("read", 1),
        PARKED("parked", 0),
        WAITING("waiting", 1),
        RETRY("retry", 1),
        SKIP("skip", 1),
        EDIT("edit", 2),
        REBUILD("rebuild", 0),
        UNDO("undoRebuild", 0);

        private final String method;
        private final int arguments;

        Deed(String method, int arguments) {
            this.method = method;
            this.arguments = arguments;
        }
    }

    @Parameters(index = "0", paramLabel = "WHAT", description = "What is to be done; see below.")
    private @Nullable Deed deed;

    @Parameters(index = "1", paramLabel = "NAME", description = "The projection.")
    private @Nullable String name;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "KEY",
            description = "The key, as channels name it: a / within a text is ~/ and a ~ is ~~.")
    private @Nullable String key;

    @Parameters(
            index = "3",
            arity = "0..1",
            paramLabel = "STATE",
            description = "A state, as JSON.")
    private @Nullable String state;

    @Mixin private final GatewayOptions gateway = new GatewayOptions();

    @Spec private @Nullable CommandSpec spec;

    /** For the program, which fills in what the command line says. */
    public ProjectionCommand() {}

    @Override
    public Integer call() throws Exception {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        Deed what = Objects.requireNonNull(deed);
        int given = state != null ? 2 : key != null ? 1 : 0;
        if (given != what.arguments) {
            throw new ParameterException(
                    line,
                    what.name().toLowerCase(Locale.ROOT)
                            + " wants "
                            + new String[] {"NAME", "NAME KEY", "NAME KEY STATE"}[what.arguments]);
        }
        Map<String, String> data = new LinkedHashMap<>();
        data.put("projection", GatewayOptions.quoted(Objects.requireNonNull(name)));
        if (key != null) {
            data.put("key", GatewayOptions.quoted(key));
        }
        if (state != null) {
            data.put("state", state);
        }
        line.getOut().println(gateway.ask("projection." + what.method, data));
        line.getOut().flush();
        return DONE;
    }
}
