package dev.orrery.query;

import dev.orrery.core.Revision;

/**
 * What a store held when it was opened. Immutable.
 *
 * @param state what became of it
 * @param revision the facts are those of this revision
 * @param facts how many keys of inputs have a value
 * @param memos how many results are remembered; none of them is decoded
 * @param lost how many records are damaged or belong to a save that is not whole
 * @param foreign how many records are of something else; while there are some, the log is not
 *     shortened
 */
public record Restored(
        State state, Revision revision, long facts, long memos, long lost, long foreign) {

    /** What became of what a store held. */
    public enum State {
        /** There was nothing that could be used: everything is computed anew. */
        COLD,

        /** The newest save, and each of its facts. A damaged result is computed anew. */
        NEWEST,

        /** A save before the newest, since facts saved later are damaged. */
        OLDER
    }
}
