package dev.orrery.graph;

import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.graph.Quarantined.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says what of an entity shows: validity is a view over state and schema, computed anew whenever
 * either changes, and never part of the state. Immutable but for a cache of shapes; thread-safe.
 */
final class Judge { // law G11
    private static final int SHAPES_KEPT = 10_000;

    private final Schema schema;

    /** Rows with the same columns share their shape. */
    private final Map<Shape, Shape> shapes;

    // What came last, which often comes again: hints, which may be lost.
    private Shape lastShared = Shape.of();
    private Shape lastShown = Shape.of();

    Judge(Schema schema) {
        this(schema, new ConcurrentHashMap<>());
    }

    private Judge(Schema schema, Map<Shape, Shape> shapes) {
        this.schema = schema;
        this.shapes = shapes;
    }

    /** The judge of another schema. */
    Judge under(Schema other) {
        return new Judge(other, shapes);
    }

    Schema schema() {
        return schema;
    }

    /** The same row with a shape that rows with its columns share here. */
    Row shared(Row row) {
        Shape shape = lastShared;
        if (!shape.equals(row.shape())) {
            shape = shared(row.shape());
            lastShared = shape;
        }
        return row.sharing(shape);
    }

    private Shape shape(List<String> names) {
        Shape shape = lastShown;
        if (!shape.columns().equals(names)) {
            shape = shared(Shape.of(names));
            lastShown = shape;
        }
        return shape;
    }

    private Shape shared(Shape shape) {
        Shape known = shapes.get(shape);
        if (known == null) {
            known = shape;
            if (shapes.size() < SHAPES_KEPT) {
                shapes.put(known, known);
            }
        }
        return known;
    }

    /**
     * Judges an entity.
     *
     * @param nodes the visible node of an id, null when there is none
     * @param known whether anything was ever added under an id, for telling what is still to come
     *     from what is gone
     */
    Judgement judge(
            Entity entity,
            Function<String, @Nullable Node> nodes,
            Function<String, Boolean> known) {
        Entity.Add add = entity.shown();
        return add == null ? Judgement.NOTHING : new Case(entity, add, nodes, known).judge();
    }

    /** One entity before the judge. Confined. */
    private final class Case {
        private final Entity entity;
        private final Entity.Add add;
        private final Function<String, @Nullable Node> nodes;
        private final Function<String, Boolean> known;
        private @Nullable Map<Stamp, List<Reason>> reasons;
        private boolean hidden;

        Case(
                Entity entity,
                Entity.Add add,
                Function<String, @Nullable Node> nodes,
                Function<String, Boolean> known) {
            this.entity = entity;
            this.add = add;
            this.nodes = nodes;
            this.known = known;
        }

        Judgement judge() {
            ResolvedType type = type();
            if (type == null) {
                return new Judgement(null, null, quarantined());
            }
            Row properties = properties(type);
            String from = add.from();
            String to = add.to();
            if (from != null && to != null) {
                endpoint(type, from, true);
                endpoint(type, to, false);
                Edge edge =
                        hidden ? null : new Edge(entity.id(), type.name(), from, to, properties);
                return new Judgement(null, edge, quarantined());
            }
            Node node = hidden ? null : new Node(entity.id(), type.lineage(), properties);
            return new Judgement(node, null, quarantined());
        }

        private @Nullable ResolvedType type() {
            ResolvedType type = add.isEdge() ? schema.edge(add.type()) : schema.node(add.type());
            if (type == null) {
                hide(add.stamp(), add.type(), "", "type", add.type() + " is not declared");
                return null;
            }
            if (type.isSubtyped() && type.isChecked()) {
                breaks(type, add.stamp(), "", "subtype", add.type() + " needs a subtype", true);
            }
            return type;
        }

        private Row properties(ResolvedType type) {
            Entity.Write[] writes = entity.writes();
            List<String> names = new ArrayList<>(writes.length);
            List<@Nullable Object> values = new ArrayList<>(writes.length);
            for (int place = 0; place < writes.length; place = entity.after(place)) {
                Entity.Write write = entity.shown(place);
                if (shows(type, write)) {
                    names.add(write.property());
                    values.add(write.value());
                }
            }
            return complete(type, names, values);
        }

        private boolean shows(ResolvedType type, Entity.Write write) {
            if (Entity.ABSENT.equals(write.value())) {
                return false;
            }
            String broken =
                    type.isChecked() ? type.brokenBy(write.property(), write.value()) : null;
            if (broken == null) {
                return true;
            }
            String detail = broken + ", not " + abbreviated(write.value());
            breaks(type, write.stamp(), write.property(), "value", detail, false);
            return !type.isStrict();
        }

        /** With defaults, and judged for what is lacking. */
        private Row complete(ResolvedType type, List<String> names, List<@Nullable Object> values) {
            if (type.isChecked()) {
                for (String required : type.required()) {
                    if (!names.contains(required)) {
                        String detail = required + " is required";
                        breaks(type, add.stamp(), required, "required", detail, true);
                    }
                }
            }
            if (!type.defaults().isEmpty() && !names.containsAll(type.defaults().keySet())) {
                Map<String, @Nullable Object> all = new TreeMap<>(type.defaults());
                for (int i = 0; i < names.size(); i++) {
                    all.put(names.get(i), values.get(i));
                }
                return Row.of(shape(List.copyOf(all.keySet())), new ArrayList<>(all.values()));
            }
            return Row.of(shape(names), values);
        }

        private void endpoint(ResolvedType type, String id, boolean isFrom) {
            Node node = nodes.apply(id);
            String side = isFrom ? "from" : "to";
            if (node == null) {
                hidden = true;
                if (!known.apply(id)) { // otherwise it is gone, or the quarantine tells of it
                    hide(
                            add.stamp(),
                            type.name(),
                            "",
                            "endpoint",
                            side + " " + id + " is not there");
                }
            } else if (type.isChecked()
                    && !(isFrom ? type.mayComeFrom(node) : type.mayLeadTo(node))) {
                String detail = "must not go " + side + " " + node.lineage().getFirst() + " " + id;
                breaks(type, add.stamp(), "", "endpoint", detail, true);
            }
        }

        /** A rule is broken: what breaks it is hidden, as far as the type is strict. */
        private void breaks(
                ResolvedType type,
                Stamp stamp,
                String property,
                String rule,
                String detail,
                boolean wholly) {
            boolean hides = type.isStrict();
            hidden |= hides && wholly;
            note(stamp, new Reason(type.name(), property, rule, detail, hides));
        }

        private void hide(Stamp stamp, String type, String property, String rule, String detail) {
            hidden = true;
            note(stamp, new Reason(type, property, rule, detail, true));
        }

        private void note(Stamp stamp, Reason reason) {
            Map<Stamp, List<Reason>> all = reasons;
            if (all == null) {
                all = new LinkedHashMap<>();
                reasons = all;
            }
            all.computeIfAbsent(stamp, _ -> new ArrayList<>()).add(reason);
        }

        private List<Quarantined> quarantined() {
            if (reasons == null) {
                return List.of();
            }
            List<Quarantined> all = new ArrayList<>();
            reasons.forEach((stamp, broken) ->
                    all.add(
                            new Quarantined(
                                    stamp.hash(),
                                    operation(stamp),
                                    entity.id(),
                                    broken,
                                    schema.hash())));
            return all;
        }

        private String operation(Stamp stamp) {
            if (!stamp.equals(add.stamp())) {
                for (Entity.Add other : entity.adds()) {
                    if (stamp.equals(other.stamp())) {
                        return other.isEdge() ? "add edge" : "add node";
                    }
                }
                return "set";
            }
            return add.isEdge() ? "add edge" : "add node";
        }
    }

    private static String abbreviated(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
