package dev.orrery.query;

/** The key of what has no key. */
enum NoKey {
    ONE;

    @Override
    public String toString() {
        return "";
    }
}
