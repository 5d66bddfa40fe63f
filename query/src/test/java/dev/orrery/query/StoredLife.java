package dev.orrery.query;

import dev.orrery.core.Column;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A process with a few queries over an input, from its opening to its end; it notes what ran. */
final class StoredLife implements AutoCloseable {
    static final long MEMO_BYTES = 1 << 20;

    final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    final QueryStore store;
    final Timeline timeline;
    final Queries queries;
    final Input<String, String> text;
    final Query<String, Integer> length;
    final Query<String, Integer> twice;
    final SingleQuery<Integer> hellos;

    StoredLife(Path directory) {
        this(QueryStore.open(directory, MEMO_BYTES));
    }

    StoredLife(SegmentLog log) {
        this(QueryStore.over(log, MEMO_BYTES));
    }

    StoredLife(QueryStore store) {
        this.store = store;
        timeline = Timeline.startingAt("life", store.revision());
        queries = new Queries(timeline, Thread.ofVirtual().factory(), store);
        text = queries.input("text", String.class, String.class);
        length = queries.query("length", String.class, Integer.class, this::length);
        twice = queries.query("twice", String.class, Integer.class, this::twice);
        hellos = queries.query("hellos", Integer.class, this::hellos);
    }

    private int length(String key) {
        ran.add("length " + key);
        return text.find(key).orElse("").length();
    }

    private int twice(String key) {
        ran.add("twice " + key);
        return 2 * length.of(key);
    }

    private int hellos() {
        ran.add("hellos");
        return text.where(Column.text("value").eq("hello")).list().size();
    }

    /** What the input holds. */
    Map<String, String> facts() {
        Map<String, String> facts = new TreeMap<>();
        text.keys().forEach(key -> facts.put(key, text.require(key)));
        return facts;
    }

    /** Asks everything about some keys. */
    void ask(String... keys) {
        for (String key : keys) {
            twice.of(key);
        }
        hellos.now();
    }

    /** Whether each answer is what its body would give now. */
    boolean isRight(String... keys) {
        Map<String, String> facts = facts();
        for (String key : keys) {
            if (twice.of(key) != 2 * facts.getOrDefault(key, "").length()) {
                return false;
            }
        }
        return hellos.now() == Collections.frequency(facts.values(), "hello");
    }

    @Override
    public void close() {
        queries.close();
        store.close();
    }
}
