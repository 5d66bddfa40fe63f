package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * A rule for the values of one property, to be given where the property is declared: {@code
 * type.text("name", required(), pattern("[A-Z].*"))}. Immutable.
 */
public final class Constraint {
    private final Fact.Aspect aspect;
    private final List<Object> values;

    private Constraint(Fact.Aspect aspect, Object... values) {
        this.aspect = aspect;
        this.values = List.of(values);
    }

    /** It must be there and not null. */
    public static Constraint required() {
        return new Constraint(Fact.Aspect.REQUIRED, true);
    }

    /** What it is where it is not there. */
    public static Constraint defaultValue(Object value) {
        return new Constraint(Fact.Aspect.DEFAULT, normal(value));
    }

    /** Its least number. */
    public static Constraint atLeast(Number number) {
        return new Constraint(Fact.Aspect.AT_LEAST, normal(number));
    }

    /** Its greatest number. */
    public static Constraint atMost(Number number) {
        return new Constraint(Fact.Aspect.AT_MOST, normal(number));
    }

    /** A number it is above. */
    public static Constraint above(Number number) {
        return new Constraint(Fact.Aspect.ABOVE, normal(number));
    }

    /** A number it is below. */
    public static Constraint below(Number number) {
        return new Constraint(Fact.Aspect.BELOW, normal(number));
    }

    /** Its least number of characters, bytes or elements. */
    public static Constraint shortest(int length) {
        return new Constraint(Fact.Aspect.SHORTEST, (long) length);
    }

    /** Its greatest number of characters, bytes or elements. */
    public static Constraint longest(int length) {
        return new Constraint(Fact.Aspect.LONGEST, (long) length);
    }

    /**
     * What its whole text matches, in linear time; nothing looks back or ahead.
     *
     * @throws dev.orrery.core.OrreryException.Invalid when the expression is none
     */
    public static Constraint pattern(String expression) {
        TextPattern.of(expression);
        return new Constraint(Fact.Aspect.PATTERN, expression);
    }

    /** The values it may have, of any type. */
    public static Constraint oneOf(Object... values) {
        if (values.length == 0) {
            throw new BadDefinition("oneOf", "allows no value", "name at least one");
        }
        List<Object> normal = new ArrayList<>();
        for (Object value : values) {
            normal.add(normal(value));
        }
        return new Constraint(Fact.Aspect.ONE_OF, normal.toArray());
    }

    /**
     * A rule that others keep, stored and replicated with the schema.
     *
     * @param name begins with {@code x_}
     */
    public static Constraint note(String name, Object value) {
        if (!name.startsWith("x_")) {
            throw new BadDefinition(
                    name, "is no constraint", "choose a known one, or begin with x_");
        }
        return new Constraint(Fact.Aspect.NOTE, List.of(name, normal(value)));
    }

    private static Object normal(Object value) {
        Object normal = Row.of("value", value).value("value");
        if (normal == null) {
            throw new BadDefinition("constraint", "is null", "give a value");
        }
        return normal;
    }

    Fact.Aspect aspect() {
        return aspect;
    }

    List<Object> values() {
        return values;
    }

    @Override
    public String toString() {
        return aspect.text() + values;
    }
}
