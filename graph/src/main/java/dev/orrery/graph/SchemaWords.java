package dev.orrery.graph;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words of a schema that stands as data: those of the builder. */
final class SchemaWords {
    /** The type of a property that may have any. */
    static final String ANY = "any";

    /** What is said of a property beside its type. */
    private static final Map<Fact.Aspect, String> OF_PROPERTY =
            new EnumMap<>(
                    Map.ofEntries(
                            Map.entry(Fact.Aspect.REQUIRED, "required"),
                            Map.entry(Fact.Aspect.OPTIONAL, "relax"),
                            Map.entry(Fact.Aspect.DEFAULT, "defaultValue"),
                            Map.entry(Fact.Aspect.AT_LEAST, "atLeast"),
                            Map.entry(Fact.Aspect.AT_MOST, "atMost"),
                            Map.entry(Fact.Aspect.ABOVE, "above"),
                            Map.entry(Fact.Aspect.BELOW, "below"),
                            Map.entry(Fact.Aspect.SHORTEST, "shortest"),
                            Map.entry(Fact.Aspect.LONGEST, "longest"),
                            Map.entry(Fact.Aspect.PATTERN, "pattern"),
                            Map.entry(Fact.Aspect.ONE_OF, "oneOf"),
                            Map.entry(Fact.Aspect.NOTE, "notes")));

    private SchemaWords() {}

    /** What a word says of a property; null when it says nothing, or its type. */
    static Fact.@Nullable Aspect aspect(String word) {
        for (Map.Entry<Fact.Aspect, String> known : OF_PROPERTY.entrySet()) {
            if (known.getValue().equals(word)) {
                return known.getKey();
            }
        }
        return null;
    }

    /** The word for what is said of a property; null when it is said otherwise. */
    static @Nullable String of(Fact.Aspect aspect) {
        return OF_PROPERTY.get(aspect);
    }

    /** Every word there is for properties. */
    static List<String> ofProperties() {
        List<String> all = new ArrayList<>(List.of("type"));
        all.addAll(OF_PROPERTY.values());
        return all;
    }

    /** The word for a constant. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
