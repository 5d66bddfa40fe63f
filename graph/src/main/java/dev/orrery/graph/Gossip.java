package dev.orrery.graph;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Keeps a replica level with many others by syncing with a few of them, drawn anew each time: what
 * one writes reaches all in about as many rounds as the logarithm of their number. Closing waits
 * for the exchange under way. Thread-safe.
 */
public final class Gossip implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gossip.class.getName());

    private final Graph graph;
    private final Supplier<Map<String, Peer>> peers;
    private final Duration every;
    private final RandomGenerator random;
    private final Map<String, Synced> last = new ConcurrentHashMap<>();
    private final Map<String, OrreryException> away = new ConcurrentHashMap<>();
    private final Thread thread;

    private Gossip(
            Graph graph,
            Supplier<Map<String, Peer>> peers,
            Duration every,
            RandomGenerator random) {
        this.graph = graph;
        this.peers = peers;
        this.every = every;
        this.random = random;
        this.thread = Thread.ofVirtual().name("gossip-" + graph.name()).unstarted(this::run);
    }

    /**
     * Begins.
     *
     * @param peers by name, asked before each round
     * @param every how long to rest after a round
     */
    static Gossip begin(
            Graph graph,
            Supplier<Map<String, Peer>> peers,
            Duration every,
            RandomGenerator random) {
        Gossip gossip = new Gossip(graph, peers, every, random);
        gossip.thread.start();
        return gossip;
    }

    private void run() {
        try {
            while (true) {
                round();
                Thread.sleep(every);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        Map<String, Peer> known = peers.get();
        List<Map.Entry<String, Peer>> drawn = new ArrayList<>(known.entrySet());
        Collections.shuffle(drawn, Random.from(random));
        for (Map.Entry<String, Peer> peer : drawn.subList(0, fanOut(drawn.size()))) {
            String name = peer.getKey();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            try {
                last.put(name, graph.sync(peer.getValue()));
                away.remove(name);
            } catch (OrreryException failed) { // the others go on; told by away()
                OrreryException before = away.put(name, failed);
                if (before == null || !before.getMessage().equals(failed.getMessage())) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0} cannot sync with {1}: {2}",
                            graph,
                            name,
                            failed.getMessage());
                }
            }
        }
    }

    /** With how many of its peers a replica syncs in a round: one more than their logarithm. */
    static int fanOut(int peers) {
        return peers == 0 ? 0 : Math.min(peers, (int) Math.ceil(Math.log(peers)) + 1);
    }

    /** The last exchange with each peer that there was one with. */
    public Map<String, Synced> last() {
        return Map.copyOf(last);
    }

    /** The peers that the last exchange failed with, and why. */
    public Map<String, OrreryException> away() {
        return Map.copyOf(away);
    }

    @Override
    public void close() {
        thread.interrupt();
        Uninterrupted.join(thread);
    }
}
