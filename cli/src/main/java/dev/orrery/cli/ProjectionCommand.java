package dev.orrery.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
    private static final Duration LIMIT = Duration.ofMinutes(1);

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
            description = "The key, as channels name it.")
    private @Nullable String key;

    @Parameters(
            index = "3",
            arity = "0..1",
            paramLabel = "STATE",
            description = "A state, as JSON.")
    private @Nullable String state;

    @Option(
            names = "--url",
            defaultValue = "http://localhost:7070",
            description = "Where the gateway is; ${DEFAULT-VALUE} unless said otherwise.")
    private @Nullable URI url;

    @Option(
            names = "--token",
            defaultValue = "${env:ORRERY_TOKEN}",
            description = "Who asks; the environment's ORRERY_TOKEN unless said otherwise.")
    private @Nullable String token;

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
        line.getOut().println(ask(what));
        line.getOut().flush();
        return DONE;
    }

    private String ask(Deed what) throws IOException, InterruptedException {
        URI where = Objects.requireNonNull(url).resolve("/rpc/projection." + what.method);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(where)
                        .timeout(LIMIT)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body()));
        if (token != null && !token.isBlank()) {
            request.header("Authorization", "Bearer " + token);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(answer.body().strip() + " (" + answer.statusCode() + ")");
            }
            return answer.body();
        } catch (java.net.ConnectException e) {
            throw new IOException("nothing listens at " + where.getAuthority(), e);
        }
    }

    private String body() {
        StringBuilder body = new StringBuilder("{\"projection\":").append(quoted(name));
        if (key != null) {
            body.append(",\"key\":").append(quoted(key));
        }
        if (state != null) {
            body.append(",\"state\":").append(state);
        }
        return body.append('}').toString();
    }

    private static String quoted(@Nullable String text) {
        StringBuilder quoted = new StringBuilder("\"");
        Objects.requireNonNull(text)
                .chars()
                .forEach(each -> {
                    if (each == '"' || each == '\\') {
                        quoted.append('\\').append((char) each);
                    } else if (each < ' ') {
                        quoted.append(String.format(Locale.ROOT, "\\u%04x", each));
                    } else {
                        quoted.append((char) each);
                    }
                });
        return quoted.append('"').toString();
    }
}
