package dev.orrery.bench;

/**
 * What Salsa, the query runtime of the Rust compiler's tools, took on a machine whose map took 2.1
 * ns: it enters as a multiple of what the map takes here and now.
 */
final class Salsa {
    /** The first execution of a tree of seven queries, a query. */
    static final double COLD = 114 / 2.1;

    /** The execution of the tree after all its inputs changed, a query. */
    static final double AGAIN = 155 / 2.1;

    /** The execution of a chain of 5,000 after its input changed, a query. */
    static final double CHAIN = 204 / 2.1;

    private Salsa() {}

    /** How a peer of this is named in a figure. */
    static String title(double multiple) {
        return "Salsa, %.0f map gets".formatted(multiple);
    }
}
