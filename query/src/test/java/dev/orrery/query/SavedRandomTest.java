package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Codec;
import dev.orrery.core.Column;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random histories over many lives: random writes, reads and saves, an end with or without a last
 * save, and the next life compared with evaluation from scratch. What runs after a restart would
 * have run without one. Laws Q30, Q32, Q34.
 */
class SavedRandomTest {
    private static final int INPUTS = 8;
    private static final int ROWS = 6;
    private static final int GROUPS = 3;
    private static final int WIDTH = 6;
    private static final int KEYS = 5 * WIDTH;

    record Item(int group, int amount) {}

    @Test
    void everyLifeGoesOnWhereTheLastSaveWas() {
        Seeds.of(6).forEach(seed -> Seeds.run(seed, () -> new History(seed).live(12)));
    }

    @Test
    @Tag("long")
    void everyLifeOfManyGoesOnWhereTheLastSaveWas() {
        Seeds.of(60).forEach(seed -> Seeds.run(seed, () -> new History(seed).live(100)));
    }

    /** The facts as plain maps. */
    private record Facts(
            Map<Integer, Integer> inputs,
            Map<Integer, Item> rows,
            Map<Integer, Integer> elsewhere) {
        Facts() {
            this(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }

        /** Inputs and rows of another moment, and what is elsewhere as it is. */
        Facts backTo(Facts saved) {
            return new Facts(new TreeMap<>(saved.inputs), new TreeMap<>(saved.rows), elsewhere);
        }

        Facts copy() {
            return new Facts(new TreeMap<>(inputs), new TreeMap<>(rows), new TreeMap<>(elsewhere));
        }
    }

    /** What a body reads. */
    private interface Reads {
        int input(int key);

        int group(int group);

        int elsewhere(int key);

        int value(int key);
    }

    private static final class History {
        private final Random random;
        private final int[] traits;
        private final KeptLog log = new KeptLog();
        private Facts facts = new Facts();
        private Facts saved = new Facts();

        History(long seed) {
            random = new Random(seed);
            traits = random.ints(KEYS, 0, 1 << 20).toArray();
        }

        void live(int lives) {
            Set<Integer> wouldRun = Set.of();
            boolean comparable = false;
            long revision = 0;
            for (int life = 0; life < lives; life++) {
                Life now = new Life(this);
                assertThat(now.timeline.published()).isGreaterThanOrEqualTo(revision);
                if (comparable) {
                    now.readAll();
                    assertThat(wouldRun).as("runs of a restart").containsAll(now.ran);
                }
                now.act();
                comparable = random.nextBoolean();
                if (comparable) {
                    now.save();
                    now.ran.clear();
                    now.readAll();
                    wouldRun = new HashSet<>(now.ran);
                }
                revision = now.store.revision().number();
                now.end();
                facts = facts.backTo(saved);
            }
        }

        int body(int key, Reads reads) {
            int trait = traits[key];
            int level = key / WIDTH;
            if (level == 0) {
                int value = reads.input(trait % INPUTS);
                return switch (trait % 3) {
                    case 0 -> value > 0 ? value + reads.group(trait / 8 % GROUPS) : value;
                    case 1 -> value + reads.elsewhere(trait / 16 % 4);
                    default -> value / 2;
                };
            }
            int first = reads.value(child(level, trait));
            int second = reads.value(child(level, trait / 7 + first));
            int value = first + second;
            if (value % 2 == 1) {
                value += reads.value(child(1 + trait / 3 % level, trait / 11 + second));
            }
            return (trait % 3 == 0 ? value / 3 : value) % 5;
        }

        private static int child(int level, int choice) {
            return (level - 1) * WIDTH + Math.floorMod(choice, WIDTH);
        }

        /** The value of a key, evaluated on the plain facts. */
        int scratch(int key, Map<Integer, Integer> known) {
            Integer value = known.get(key);
            if (value == null) {
                value =
                        body(
                                key,
                                new Reads() {
                                    @Override
                                    public int input(int each) {
                                        return facts.inputs.getOrDefault(each, 0);
                                    }

                                    @Override
                                    public int group(int group) {
                                        return facts.rows.values().stream()
                                                .filter(item -> item.group() == group)
                                                .mapToInt(Item::amount)
                                                .sum();
                                    }

                                    @Override
                                    public int elsewhere(int each) {
                                        return facts.elsewhere.getOrDefault(each, 0);
                                    }

                                    @Override
                                    public int value(int each) {
                                        return scratch(each, known);
                                    }
                                });
                known.put(key, value);
            }
            return value;
        }
    }

    /** A source that keeps its facts itself. */
    private static final class Elsewhere extends LocalRelation<Integer, Integer> {
        Elsewhere(Timeline timeline, Map<Integer, Integer> facts) {
            super(timeline, "elsewhere");
            facts.forEach(this::restore);
        }

        void set(int key, int value) {
            timeline().transact("elsewhere", change -> change.put(this, key, value));
        }

        @Override
        public Row toRow(Integer key, Integer value) {
            return Row.of("value", value);
        }

        @Override
        public Optional<Form<Integer, Integer>> form() {
            return Optional.of(new Form<>(Codec.of(Integer.class), Codec.of(Integer.class)));
        }
    }

    private static final class Life {
        final QueryStore store;
        final Timeline timeline;
        final Set<Integer> ran = new HashSet<>();
        private final History history;
        private final Queries queries;
        private final Input<Integer, Integer> inputs;
        private final Input<Integer, Item> rows;
        private final Elsewhere elsewhere;
        private final Query<Integer, Integer> query;

        Life(History history) {
            this.history = history;
            store = QueryStore.over(history.log, 1 << 20);
            timeline = Timeline.startingAt("life", store.revision());
            queries = new Queries(timeline, Thread.ofVirtual().factory(), store);
            inputs = queries.input("input", Integer.class, Integer.class);
            rows = queries.input("rows", Integer.class, Item.class);
            elsewhere = new Elsewhere(timeline, history.facts.elsewhere);
            queries.tellOf(elsewhere);
            query = queries.query("node", Integer.class, Integer.class, this::compute);
        }

        private int compute(int key) {
            ran.add(key);
            return history.body(
                    key,
                    new Reads() {
                        @Override
                        public int input(int each) {
                            return inputs.find(each).orElse(0);
                        }

                        @Override
                        public int group(int group) {
                            List<Item> items = rows.where(Column.integer("group").eq(group)).list();
                            return items.stream().mapToInt(Item::amount).sum();
                        }

                        @Override
                        public int elsewhere(int each) {
                            return elsewhere.find(each).orElse(0);
                        }

                        @Override
                        public int value(int each) {
                            return query.of(each);
                        }
                    });
        }

        void act() {
            for (int step = history.random.nextInt(60); step > 0; step--) {
                switch (history.random.nextInt(8)) {
                    case 0 -> save();
                    case 1, 2, 3 -> read(history.random.nextInt(KEYS));
                    case 4 -> readAll();
                    default -> timeline.commit(this::change);
                }
            }
        }

        private void change() {
            Random random = history.random;
            for (int i = random.nextInt(3); i >= 0; i--) {
                int value = random.nextInt(4);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        int key = random.nextInt(ROWS);
                        Item item = new Item(random.nextInt(GROUPS), value);
                        history.facts.rows.put(key, item);
                        rows.set(key, item);
                    }
                    case 1 -> {
                        int key = random.nextInt(4);
                        history.facts.elsewhere.put(key, value);
                        elsewhere.set(key, value);
                    }
                    default -> {
                        int key = random.nextInt(INPUTS);
                        if (value == 0) {
                            history.facts.inputs.remove(key);
                            inputs.remove(key);
                        } else {
                            history.facts.inputs.put(key, value);
                            inputs.set(key, value);
                        }
                    }
                }
            }
        }

        void read(int key) {
            assertThat(query.of(key)).isEqualTo(history.scratch(key, new HashMap<>()));
        }

        void readAll() {
            for (int key = KEYS - 1; key >= 0; key--) {
                read(key);
            }
        }

        void save() {
            queries.save();
            history.saved = history.facts.copy();
        }

        void end() {
            queries.close();
            store.close();
        }
    }
}
