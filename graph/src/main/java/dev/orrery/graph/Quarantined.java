package dev.orrery.graph;

import java.util.List;

/**
 * An entry that breaks the schema, wholly or in one property: it is kept, so that replicas stay
 * equal and it can be shown once the schema or the graph allows it. Immutable.
 *
 * @param entry its hash
 * @param operation what it does, as {@link Operation#name} calls it
 * @param id the node or edge concerned, empty for the schema
 * @param reasons why, at least one
 * @param schema the hash of the schema it breaks
 */
public record Quarantined(
        Hash entry, String operation, String id, List<Reason> reasons, Hash schema) {
    public Quarantined {
        reasons = List.copyOf(reasons);
    }

    /**
     * One rule that is broken.
     *
     * @param type the type whose rule it is
     * @param property the property concerned, empty when it is the node or edge as such
     * @param rule the rule in a word: {@code type}, {@code subtype}, {@code required}, {@code
     *     value}, {@code endpoint} or a fact's aspect
     * @param detail the rule in a sentence, with the values in question
     * @param hides whether it is hidden for it, or only noted
     */
    public record Reason(String type, String property, String rule, String detail, boolean hides) {}

    /** Whether anything is hidden because of it. */
    public boolean isHidden() {
        return reasons.stream().anyMatch(Reason::hides);
    }
}
