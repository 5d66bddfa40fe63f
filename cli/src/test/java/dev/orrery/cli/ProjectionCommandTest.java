package dev.orrery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.orrery.core.Key;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code orrery projection}: what it asks a gateway, and what it makes of the answers. */
class ProjectionCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> asked = new ArrayList<>();
    private HttpServer gateway;
    private int status = 200;
    private String answer = "{}";

    @BeforeEach
    void open() throws IOException {
        gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext(
                "/",
                exchange -> {
                    asked.add(
                            exchange.getRequestMethod()
                                    + " "
                                    + exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization")
                                    + " "
                                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
                    byte[] body = answer.getBytes(UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        gateway.start();
    }

    @AfterEach
    void close() {
        gateway.stop(0);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addFirst("projection");
        all.add("--url=http://localhost:" + gateway.getAddress().getPort());
        return execute(all.toArray(String[]::new));
    }

    private int execute(String... all) {
        return Main.commandLine(List.of(new ProjectionCommand()))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all);
    }

    @Test
    void isFoundByTheProgram() {
        assertThat(ServiceLoader.load(Command.class))
                .hasAtLeastOneElementOfType(ProjectionCommand.class);
    }

    @Test
    void theHelpSaysHowAKeyWithASlashIsWritten() {
        assertThat(execute("projection", "--help")).isEqualTo(Command.DONE);
        assertThat(out.toString()).contains("a / within a text is ~/");
        assertThat(Key.of("a/b~").text()).isEqualTo("a~/b~~");
    }

    @Test
    void eachDeedIsAMethodOfTheGatewayAndItsAnswerIsPrinted() {
        answer = "[{\"key\":\"SFO\"}]";
        assertThat(run("parked", "delays")).isEqualTo(Command.DONE);
        assertThat(out.toString().strip()).isEqualTo(answer);
        run("retry", "delays", "S\"F\\O\n");
        run("edit", "delays", "SFO", "{\"departures\":1}");
        run("rebuild", "delays", "--token=abc");
        run("undo", "delays");
        assertThat(asked)
                .containsExactly(
                        "POST /rpc/projection.parked null {\"projection\":\"delays\"}",
                        "POST /rpc/projection.retry null"
                                + " {\"projection\":\"delays\",\"key\":\"S\\\"F\\\\O\\u000a\"}",
                        "POST /rpc/projection.edit null"
                                + " {\"projection\":\"delays\",\"key\":\"SFO\",\"state\":{\"departures\":1}}",
                        "POST /rpc/projection.rebuild Bearer abc {\"projection\":\"delays\"}",
                        "POST /rpc/projection.undoRebuild null {\"projection\":\"delays\"}");
    }

    @Test
    void aRefusalIsOneLineAndAFailure() {
        status = 403;
        answer = "OPERATE on projection delays is denied";
        assertThat(run("skip", "delays", "SFO")).isEqualTo(Command.FAILED);
        assertThat(err.toString().strip())
                .isEqualTo("orrery projection: OPERATE on projection delays is denied (403)");
    }

    @Test
    void aProgramThatDoesNotRunIsSaidSo() {
        gateway.stop(0);
        assertThat(run("status", "delays")).isEqualTo(Command.FAILED);
        assertThat(err.toString()).contains("nothing listens at localhost:").contains("--url");
    }

    @Test
    void anAddressNeedsNoSchemeAndAWrongOneIsToldOf() {
        String authority = "localhost:" + gateway.getAddress().getPort();
        assertThat(execute("projection", "status", "delays", "--url=" + authority))
                .isEqualTo(Command.DONE);
        for (String wrong : List.of("ftp://" + authority, "http://", "a b")) {
            assertThat(execute("projection", "status", "delays", "--url=" + wrong))
                    .isEqualTo(Command.FAILED);
            assertThat(err.toString())
                    .contains("--url is " + wrong + ", which should be as http://localhost:7070");
        }
        assertThat(asked).hasSize(1);
    }

    @Test
    void whatIsMissingIsMisuseAndNobodyIsAsked() {
        assertThat(run("retry", "delays")).isEqualTo(Command.MISUSED);
        assertThat(err.toString()).contains("retry wants NAME KEY");
        assertThat(run("status", "delays", "SFO")).isEqualTo(Command.MISUSED);
        assertThat(run("turn", "delays")).isEqualTo(Command.MISUSED);
        assertThat(asked).isEmpty();
    }
}
