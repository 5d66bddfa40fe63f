package dev.orrery.graph;

/**
 * An entry as it was read from a store. Immutable.
 *
 * @param arrival the number it has here
 * @param isLoose whether it came without what it follows
 */
record StoredEntry(long arrival, Entry entry, boolean isLoose) {
    Hash hash() {
        return entry.hash();
    }
}
