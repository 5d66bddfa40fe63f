package dev.orrery.channel;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Laws H2 and H3 over random histories: cases X03 (a kill between the commit of a state and its
 * frame), X05 (joins at random moments) and X06 (exactly what was missed). {@code -Dorrery.seed}
 * runs one history alone.
 */
class JoinSimulationTest {
    @Test
    void tenThousandReconnectsLoseAndDoubleNothing() {
        reconnect(10_000);
    }

    @Test
    @Tag("long")
    void aMillionReconnectsLoseAndDoubleNothing() {
        reconnect(1_000_000);
    }

    private static void reconnect(int reconnects) {
        JoinSimulation simulation = new JoinSimulation();
        Long fixed = Long.getLong("orrery.seed");
        if (fixed != null) {
            simulation.accept(fixed);
            return;
        }
        SplittableRandom seeds = new SplittableRandom();
        for (int done = 0; done < reconnects; done += JoinSimulation.RECONNECTS) {
            simulation.accept(seeds.nextLong());
        }
    }
}
