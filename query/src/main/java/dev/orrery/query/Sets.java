package dev.orrery.query;

import dev.orrery.core.Condition;
import dev.orrery.core.Tracking;
import dev.orrery.core.Type;
import dev.orrery.core.Versioned;
import java.util.List;
import java.util.Map;

/**
 * Set reads as results of their own: the entries that meet a condition are remembered, and read
 * again from the source only when a change touched the set. Thread-safe.
 */
final class Sets {
    private final Definition<Of, List<?>> definition;

    /** A source and a condition: the key under which a set is remembered. */
    record Of(Versioned<?, ?> source, Condition condition) {
        @Override
        public String toString() {
            return source.name() + " where " + condition;
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // List.class stands for lists of anything
    Sets(Engine engine) {
        this.definition =
                new Definition<>(
                        engine,
                        "set",
                        Type.of(Of.class),
                        (Type) Type.of(List.class),
                        Options.standard(),
                        false,
                        Sets::scan);
    }

    private static List<?> scan(Of set) {
        if (!(Tracking.frame() instanceof Context context)) {
            throw new IllegalStateException("a set is read in a frame only: " + set);
        }
        return scan(context, set.source(), set.condition());
    }

    private static <K, V> List<Map.Entry<K, V>> scan(
            Context context, Versioned<K, V> source, Condition condition) {
        return context.scan(source, condition);
    }

    /** The node that remembers a set. */
    Node node(Versioned<?, ?> source, Condition condition) {
        return definition.node(new Of(source, condition));
    }

    /** The source of a set's node. */
    static Versioned<?, ?> sourceOf(Node set) {
        return ((Of) set.key).source();
    }

    /** The condition of a set's node. */
    static Condition conditionOf(Node set) {
        return ((Of) set.key).condition();
    }

    /** The entries that meet a condition, recorded as one dependency. */
    @SuppressWarnings("unchecked") // what scan made for this very source
    <K, V> List<Map.Entry<K, V>> select(
            Context context, Versioned<K, V> source, Condition condition) {
        Node node = context.engine.node(definition, new Of(source, condition));
        return (List<Map.Entry<K, V>>) definition.value(context.read(node));
    }

    Definition<?, ?> definition() {
        return definition;
    }
}
