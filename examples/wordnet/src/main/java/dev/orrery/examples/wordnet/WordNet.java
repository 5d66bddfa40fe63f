package dev.orrery.examples.wordnet;

import static dev.orrery.core.Column.text;
import static dev.orrery.graph.Constraint.required;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.graph.Algorithms;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Node;
import dev.orrery.graph.Ontology;
import dev.orrery.graph.Synced;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * WordNet as a graph: a node for each meaning, an edge for each relation between two. Confined to
 * one thread.
 */
final class WordNet implements AutoCloseable {
    static final Ontology ONTOLOGY = ontology();

    private static final int STEP = 1_000;

    private final Timeline timeline;
    private final Graph graph;

    private WordNet(String replica) {
        timeline = Timeline.startingAt(replica, new Revision(0));
        graph = Graphs.on(timeline).replica(replica).open(ONTOLOGY);
    }

    /** A replica in memory with nothing in it. */
    static WordNet empty(String replica) {
        return new WordNet(replica);
    }

    private static Ontology ontology() {
        Ontology.OntologyBuilder builder =
                Ontology.define("wordnet")
                        .node(
                                "Meaning",
                                meaning ->
                                        meaning.text("word", required())
                                                .list("others")
                                                .text("gloss", required())
                                                .undeclared(Ontology.Undeclared.REFUSED)
                                                .index("word"))
                        .node("Noun", noun -> noun.extend("Meaning"))
                        .node("Verb", verb -> verb.extend("Meaning"))
                        .node("Adjective", adjective -> adjective.extend("Meaning"))
                        .node("Satellite", satellite -> satellite.extend("Adjective"))
                        .node("Adverb", adverb -> adverb.extend("Meaning"));
        for (String relation : Relations.all()) {
            builder.edge(relation, edge -> edge.from("Meaning").to("Meaning").text("words"));
        }
        return builder.build();
    }

    Graph graph() {
        return graph;
    }

    /** Reads all meanings and, when they are there, what relates them, so many to a commit. */
    void load(WordNetFiles files) throws IOException {
        List<Runnable> step = new ArrayList<>();
        files.forEach(meaning -> add(step, () -> addNode(meaning)));
        files.forEach(meaning ->
                meaning.pointers()
                        .forEach(pointer ->
                                Relations.of(pointer.symbol())
                                        .ifPresent(type ->
                                                add(step, () -> addEdge(meaning, pointer, type)))));
        write(step);
    }

    private void add(List<Runnable> step, Runnable write) {
        step.add(write);
        if (step.size() == STEP) {
            write(step);
        }
    }

    private void write(List<Runnable> step) {
        timeline.commit(() -> step.forEach(Runnable::run));
        step.clear();
    }

    private void addNode(Meaning meaning) {
        List<String> words = meaning.words();
        Row row = Row.of("word", words.getFirst(), "gloss", meaning.gloss());
        graph.addNode(
                meaning.type(),
                meaning.id(),
                words.size() == 1 ? row : row.with("others", words.subList(1, words.size())));
    }

    private void addEdge(Meaning from, Meaning.Pointer pointer, String type) {
        boolean ofAll = pointer.words().equals("0000");
        String id = from.id() + " " + type + " " + pointer.to();
        graph.addEdge(
                type,
                ofAll ? id : id + " " + pointer.words(),
                from.id(),
                pointer.to(),
                ofAll ? Row.of() : Row.of("words", pointer.words()));
    }

    // ---- asking

    /** The first meaning of a noun. */
    Node noun(String word) {
        return graph.nodes("Noun").where(text("word").eq(word)).list().getFirst();
    }

    /** The words from a noun up to what all nouns are kinds of. */
    List<String> kinds(String noun) {
        String top = noun("entity").id();
        return graph
                .algorithms()
                .over("kind of", "instance of")
                .shortestPath(noun(noun).id(), top)
                .stream()
                .map(this::word)
                .toList();
    }

    /** The fewest relations of any sort from one noun to another. */
    List<String> way(String from, String to) {
        return graph.algorithms().shortestPath(noun(from).id(), noun(to).id()).stream()
                .map(this::word)
                .toList();
    }

    /** How many meanings are of a kind, over all kinds of it. */
    int ofKind(String noun) {
        return impact("kind of", noun) - 1;
    }

    private int impact(String relation, String noun) {
        Algorithms over = graph.algorithms().over(relation);
        return over.impact(noun(noun).id()).size();
    }

    /** Kinds of something, directly or over others, that have a part of their own. */
    long kindsWithParts(String noun) {
        return graph.from(noun(noun).id())
                .in("kind of")
                .upTo(20)
                .in("part of")
                .ends(100_000)
                .size();
    }

    /** The parts of the graph that hang together, the largest first. */
    List<Set<String>> parts() {
        return graph.algorithms().components();
    }

    /** Whether something is, over others, a kind of itself. */
    Optional<List<String>> circle() {
        return graph.algorithms().over("kind of").cycle();
    }

    Synced sync(WordNet other) {
        return graph.sync(other.graph::answer);
    }

    private String word(String id) {
        return graph.node(id).orElseThrow().text("word");
    }

    @Override
    public void close() {
        graph.close();
    }
}
