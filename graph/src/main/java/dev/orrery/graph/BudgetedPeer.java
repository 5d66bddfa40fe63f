package dev.orrery.graph;

import java.time.Duration;
import java.time.InstantSource;

/**
 * A replica as one peer sees it, who is told to come back later when he has used up his budget.
 * What he may use grows evenly, up to the whole of it. Thread-safe.
 */
final class BudgetedPeer implements Peer { // law G63
    private final SyncAnswers answers;
    private final InstantSource wall;
    private final PeerBudget budget;
    private double left;
    private long since;

    BudgetedPeer(SyncAnswers answers, InstantSource wall, PeerBudget budget) {
        this.answers = answers;
        this.wall = wall;
        this.budget = budget;
        this.left = (double) budget.bytes();
        this.since = wall.millis();
    }

    @Override
    public byte[] answer(byte[] message) {
        Duration wait = spend(message.length);
        if (!wait.isZero()) {
            return new SyncMessage.Later(wait.toMillis()).encode();
        }
        byte[] answer = answers.answer(message);
        owe(answer.length);
        return answer;
    }

    /** Takes bytes off the budget; or how long to wait until there are so many. */
    private synchronized Duration spend(int bytes) {
        long now = wall.millis();
        double perMilli = (double) budget.bytes() / (double) budget.per().toMillis();
        left =
                Math.min(
                        (double) budget.bytes(),
                        left + (double) Math.max(0, now - since) * perMilli);
        since = now;
        if (left < bytes) {
            return Duration.ofMillis((long) Math.ceil((bytes - left) / perMilli));
        }
        left -= bytes;
        return Duration.ZERO;
    }

    /** An answer is given whole, and held against the questions to come. */
    private synchronized void owe(int bytes) {
        left -= bytes;
    }
}
