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
 * Looks after the effects of a program that is running: asks its gateway, and prints the answer as
 * it comes, in JSON.
 */
@CommandLine.Command(
        name = "effect",
        description = "Looks after the effects of a running program, through its gateway.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "What can be done:",
            "  status NAME      how far it is, how far behind, and what it did",
            "  parked NAME      the keys whose effect failed, and why",
            "  retry NAME KEY   tries the events of such a key again",
            "  skip NAME KEY    leaves out the first of them, and tries the others"
        })
public final class EffectCommand implements Command {
    /** What can be done with an effect. */
    enum Deed {
        STATUS(false),
        PARKED(false),
        RETRY(true),
        SKIP(true);

        private final boolean isOfKey;

        Deed(boolean isOfKey) {
            this.isOfKey = isOfKey;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "WHAT", description = "What is to be done; see below.")
    private @Nullable Deed deed;

    @Parameters(index = "1", paramLabel = "NAME", description = "The effect.")
    private @Nullable String name;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "KEY",
            description = "The key, as parked shows it.")
    private @Nullable String key;

    @Mixin private final GatewayOptions gateway = new GatewayOptions();

    @Spec private @Nullable CommandSpec spec;

    /** For the program, which fills in what the command line says. */
    public EffectCommand() {}

    @Override
    public Integer call() throws Exception {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        Deed what = Objects.requireNonNull(deed);
        if (what.isOfKey != (key != null)) {
            throw new ParameterException(
                    line, what.word() + " wants " + (what.isOfKey ? "NAME KEY" : "NAME"));
        }
        Map<String, String> data = new LinkedHashMap<>();
        data.put("effect", GatewayOptions.quoted(Objects.requireNonNull(name)));
        if (key != null) {
            data.put("key", GatewayOptions.quoted(key));
        }
        line.getOut().println(gateway.ask("effect." + what.word(), data));
        line.getOut().flush();
        return DONE;
    }
}
