package dev.orrery.examples.wordnet;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The relations that become edges, by the symbols that WordNet's files have for them. */
final class Relations {
    /** Of relations that are written both ways, as kind and subkind, one way is enough. */
    private static final Map<String, String> BY_SYMBOL =
            Map.ofEntries(
                    Map.entry("@", "kind of"),
                    Map.entry("@i", "instance of"),
                    Map.entry("#m", "member of"),
                    Map.entry("#s", "substance of"),
                    Map.entry("#p", "part of"),
                    Map.entry("=", "attribute"),
                    Map.entry("+", "derived"),
                    Map.entry(";c", "of topic"),
                    Map.entry(";r", "of region"),
                    Map.entry(";u", "of usage"),
                    Map.entry("*", "entails"),
                    Map.entry(">", "causes"),
                    Map.entry("^", "see also"),
                    Map.entry("$", "grouped with"),
                    Map.entry("!", "opposite"),
                    Map.entry("&", "similar"),
                    Map.entry("<", "participle of"),
                    Map.entry("\\", "pertains to"));

    private Relations() {}

    /** The edge type of a symbol; none for the other way of one that there is. */
    static Optional<String> of(String symbol) {
        return Optional.ofNullable(BY_SYMBOL.get(symbol));
    }

    /** Every edge type, in the order of names. */
    static SortedSet<String> all() {
        return new TreeSet<>(BY_SYMBOL.values());
    }
}
