package dev.orrery.graph;

import java.util.List;
import java.util.Set;

/**
 * What was erased, to be shown to whoever asks for proof. Immutable.
 *
 * <p>Each entry is named by the hash of its content, and the base lists the hashes of all entries
 * it was made of: so whoever still has the content can show that it was one of them, and whoever
 * has the base, that it is there no more.
 *
 * @param ids what was asked for
 * @param entries the hashes of the entries whose content is gone, in the order in which they came
 * @param by the hashes of the entries that tell other replicas
 * @param base the name of the base that is kept instead
 */
public record Erased(Set<String> ids, List<Hash> entries, List<Hash> by, Hash base) {
    public Erased {
        ids = Set.copyOf(ids);
        entries = List.copyOf(entries);
        by = List.copyOf(by);
    }
}
