package dev.orrery.query;

/** Where the live memo of a node stands with the store; guarded by the node's monitor. */
final class Storing {
    private static final byte KEPT = 0;
    private static final byte NOTED = 1;

    /** It could not be stored, since something it had read was in doubt. */
    private static final byte MISSED = 2;

    private Storing() {}

    /** Notes that a memo was installed. Holding the monitor. */
    static void installed(Node node, Saving saving, boolean verified) {
        Memo live = node.memo;
        if (live != null && (!verified || live.stored == MISSED)) {
            note(node, saving);
        }
    }

    /** Has the next save look at a node. */
    static void note(Node node, Saving saving) {
        synchronized (node) {
            Memo live = node.memo;
            if (live != null && !node.isDormant() && live.stored != NOTED) {
                live.stored = NOTED;
                saving.settled(node);
            }
        }
    }

    /** A save looks at a node. */
    static void collected(Node node) {
        synchronized (node) {
            Memo live = node.memo;
            if (live != null) {
                live.stored = KEPT;
            }
        }
    }

    /** A save at a revision could not store it: when it is verified, or now if it is newer. */
    static void missed(Node node, long revision, Saving saving) {
        synchronized (node) {
            Memo live = node.memo;
            if (live == null) {
                return;
            }
            if (live.from > revision) {
                note(node, saving);
            } else if (live.stored == KEPT) {
                live.stored = MISSED;
            }
        }
    }
}
