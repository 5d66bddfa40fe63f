package dev.orrery.exchange;

/**
 * What an import found and did.
 *
 * @param nodes how many nodes the file has
 * @param edges how many edges it has
 * @param added how many of both were not there before
 * @param changed how many were there and differed; the rest were there as they are
 * @param renamed how many edges are there under another id than the file says, because a node has
 *     it
 */
public record Imported(long nodes, long edges, long added, long changed, long renamed) {
    static final Imported NOTHING = new Imported(0, 0, 0, 0, 0);

    Imported plus(Imported more) {
        return new Imported(
                nodes + more.nodes,
                edges + more.edges,
                added + more.added,
                changed + more.changed,
                renamed + more.renamed);
    }
}
