package dev.orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Option;

class MainTest {

    @CommandLine.Command(
            name = "turn",
            description = "Turns the crank.",
            mixinStandardHelpOptions = true)
    static final class Turn implements Command {
        @Option(names = "--times")
        int times = 1;

        @Override
        public Integer call() throws IOException {
            if (times < 0) {
                throw new IOException("the crank turns one way\nand not the other");
            }
            return times == 0 ? FAILED : DONE;
        }
    }

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine(List.of(new Turn()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void helpListsTheCommandsThatWereFoundAndTheExitCodes() {
        assertThat(run("--help")).isEqualTo(Command.DONE);
        assertThat(out.toString()).contains("turn", "Turns the crank.", "Exit codes:");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void everyCommandHasHelpOfItsOwn() {
        assertThat(run("turn", "--help")).isEqualTo(Command.DONE);
        assertThat(out.toString()).contains("--times");
    }

    @Test
    void versionNamesTheProgramAndItsJava() {
        assertThat(run("--version")).isEqualTo(Command.DONE);
        assertThat(out.toString()).startsWith("orrery ").contains("on Java 2");
    }

    @Test
    void theExitCodeIsTheCommands() {
        assertThat(run("turn")).isEqualTo(Command.DONE);
        assertThat(run("turn", "--times=0")).isEqualTo(Command.FAILED);
    }

    @Test
    void whatIsNotUnderstoodIsMisuse() {
        assertThat(run("spin")).isEqualTo(Command.MISUSED);
        assertThat(run("turn", "--times=often")).isEqualTo(Command.MISUSED);
    }

    @Test
    void noCommandIsMisuseAndShowsTheHelp() {
        assertThat(run()).isEqualTo(Command.MISUSED);
        assertThat(err.toString()).contains("Which command?", "Commands:");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void failureIsOneLine() {
        assertThat(run("turn", "--times=-1")).isEqualTo(Command.FAILED);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("orrery turn: the crank turns one way");
    }

    @Test
    void failureShowsItsPlaceWhenAskedTo() {
        assertThat(run("turn", "--times=-1", "--stack-trace")).isEqualTo(Command.FAILED);
        assertThat(err.toString()).contains("at dev.orrery.cli.MainTest$Turn.call");
    }
}
