package dev.orrery.graph;

import dev.orrery.core.CborWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The canonical bytes of a state: equal for replicas that have seen the same entries, whatever way
 * they came.
 */
final class StateCodec { // law G7
    private StateCodec() {}

    static byte[] encode(State state) {
        CborWriter out = new CborWriter();
        out.beginList(2);
        SortedMap<Stamp, List<Fact>> statements = state.facts().statements();
        out.beginList(statements.size());
        statements.forEach((stamp, facts) -> {
            out.beginList(2);
            write(out, stamp);
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
        entities.forEach(entity -> write(out, entity));
        out.end();
        out.end();
        return out.toByteArray();
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

    private static void write(CborWriter out, Entity entity) {
        out.beginList(4);
        out.text(entity.id());
        out.beginList(entity.adds().length);
        for (Entity.Add add : entity.adds()) {
            out.beginList(4);
            write(out, add.stamp());
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
            write(out, write.stamp());
            if (!absent) {
                out.value(write.value());
            }
            out.end();
        }
        out.end();
        Map<String, Long> removed = entity.removed();
        out.value(removed);
        out.end();
    }
}
