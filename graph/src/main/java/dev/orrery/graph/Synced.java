package dev.orrery.graph;

import java.util.List;

/**
 * What an exchange with a peer did. Immutable.
 *
 * @param received entries that were new here
 * @param sent entries that were new there
 * @param bytesReceived the length of the peer's answers
 * @param bytesSent the length of the questions
 * @param rounds how many questions were asked
 * @param waiting entries of the peer that cannot be taken in yet
 * @param refused entries of the peer that never can be
 * @param equal whether both held the same entries at the end
 */
public record Synced(
        long received,
        long sent,
        long bytesReceived,
        long bytesSent,
        int rounds,
        long waiting,
        List<Merged.Refused> refused,
        boolean equal) {
    public Synced {
        refused = List.copyOf(refused);
    }
}
