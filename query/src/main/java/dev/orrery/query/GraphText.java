package dev.orrery.query;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A graph of dependencies as text in other languages. Immutable. */
final class GraphText {
    /** Labels are for reading: a longer one is cut. */
    private static final int LONGEST_LABEL = 120;

    private final Dependencies graph;
    private final Map<Dependency, Integer> numbers = new HashMap<>();

    GraphText(Dependencies graph) {
        this.graph = graph;
        graph.nodes().forEach(node -> numbers.put(node, numbers.size()));
    }

    String dot() {
        StringBuilder text = new StringBuilder("digraph dependencies {\n");
        if (graph.leftOut() > 0) {
            text.append("  label=\"").append(leftOut()).append("\";\n");
        }
        numbered((number, node) ->
                text.append(
                        "  n%d [shape=%s, label=\"%s\"];\n"
                                .formatted(
                                        number,
                                        dotShape(node),
                                        escaped(label(node), GraphText::dot))));
        joined((reader, read) -> text.append("  n%d -> n%d;\n".formatted(reader, read)));
        return text.append("}\n").toString();
    }

    private static String dotShape(Dependency node) {
        return switch (node.kind()) {
            case QUERY -> "box";
            case KEY -> "ellipse";
            case SET -> "folder";
        };
    }

    private static String dot(int character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            default -> plain(character);
        };
    }

    String mermaid() {
        StringBuilder text = new StringBuilder("flowchart TD\n");
        if (graph.leftOut() > 0) {
            text.append("  %% ").append(leftOut()).append('\n');
        }
        numbered((number, node) -> {
            String label = escaped(label(node), GraphText::mermaid);
            String shape = node.kind() == Dependency.Kind.QUERY ? "[\"%s\"]" : "([\"%s\"])";
            text.append("  n").append(number).append(shape.formatted(label)).append('\n');
        });
        joined((reader, read) -> text.append("  n%d --> n%d\n".formatted(reader, read)));
        return text.toString();
    }

    /** Whatever could mean something to Mermaid, to Markdown or to HTML, by its number. */
    private static String mermaid(int character) {
        return "\"#&<>`*_\\;".indexOf(character) >= 0 ? "#" + character + ";" : plain(character);
    }

    String json() {
        String nodes =
                graph.nodes().stream()
                        .map(node ->
                                "{\"kind\":\"%s\",\"name\":\"%s\",\"label\":\"%s\"}"
                                        .formatted(
                                                node.kind(),
                                                escaped(node.name(), GraphText::json),
                                                escaped(label(node), GraphText::json)))
                        .collect(Collectors.joining(","));
        String edges =
                graph.edges().stream()
                        .map(edge ->
                                "[%d,%d]"
                                        .formatted(
                                                numbers.get(edge.reader()),
                                                numbers.get(edge.read())))
                        .collect(Collectors.joining(","));
        return "{\"nodes\":[%s],\"edges\":[%s],\"leftOut\":%d}"
                .formatted(nodes, edges, graph.leftOut());
    }

    private static String json(int character) {
        boolean plain = character >= ' ' && character != '"' && character != '\\';
        boolean lone = Character.getType(character) == Character.SURROGATE;
        return plain && !lone ? Character.toString(character) : "\\u%04x".formatted(character);
    }

    // all of them

    @FunctionalInterface
    private interface Numbered {
        void accept(int number, Dependency node);
    }

    @FunctionalInterface
    private interface Joined {
        void accept(int reader, int read);
    }

    private void numbered(Numbered each) {
        graph.nodes().forEach(node -> each.accept(number(node), node));
    }

    private void joined(Joined each) {
        graph.edges().forEach(edge -> each.accept(number(edge.reader()), number(edge.read())));
    }

    private int number(Dependency node) {
        return Objects.requireNonNull(numbers.get(node), "an edge joins nodes of its graph");
    }

    private String leftOut() {
        return graph.leftOut() + " further reads left out";
    }

    private static String label(Dependency node) {
        String whole = node.toString();
        if (whole.length() <= LONGEST_LABEL) {
            return whole;
        }
        int end = LONGEST_LABEL - 1;
        return whole.substring(0, Character.isHighSurrogate(whole.charAt(end - 1)) ? end - 1 : end)
                + "…";
    }

    private static String escaped(String text, Function<Integer, String> escape) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(character -> escaped.append(escape.apply(character)));
        return escaped.toString();
    }

    /** A character as it is; one that controls, or is half of one, as a space. */
    private static String plain(int character) {
        return Character.isISOControl(character)
                        || Character.getType(character) == Character.SURROGATE
                ? " "
                : Character.toString(character);
    }
}
