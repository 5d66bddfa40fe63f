package dev.orrery.graph;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of ids, and what of that shows, as it was when a checkpoint was written: bytes that
 * were checked, of which an id's are read when it is asked for. What shows is judged by the schema
 * of that time. Always the same; thread-safe.
 */
final class RestingEntities {
    /** Is the place of an id of which nothing is known. */
    static final int NONE = -1;

    /** More ids than have neighbouring places in the table, unless they are one. */
    private static final int MOST_PASSED = 1_000;

    /** Odd, and without order: the golden ratio as a fraction of 64 bits. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final RestingCodec codec;
    private final SchemaFacts facts;
    private final Judge judge;

    /** Blocks, each behind its length; and where they begin, one that is not there included. */
    private final byte[] blocks;

    private final int[] begins;

    /** Begins the hashes of ids, so that nobody knows beforehand which are equal. */
    private final long salt;

    /** Open addressing by the bytes of ids: an id's place and one, 0 for free. */
    private final int[] table;

    private final int[] quarantined;
    private final int[] erased;

    /** The edges at each id, one behind the other; and where those of each end. */
    private final int[] edges;

    private final int[] ends;

    /** What shows, as far as that was asked for: the same to all who ask. */
    private final @Nullable Object[] shown;

    /**
     * Reads all there is.
     *
     * @param salt any number that who wrote the ids did not know
     * @throws RuntimeException when some of it cannot be read
     */
    RestingEntities(CheckpointReader in, EntryIndex index, SchemaFacts facts, long salt) {
        this.codec = new RestingCodec(in, index);
        this.facts = facts;
        this.judge = new Judge(new Schema(facts.ontology()));
        this.blocks = in.rest();
        this.salt = salt;
        BlockWalk walk = new BlockWalk(blocks);
        this.begins = begins(walk);
        CheckpointReader behind =
                new CheckpointReader(blocks, walk.at(), blocks.length - walk.at());
        for (int place = 0; place < size(); place++) {
            walk.look(begins[place], begins[place + 1] - Integer.BYTES);
            codec.check(walk);
            walk.requireEnd();
        }
        this.shown = new Object[size()];
        this.table = new int[Integer.highestOneBit(size() + 1) << 2];
        for (int place = 0; place < size(); place++) {
            insert(place);
        }
        this.quarantined = places(behind, size());
        this.erased = places(behind, size());
        this.ends = places(behind, Integer.MAX_VALUE);
        this.edges = places(behind, size());
        requireLinks();
    }

    /** Where each block begins; and where another would. */
    private static int[] begins(BlockWalk walk) {
        int[] begins = new int[walk.count(Integer.BYTES) + 1];
        for (int place = 0; place < begins.length - 1; place++) {
            begins[place] = walk.at() + Integer.BYTES;
            walk.skip();
        }
        begins[begins.length - 1] = walk.at() + Integer.BYTES;
        return begins;
    }

    private static int[] places(CheckpointReader in, int below) {
        int count = in.count(Integer.BYTES);
        int[] places = in.numbers(count, count);
        for (int place : places) {
            Objects.checkIndex(place, below);
        }
        return places;
    }

    private void requireLinks() {
        int before = 0;
        for (int end : ends) {
            Objects.checkFromToIndex(before, end, edges.length);
            before = end;
        }
        if (ends.length != size()) {
            throw new IllegalStateException("the edges of as many ids: " + ends.length);
        }
    }

    // ---- finding an id

    private void insert(int place) {
        int slot = slot(blocks, idBegins(place), idLength(place));
        for (int passed = 0; table[slot] != 0; passed++) {
            if (passed == MOST_PASSED) {
                throw new IllegalStateException("an id is there many times: " + id(place));
            }
            slot = next(slot); // were it the same id, who looks would find the first
        }
        table[slot] = place + 1;
    }

    /** The place of an id. */
    int find(String id) {
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        int slot = slot(bytes, 0, bytes.length);
        while (table[slot] != 0) {
            if (isId(table[slot] - 1, bytes)) {
                return table[slot] - 1;
            }
            slot = next(slot);
        }
        return NONE;
    }

    private int slot(byte[] bytes, int begin, int length) {
        long hash = salt;
        for (int i = begin; i < begin + length; i++) {
            hash = (hash ^ bytes[i]) * SPREAD;
            hash ^= hash >>> 32;
        }
        return (int) hash & (table.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (table.length - 1);
    }

    private boolean isId(int place, byte[] bytes) {
        int begin = idBegins(place);
        return Arrays.equals(blocks, begin, begin + idLength(place), bytes, 0, bytes.length);
    }

    private int idBegins(int place) {
        return begins[place] + Integer.BYTES;
    }

    private int idLength(int place) {
        return BlockWalk.number(blocks, begins[place]);
    }

    String id(int place) {
        return new String(blocks, idBegins(place), idLength(place), StandardCharsets.UTF_8);
    }

    // ---- looking

    /** What the schema was made of by which it is judged what shows. */
    SchemaFacts facts() {
        return facts;
    }

    /** Who judges what shows. */
    Judge judge() {
        return judge;
    }

    /** How many places there are, from 0 on. */
    int size() {
        return begins.length - 1;
    }

    /** The ids of which the quarantine held something. */
    List<String> quarantined() {
        return Arrays.stream(quarantined).mapToObj(this::id).toList();
    }

    /** The ids of which something was to be erased. */
    List<String> erased() {
        return Arrays.stream(erased).mapToObj(this::id).toList();
    }

    /** What is known of the id at a place. */
    Entity entity(int place) {
        int length = begins[place + 1] - Integer.BYTES - begins[place];
        return codec.entity(new CheckpointReader(blocks, begins[place], length));
    }

    /** The edges that may have the id at a place as an end. */
    List<String> incident(int place) {
        return Arrays.stream(edges, place == 0 ? 0 : ends[place - 1], ends[place])
                .mapToObj(this::id)
                .toList();
    }

    /** The {@link Node} or {@link Edge} that shows at a place; null for none. */
    @Nullable Object shown(int place) {
        Object known = shown[place];
        return known == null ? shown(place, entity(place)) : known;
    }

    /** The same, of what is known of the id there. */
    @Nullable Object shown(int place, Entity entity) {
        Object known = shown[place];
        if (known == null) {
            Judgement judgement = judge.judge(entity, this::node, this::isKnown);
            known = judgement.node() == null ? judgement.edge() : judgement.node();
            shown[place] = known; // immutable, so that a race costs an equal one
        }
        return known;
    }

    /** The node that shows under an id; null for none. */
    @Nullable Node node(String id) {
        int place = find(id);
        return place != NONE && nodeOrEdge(place) instanceof Node node ? node : null;
    }

    /** What shows; or null of an edge, which may be its own end. */
    private @Nullable Object nodeOrEdge(int place) {
        Object known = shown[place];
        if (known != null) {
            return known;
        }
        Entity entity = entity(place);
        Entity.Add add = entity.shown();
        return add == null || add.isEdge() ? null : shown(place, entity);
    }

    /** Whether anything was ever added or removed under an id. */
    boolean isKnown(String id) {
        int place = find(id);
        return place != NONE && entity(place).isKnown();
    }
}
