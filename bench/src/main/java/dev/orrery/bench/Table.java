package dev.orrery.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Figures as lines of text in columns. */
final class Table {
    private static final List<String> HEADINGS =
            List.of(
                    "suite",
                    "figure",
                    "value",
                    "unit",
                    "peer",
                    "peer value",
                    "ratio",
                    "goal",
                    "met");

    private Table() {}

    static List<String> of(List<Figure> figures) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        figures.forEach(figure -> rows.add(cells(figure)));
        int[] widths =
                IntStream.range(0, HEADINGS.size())
                        .map(column ->
                                rows.stream()
                                        .mapToInt(row -> row.get(column).length())
                                        .max()
                                        .orElse(0))
                        .toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static List<String> cells(Figure figure) {
        return List.of(
                figure.suite(),
                figure.name(),
                Figure.number(figure.value()),
                figure.unit(),
                figure.peer().map(Figure.Peer::name).orElse("-"),
                figure.peer().map(peer -> Figure.number(peer.value())).orElse("-"),
                figure.ratio().map(Figure::number).orElse("-"),
                figure.goal().map(Figure.Goal::text).orElse("-"),
                figure.met().map(met -> met ? "yes" : "no").orElse("-"));
    }

    private static String line(List<String> row, int[] widths) {
        return IntStream.range(0, row.size())
                .mapToObj(column -> String.format("%-" + widths[column] + "s", row.get(column)))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }
}
