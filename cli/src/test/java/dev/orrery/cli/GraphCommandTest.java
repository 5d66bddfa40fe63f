package dev.orrery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.Orrery;
import dev.orrery.core.Row;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Ontology;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code orrery graph}: from a program's directory to files and back. */
@Timeout(120) // seconds
class GraphCommandTest {
    private static final Ontology ZOO =
            Ontology.define("zoo")
                    .node("Animal", animal -> animal.text("name"))
                    .edge("eats", eats -> eats.from("Animal").to("Animal"))
                    .build();
    private static final String SCHEMA =
            """
            { "ontology": "zoo",
              "nodes": { "Animal": { "properties": { "name": { "type": "text" } } } },
              "edges": { "eats": { "from": ["Animal"], "to": ["Animal"] } } }
            """;
    private static final String FOREIGN =
            """
            <graphml><graph edgedefault="directed">
              <node id="0"/><node id="1"/><edge id="0" source="0" target="1"/>
            </graph></graphml>
            """;

    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private String input = "";

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        bytes.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addFirst("graph");
        return Main.commandLine(
                        List.of(
                                new GraphCommand(
                                        new ByteArrayInputStream(input.getBytes(UTF_8)), bytes)))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** What a program leaves that had a zoo. */
    private void zoo(String directory) {
        try (Orrery program = Orrery.open(folder.resolve(directory))) {
            Graph zoo = program.graph(ZOO);
            zoo.addNode("Animal", "robin", Row.of("name", "Robin"));
            zoo.addNode("Animal", "worm", Row.of());
            zoo.addEdge("eats", "meal", "robin", "worm", Row.of());
        }
    }

    @Test
    void isFoundByTheProgram() {
        assertThat(ServiceLoader.load(Command.class))
                .hasAtLeastOneElementOfType(GraphCommand.class);
    }

    @Test
    void aProgramsGraphGoesToAFileAndIntoAnotherProgram() throws IOException {
        zoo("a");
        for (String name : List.of("zoo.jsonl", "zoo.graphml")) {
            assertThat(run("export", "zoo", file(name), "--data-dir", file("a"))).isZero();
            assertThat(err.toString().strip()).isEqualTo("2 nodes and 1 edges written");
            String other = file("of " + name);
            String schema = file("zoo.json", SCHEMA);
            assertThat(run("import", "zoo", file(name), "--data-dir", other, "--schema", schema))
                    .as("%s", err)
                    .isZero();
            assertThat(err.toString().strip())
                    .isEqualTo("2 nodes and 1 edges read: 3 added, 0 changed");
            assertThat(run("import", "zoo", file(name), "--data-dir", other)).isZero();
            assertThat(err.toString().strip())
                    .isEqualTo("2 nodes and 1 edges read: 0 added, 0 changed");
            try (Orrery program = Orrery.open(Path.of(other))) {
                Graph zoo = program.graph(ZOO);
                assertThat(zoo.node("robin").orElseThrow().text("name")).isEqualTo("Robin");
                assertThat(zoo.edge("meal")).isPresent();
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(each -> each.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".part"));
        }
    }

    @Test
    void withoutAFileItGoesOutAndComesIn() {
        zoo("a");
        assertThat(run("export", "zoo", "--data-dir", file("a"))).isZero();
        input = bytes.toString(UTF_8);
        assertThat(input.lines()).hasSize(4).first().asString().startsWith("{\"orrery\":\"graph\"");
        assertThat(run("schema", "zoo", "--data-dir", file("a"))).isZero();
        String schema = out.toString();
        assertThat(Ontology.from(dev.orrery.exchange.Json.row(schema))).isEqualTo(ZOO);
        assertThat(run("import", "zoo", "-", "--data-dir", file("a"))).isZero();
        assertThat(err.toString()).contains("0 added, 0 changed");
        assertThat(run("export", "zoo", "-", "--format", "graphml", "--data-dir", file("a")))
                .isZero();
        assertThat(bytes.toString(UTF_8)).startsWith("<?xml");
    }

    @Test
    void aForeignFileIsGivenTypesAndRenamedEdgesAreTold() throws IOException {
        String schema = file("zoo.json", SCHEMA);
        assertThat(
                        run(
                                "import",
                                "zoo",
                                file("web.xml", FOREIGN),
                                "--data-dir",
                                file("b"),
                                "--schema",
                                schema,
                                "--node-type",
                                "Animal",
                                "--edge-type",
                                "eats"))
                .as("%s", err)
                .isZero();
        assertThat(err.toString().lines())
                .containsExactly(
                        "2 nodes and 1 edges read: 3 added, 0 changed",
                        "1 edges had ids of nodes; they are called edge: and that id");
    }

    @Test
    void longWorkSaysHowFarItIs() throws IOException {
        StringBuilder lines = new StringBuilder("{\"orrery\":\"graph\",\"version\":1}\n");
        for (int i = 0; i < 100_000; i++) {
            lines.append("{\"node\":\"n").append(i).append("\",\"type\":\"Animal\"}\n");
        }
        input = lines.toString();
        String schema = file("zoo.json", SCHEMA);
        assertThat(run("import", "zoo", "--data-dir", file("c"), "--schema", schema)).isZero();
        assertThat(err.toString().lines())
                .containsExactly(
                        "100,000 read", "100,000 nodes and 0 edges read: 100,000 added, 0 changed");
        assertThat(run("export", "zoo", file("c.jsonl"), "--data-dir", file("c"))).isZero();
        assertThat(err.toString().lines())
                .containsExactly("100,000 written", "100,000 nodes and 0 edges written");
    }

    @Test
    void whatIsWrongIsOneLineThatSaysWhatToDo() throws IOException {
        zoo("a");
        assertThat(failure("a", "export", file("no/zoo.jsonl"))).contains("there is no directory");
        assertThat(failure("none", "export")).endsWith("it has no graphs at all: check --data-dir");
        assertThat(Path.of(file("none"))).doesNotExist();
        assertThat(failure("a", "import", file("none.jsonl"))).contains("there is no file");
        String bad = file("bad.jsonl", "{\"orrery\":\"graph\",\"version\":1}\n{\"node\":\"x\"}\n");
        assertThat(failure("a", "import", bad))
                .startsWith("orrery graph import: line 2: type must be there");
        String wrong = file("bad.json", SCHEMA.replace("\"name\"", "\"name\": 1, \"x\""));
        assertThat(failure("a", "import", bad, "--schema", wrong))
                .contains("bad.json: nodes.Animal.properties.name: must be a map");
        String foreign = file("other.json", SCHEMA.replace("zoo", "park"));
        assertThat(failure("a", "import", bad, "--schema", foreign))
                .contains("is the schema of park, not of zoo");
        try (Orrery running = Orrery.open(folder.resolve("a"))) {
            running.graph(ZOO);
            assertThat(failure("a", "export")).contains("is in use", "close it there");
        }
    }

    @Test
    void aGraphThatIsNotThereIsToldFromThoseThatAre() {
        zoo("a");
        assertThat(run("export", "park", "--data-dir", file("a"))).isEqualTo(Command.FAILED);
        assertThat(err.toString())
                .startsWith("orrery graph export: there is no graph park in ")
                .contains("there are [zoo]");
    }

    /** The one line that is said about the zoo in a directory. */
    private String failure(String directory, String deed, String... arguments) {
        List<String> all = new ArrayList<>(List.of(deed, "zoo"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--data-dir", file(directory)));
        assertThat(run(all.toArray(String[]::new))).as("%s", all).isEqualTo(Command.FAILED);
        assertThat(bytes.size()).isZero();
        String said = err.toString().strip();
        assertThat(said.lines()).hasSize(1);
        return said;
    }

    @Test
    void whatIsMissingIsMisuse() {
        assertThat(run()).isEqualTo(Command.MISUSED);
        assertThat(err.toString()).contains("Export, import or schema?", "export", "import");
        assertThat(run("export", "zoo")).isEqualTo(Command.MISUSED);
        assertThat(err.toString()).contains("--data-dir");
        assertThat(run("export", "zoo", "zoo.txt", "--data-dir", file("a")))
                .isEqualTo(Command.MISUSED);
        assertThat(err.toString()).contains("say --format jsonl or graphml");
        assertThat(run("import", "zoo", "--data-dir", file("none"))).isEqualTo(Command.MISUSED);
        assertThat(err.toString()).contains("say --schema FILE to begin one");
        assertThat(Path.of(file("none"))).doesNotExist();
    }
}
