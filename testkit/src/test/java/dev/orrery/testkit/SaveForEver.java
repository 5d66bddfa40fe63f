package dev.orrery.testkit;

import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.QueryStore;
import java.nio.file.Path;

/**
 * The child of {@link QueryStoreKillTest}: it counts in an input, asks a query, saves, and prints
 * the count once it is saved.
 */
final class SaveForEver {
    private static final int SPREAD = 50;

    final QueryStore store;
    final Timeline timeline;
    final Queries queries;
    final Input<Integer, Integer> numbers;
    final Query<Integer, Integer> squared;
    int runs;

    SaveForEver(Path directory) {
        SegmentLog.Options small = SegmentLog.Options.DEFAULT.segmentBytes(16 << 10);
        store = QueryStore.over(SegmentLog.open(directory, small), 16 << 10);
        timeline = Timeline.startingAt("life", store.revision());
        queries = new Queries(timeline, Thread.ofVirtual().factory(), store);
        numbers = queries.input("numbers", Integer.class, Integer.class);
        squared = queries.query("squared", Integer.class, Integer.class, this::square);
    }

    private int square(int key) {
        runs++;
        int number = numbers.find(key).orElse(0);
        return number * number;
    }

    /** The next number, and its opposite, in one commit. */
    void count() {
        int next = numbers.find(0).orElse(0) + 1;
        timeline.commit(() -> {
            numbers.set(0, next);
            numbers.set(1, -next);
            numbers.set(2 + next % SPREAD, next);
        });
        askAll();
    }

    void askAll() {
        for (int key = 0; key < SPREAD + 2; key++) {
            squared.of(key);
        }
    }

    void close() {
        queries.close();
        store.close();
    }

    public static void main(String[] arguments) {
        SaveForEver life = new SaveForEver(Path.of(arguments[0]));
        System.out.println("open");
        while (true) {
            life.count();
            life.queries.save();
            System.out.println(life.numbers.require(0));
        }
    }
}
