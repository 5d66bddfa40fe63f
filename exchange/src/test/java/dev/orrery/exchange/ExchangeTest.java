package dev.orrery.exchange;

import static dev.orrery.graph.Constraint.required;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Versioned;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Ontology;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs go out into files and come back. */
class ExchangeTest {
    private static final Ontology ZOO =
            Ontology.define("zoo")
                    .node("Animal", animal -> animal.text("name", required()).integer("age"))
                    .node("Bird", bird -> bird.extend("Animal").subtype("Song", _ -> {}))
                    .edge("eats", eats -> eats.from("Animal").to("Animal").instant("since"))
                    .node("Thing", _ -> {})
                    .edge("joins", joins -> joins.from("Thing").to("Thing"))
                    .build();
    private static final String HEADER = "{\"orrery\":\"graph\",\"version\":1}\n";

    private final List<Graph> open = new ArrayList<>();

    private Graph graph() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        Graph graph = Graphs.on(timeline).open(ZOO);
        open.add(graph);
        return graph;
    }

    @AfterEach
    void close() {
        open.forEach(Graph::close);
    }

    private static void fill(Graph graph) {
        graph.addNode(
                "Bird/Song",
                "robin",
                Row.of(
                        "name",
                        "Robin <&> \"R\" \u00e9\ud83d\ude00",
                        "age",
                        2L,
                        "weight",
                        0.016,
                        "whole",
                        2.0,
                        "price",
                        new BigDecimal("1.00"),
                        "tame",
                        true,
                        "ring",
                        Bytes.of((byte) 0, (byte) -1)));
        graph.addNode(
                "Animal",
                "worm",
                Row.of(
                        "name",
                        "Worm",
                        "nothing",
                        null,
                        "none",
                        Double.NaN,
                        "below",
                        Double.NEGATIVE_INFINITY,
                        "zero",
                        -0.0,
                        "least",
                        Long.MIN_VALUE,
                        "seen",
                        LocalDate.of(2026, 1, 2),
                        "control",
                        "a\r\n\u0000\ufffe\u007f ",
                        "blank",
                        "",
                        "list",
                        Arrays.asList(1L, null, List.of("x"), LocalDate.of(1, 1, 1)),
                        "map",
                        Map.of(":date", "not one"),
                        "maps",
                        Map.of(":map", Map.of(":map", Map.of("a", 1L))),
                        "two",
                        Map.of(":map", Map.of(":map", 1L), "other", "x")));
        graph.addEdge(
                "eats",
                "robin-worm",
                "robin",
                "worm",
                Row.of("since", Instant.parse("2026-01-02T03:04:05.000000006Z")));
        graph.addEdge("eats", "worm-worm", "worm", "worm", Row.of());
    }

    private static byte[] written(Graph graph, GraphFormat format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GraphExport.of(graph).write(format, out);
        return out.toByteArray();
    }

    private static Imported read(Graph graph, GraphFormat format, byte[] file) throws IOException {
        return GraphImport.into(graph).read(format, new ByteArrayInputStream(file));
    }

    private static Imported read(Graph graph, String lines) throws IOException {
        return read(graph, GraphFormat.JSON_LINES, (HEADER + lines).getBytes(UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenIsReadAsItWasWithItsTypes(GraphFormat format) throws IOException { // X1
        Graph graph = graph();
        fill(graph);
        Graph other = graph();
        Imported done = read(other, format, written(graph, format));
        assertThat(done).isEqualTo(new Imported(2, 2, 4, 0, 0));
        for (var node : graph.nodes().list()) {
            assertThat(other.node(node.id()).orElseThrow().properties().toMap())
                    .isEqualTo(node.properties().toMap());
            assertThat(other.node(node.id())).contains(node);
        }
        assertThat(other.edges().list()).isEqualTo(graph.edges().list());
        assertThat(written(other, format)).isEqualTo(written(graph, format)); // X2
    }

    @ParameterizedTest
    @EnumSource
    void theGoldenFilesAreWrittenAndReadForEver(GraphFormat format) throws IOException { // X1
        Graph graph = graph();
        fill(graph);
        Path golden =
                Path.of(
                        "src/test/resources/dev/orrery/exchange",
                        format == GraphFormat.GRAPHML ? "zoo-1.graphml" : "zoo-1.jsonl");
        assertThat(new String(written(graph, format), UTF_8)).isEqualTo(Files.readString(golden));
        Graph other = graph();
        read(other, format, Files.readAllBytes(golden));
        assertThat(other.nodes().list()).isEqualTo(graph.nodes().list());
    }

    @ParameterizedTest
    @EnumSource
    void readAgainNothingIsWritten(GraphFormat format) throws IOException { // X3
        Graph graph = graph();
        fill(graph);
        long entries = graph.entryCount();
        assertThat(read(graph, format, written(graph, format)))
                .isEqualTo(new Imported(2, 2, 0, 0, 0));
        assertThat(graph.entryCount()).isEqualTo(entries);
    }

    @Test
    void onlyWhatDiffersIsChangedAndTheRestStays() throws IOException { // X3
        Graph graph = graph();
        fill(graph);
        long entries = graph.entryCount();
        Imported done =
                read(
                        graph,
                        """
                        {"node":"worm","type":"Animal","properties":{"name":"Worm","age":1}}
                        {"edge":"worm-worm","type":"eats","from":"worm","to":"worm"}
                        """);
        assertThat(done).isEqualTo(new Imported(1, 1, 0, 1, 0));
        assertThat(graph.entryCount()).isEqualTo(entries + 1);
        assertThat(graph.node("worm").orElseThrow().integer("age")).isEqualTo(1);
        assertThat(graph.node("worm").orElseThrow().text("blank")).isEmpty();
    }

    @Test
    void anEdgeWithoutAnIdIsNamedByItsEnds() throws IOException { // X3
        Graph graph = graph();
        fill(graph);
        String edge = "{\"type\":\"eats\",\"from\":\"robin\",\"to\":\"robin\"}\n";
        assertThat(read(graph, edge).added()).isEqualTo(1);
        assertThat(read(graph, edge + edge).added()).isZero();
        assertThat(graph.edge("robin eats robin")).isPresent();
    }

    @Test
    void aBadLineIsNamedAndNothingOfItsCommitIsWritten() { // X4
        String good = "{\"node\":\"a\",\"type\":\"Animal\",\"properties\":{\"name\":\"A\"}}\n";
        refused(good + "{\"node\":\"b\",\"type\":\"Animal\"}\n", "line 3: Animal.name is required");
        refused(good + "{\"node\":\"b\"}\n", "line 3: type must be there");
        refused(
                good + "{\"node\":\"b\",\"type\":\"Fish\"}\n",
                "line 3: type is a node type of zoo");
        refused(good + "{\"node\":7,\"type\":\"Animal\"}\n", "line 3: node must be text");
        refused(good + "\n{\"node\":\n", "line 4: the line must be JSON");
        refused(good + "[]\n", "line 3: the line must be a JSON object");
        refused(good + "{\"node\":\"b\",\"nme\":1}\n", "line 3: members must be of [node");
        refused(
                good + "{\"edge\":\"e\",\"type\":\"eats\",\"from\":\"a\",\"to\":\"z\"}\n",
                "line 3 must come after the nodes it joins, and one of them is not there (was z)");
        refused(
                good + "{\"edge\":\"a\",\"type\":\"eats\",\"from\":\"a\",\"to\":\"a\"}\n",
                "line 3 must have an id of its own");
        refused(
                good.replace("\"A\"", "{\":date\":\"tomorrow\"}"),
                "line 2: value must be a text that says date");
        refused(good.replace("\"A\"", "123456789012345678901"), "line 2: value must fit 64 bits");
        refused(good.replace("\"A\"", "7"), "line 2: Animal.name must be text");
        refused("{\"orrery\":\"graph\",\"version\":2}\n", "line 2: version must be 1");
    }

    private void refused(String lines, String why) {
        Graph graph = graph();
        long entries = graph.entryCount();
        assertThatThrownBy(() -> read(graph, lines))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith(why);
        assertThat(graph.entryCount()).isEqualTo(entries);
    }

    @Test
    void commitsBeforeABadLineStayAndTheFileCanBeReadAgain() throws IOException { // X4
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 2_500; i++) {
            lines.append("{\"node\":\"n")
                    .append(i)
                    .append("\",\"type\":\"Animal\",\"properties\":");
            lines.append(i == 2_200 ? "{}}\n" : "{\"name\":\"N\"}}\n");
        }
        Graph graph = graph();
        List<Imported> told = new ArrayList<>();
        GraphImport importing = GraphImport.into(graph).progress(told::add);
        byte[] bad = (HEADER + lines).getBytes(UTF_8);
        assertThatThrownBy(
                        () -> importing.read(GraphFormat.JSON_LINES, new ByteArrayInputStream(bad)))
                .hasMessageStartingWith("line 2202: Animal.name is required");
        assertThat(told).extracting(Imported::nodes).containsExactly(1_000L, 2_000L);
        assertThat(graph.nodes().count()).isEqualTo(2_000);
        Imported done = read(graph, lines.toString().replace("{}}", "{\"name\":\"N\"}}"));
        assertThat(done).isEqualTo(new Imported(2_500, 0, 500, 0, 0));
    }

    @Test
    void filesOfOtherProgramsAreGivenTypes() throws IOException {
        String file =
                """
                <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
                  <key id="d0" for="node" attr.name="name" attr.type="string"><default>none</default></key>
                  <key id="d1" for="node" attr.name="age" attr.type="int"/>
                  <graph edgedefault="undirected">
                    <desc>drawn</desc>
                    <node id="1"><data key="d0"><![CDATA[Ann]]></data><data key="d1"> 7 </data></node>
                    <node id="2"/>
                    <edge source="1" target="2"/>
                  </graph>
                </graphml>
                """;
        Graph graph = graph();
        GraphImport.into(graph)
                .untypedNodes("Animal")
                .untypedEdges("eats")
                .read(GraphFormat.GRAPHML, new ByteArrayInputStream(file.getBytes(UTF_8)));
        assertThat(graph.node("1").orElseThrow().properties())
                .isEqualTo(Row.of("name", "Ann", "age", 7));
        assertThat(graph.node("2").orElseThrow().text("name")).isEqualTo("none");
        assertThat(graph.edge("1 eats 2")).isPresent();
    }

    @Test
    void edgesWithIdsOfNodesAreGivenOthersTheSameEachTime() throws IOException { // X3
        String file =
                """
                <graphml>
                  <graph edgedefault="directed">
                    <node id="0"/><node id="1"/><node id="edge:1"/>
                    <edge id="0" source="0" target="1"/>
                    <edge id="1" source="1" target="0"/>
                    <edge id="2" source="1" target="1"/>
                  </graph>
                </graphml>
                """;
        Graph graph = graph();
        GraphImport importing = GraphImport.into(graph).untypedNodes("Thing").untypedEdges("joins");
        byte[] bytes = file.getBytes(UTF_8);
        assertThat(importing.read(GraphFormat.GRAPHML, new ByteArrayInputStream(bytes)))
                .isEqualTo(new Imported(3, 3, 6, 0, 2));
        assertThat(graph.edges().keys()).containsExactly("2", "edge:0", "edge:edge:1");
        long entries = graph.entryCount();
        assertThat(importing.read(GraphFormat.GRAPHML, new ByteArrayInputStream(bytes)))
                .isEqualTo(new Imported(3, 3, 0, 0, 2));
        assertThat(graph.entryCount()).isEqualTo(entries);
    }

    @Test
    void anExportTellsHowFarItIsAndHoldsItsRevision() throws IOException { // X2
        Graph graph = graph();
        timeline(graph)
                .commit(() -> {
                    for (int i = 0; i < 1_500; i++) {
                        graph.addNode("Thing", "n" + i, Row.of());
                        graph.addEdge("joins", "e" + i, "n" + i, "n" + i, Row.of());
                    }
                });
        List<Exported> told = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Exported done =
                GraphExport.of(graph)
                        .progress(far -> {
                            told.add(far);
                            graph.removeEdge("e1499");
                        })
                        .write(GraphFormat.JSON_LINES, out);
        assertThat(told)
                .containsExactly(
                        new Exported(1_000, 0),
                        new Exported(1_500, 500),
                        new Exported(1_500, 1_500));
        assertThat(done).isEqualTo(new Exported(1_500, 1_500));
        assertThat(out.toString(UTF_8)).contains("\"e1499\"");
        assertThat(graph.edge("e1499")).isEmpty();
    }

    private static Timeline timeline(Graph graph) {
        return ((Versioned<?, ?>) graph.nodes()).timeline();
    }

    @Test
    void entitiesAndGraphsInGraphsAreRefused() { // X5
        refusedXml(
                "<!DOCTYPE g [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><graphml>&x;</graphml>",
                "line 1");
        refusedXml("<html/>", "line 1: the file must begin with graphml");
        refusedXml(
                "<graphml>\n<graph><node id='a'><graph/></node></graph></graphml>",
                "line 2: a node");
        refusedXml(
                "<graphml>\n<graph><hyperedge/></graph></graphml>", "line 2: an element must be");
        refusedXml("<graphml>\n<graph></graphml>", "line 2 must be GraphML, well formed");
        refusedXml(
                "<graphml><graph><node id='a'><data key='q'/></node></graph></graphml>",
                "line 1: data");
    }

    private void refusedXml(String file, String why) {
        assertThatThrownBy(() -> read(graph(), GraphFormat.GRAPHML, file.getBytes(UTF_8)))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith(why);
    }

    @ParameterizedTest
    @EnumSource
    void whatNeverEndsIsRefused(GraphFormat format) { // X5
        String begin =
                format == GraphFormat.GRAPHML
                        ? "<graphml><graph><node id='"
                        : HEADER + "{\"node\":\"";
        InputStream endless =
                new SequenceInputStream(
                        new ByteArrayInputStream(begin.getBytes(UTF_8)),
                        new ByteArrayInputStream("a".repeat(64 << 20).getBytes(UTF_8)));
        assertThatThrownBy(() -> GraphImport.into(graph()).read(format, endless))
                .isInstanceOf(Invalid.class);
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsReadIsTakenOrRefused(GraphFormat format) throws IOException { // X5
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("ExchangeTest seed " + seed);
        Random random = new Random(seed);
        Graph graph = graph();
        fill(graph);
        byte[] file = written(graph, format);
        int taken = 0;
        int refused = 0;
        for (int round = 0; round < 500; round++) {
            byte[] damaged = file.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] =
                        random.nextBoolean()
                                ? (byte) random.nextInt(256)
                                : file[random.nextInt(file.length)];
            }
            try {
                read(graph, format, damaged);
                taken++;
            } catch (Invalid expected) {
                assertThat(expected).hasMessageStartingWith("line ");
                refused++;
            }
        }
        assertThat(taken).isPositive();
        assertThat(refused).isPositive();
    }
}
