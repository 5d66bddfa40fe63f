package dev.orrery.graph;

import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of a state: equal for replicas that have seen the same entries, whatever way
 * they came.
 */
final class StateCodec { // law G7
    private StateCodec() {}

    // ---- writing

    static byte[] encode(State state) {
        CborWriter out = new CborWriter();
        write(out, state, stamp -> write(out, stamp));
        return out.toByteArray();
    }

    /** Writes a state, and the stamps in it in one's own way. */
    static void write(CborWriter out, State state, Consumer<Stamp> stamps) {
        KeyStatements keys = state.keys();
        out.beginList(keys.isEmpty() ? 2 : 3);
        SortedMap<Stamp, List<Fact>> statements = state.facts().statements();
        out.beginList(statements.size());
        statements.forEach((stamp, facts) -> {
            out.beginList(2);
            stamps.accept(stamp);
            out.beginList(facts.size());
            facts.forEach(fact -> fact.write(out));
            out.end();
            out.end();
        });
        out.end();
        List<Entity> entities =
                state.slots().stream()
                        .map(State.Slot::entity)
                        .filter(entity -> !entity.equals(Entity.unknown(entity.id())))
                        .sorted(Comparator.comparing(Entity::id))
                        .toList();
        out.beginList(entities.size());
        entities.forEach(entity -> write(out, entity, stamps));
        out.end();
        if (!keys.isEmpty()) {
            write(out, keys);
        }
        out.end();
    }

    static void write(CborWriter out, KeyStatements keys) {
        out.beginList(keys.all().size());
        for (KeyStatements.Statement each : keys.all()) {
            out.beginList(4);
            out.text(each.by());
            out.text(each.author());
            out.bytes(each.publicKey().toArray());
            out.flag(each.isRevocation());
            out.end();
        }
        out.end();
    }

    private static void write(CborWriter out, Stamp stamp) {
        out.beginList(5);
        out.text(stamp.author());
        out.whole(stamp.sequence());
        out.whole(stamp.time().millis());
        out.whole(stamp.time().counter());
        out.bytes(stamp.hash().toArray());
        out.end();
    }

    private static void write(CborWriter out, Entity entity, Consumer<Stamp> stamps) {
        out.beginList(entity.said().length == 0 ? 5 : 6);
        out.text(entity.id());
        out.beginList(entity.adds().length);
        for (Entity.Add add : entity.adds()) {
            out.beginList(4);
            stamps.accept(add.stamp());
            out.text(add.type());
            out.value(add.from());
            out.value(add.to());
            out.end();
        }
        out.end();
        out.beginList(entity.writes().length);
        for (Entity.Write write : entity.writes()) {
            boolean absent = Entity.ABSENT.equals(write.value());
            out.beginList(absent ? 2 : 3);
            out.text(write.property());
            stamps.accept(write.stamp());
            if (!absent) {
                out.value(write.value());
            }
            out.end();
        }
        out.end();
        Map<String, Long> removed = entity.removed();
        out.value(removed);
        out.flag(entity.isErased());
        if (entity.said().length > 0) {
            write(out, entity.said(), stamps);
        }
        out.end();
    }

    private static void write(CborWriter out, Entity.Said[] said, Consumer<Stamp> stamps) {
        out.beginList(3 * said.length);
        for (Entity.Said each : said) {
            stamps.accept(each.stamp());
            out.text(each.type().name());
            out.flag(each.type().isEdge());
        }
        out.end();
    }

    // ---- reading

    /** Reads a state that was written with stamps that this reads. */
    static State read(CborReader in, String graph, Supplier<Stamp> stamps) {
        State state = new State(graph);
        int parts = begin(in, "a state is a list");
        if (parts != 2 && parts != 3) {
            throw in.damaged("a state has two parts, or three");
        }
        EntryCodec codec = new EntryCodec();
        Stamp before = null;
        for (int i = begin(in, "statements are a list"); i > 0; i--) {
            begin(in, 2, "a statement has two parts");
            Stamp stamp = stamps.get();
            if (before != null && before.compareTo(stamp) >= 0) {
                throw in.damaged("statements are in the order of stamps, each once");
            }
            state.restore(codec.facts(in), stamp);
            in.end();
            before = stamp;
        }
        in.end();
        String last = "";
        for (int i = begin(in, "ids are a list"); i > 0; i--) {
            Entity entity = entity(in, stamps);
            if (last.compareTo(entity.id()) >= 0) {
                throw in.damaged("ids are in order, each once");
            }
            state.restore(entity);
            last = entity.id();
        }
        in.end();
        if (parts == 3) {
            state.restore(keys(in));
        }
        in.end();
        return state;
    }

    static KeyStatements keys(CborReader in) {
        List<KeyStatements.Statement> all = new ArrayList<>();
        for (int i = begin(in, "what was said about keys is a list"); i > 0; i--) {
            begin(in, 4, "what was said about a key has four parts");
            KeyStatements.Statement each =
                    new KeyStatements.Statement(
                            Limits.author(in.text()),
                            Limits.author(in.text()),
                            in.bytes(),
                            flag(in));
            in.end();
            if (!all.isEmpty() && all.getLast().compareTo(each) >= 0) {
                throw in.damaged("what was said about keys is in order, each once");
            }
            all.add(each);
        }
        in.end();
        return KeyStatements.of(all);
    }

    private static Entity entity(CborReader in, Supplier<Stamp> stamps) {
        int all = begin(in, "what is known of an id is a list");
        if (all != 5 && all != 6) {
            throw in.damaged("what is known of an id has five parts, or six");
        }
        String id = Limits.id(in.text());
        Entity.Add[] adds = new Entity.Add[begin(in, "additions are a list")];
        for (int i = 0; i < adds.length; i++) {
            begin(in, 4, "an addition has four parts");
            Stamp stamp = stamps.get();
            String type = Limits.type(in.text());
            adds[i] = new Entity.Add(stamp, type, end(in), end(in));
            in.end();
        }
        in.end();
        Entity.Write[] writes = new Entity.Write[begin(in, "writes are a list")];
        for (int i = 0; i < writes.length; i++) {
            int parts = begin(in, "a write is a list");
            String property = Limits.property(in.text());
            Stamp stamp = stamps.get();
            writes[i] = new Entity.Write(property, stamp, parts == 2 ? Entity.ABSENT : in.value());
            in.end();
        }
        in.end();
        SortedMap<String, Long> removed = removed(in);
        boolean erased = flag(in);
        Entity.Said[] said = all == 5 ? new Entity.Said[0] : said(in, stamps);
        in.end();
        Entity entity = Entity.restored(id, adds, writes, removed, erased, said);
        if (!entity.isInOrder() || (all == 6 && said.length == 0)) {
            throw in.damaged("what is known of an id is in order, each once");
        }
        return entity;
    }

    private static Entity.Said[] said(CborReader in, Supplier<Stamp> stamps) {
        int parts = begin(in, "what an id was said to be is a list");
        if (parts % 3 != 0) {
            throw in.damaged("what an id was said to be has three parts each");
        }
        Entity.Said[] said = new Entity.Said[parts / 3];
        for (int i = 0; i < said.length; i++) {
            Stamp stamp = stamps.get();
            String type = Limits.type(in.text());
            said[i] = new Entity.Said(stamp, new TypeName(flag(in), type));
        }
        in.end();
        return said;
    }

    private static @Nullable String end(CborReader in) {
        return in.tryNothing() ? null : Limits.id(in.text());
    }

    private static SortedMap<String, Long> removed(CborReader in) {
        if (!(in.value() instanceof Map<?, ?> map)) {
            throw in.damaged("what was removed is a map");
        }
        SortedMap<String, Long> removed = new TreeMap<>();
        map.forEach((author, sequence) -> {
            if (!(author instanceof String name) || !(sequence instanceof Long number)) {
                throw in.damaged("what was removed is numbers by author");
            }
            removed.put(name, number);
        });
        return removed;
    }

    private static boolean flag(CborReader in) {
        if (in.value() instanceof Boolean flag) {
            return flag;
        }
        throw in.damaged("a flag is true or false");
    }

    private static int begin(CborReader in, String rule) {
        int count = in.tryBeginList();
        if (count < 0) {
            throw in.damaged(rule);
        }
        return count;
    }

    private static void begin(CborReader in, int parts, String rule) {
        if (in.tryBeginList() != parts) {
            throw in.damaged(rule);
        }
    }
}
