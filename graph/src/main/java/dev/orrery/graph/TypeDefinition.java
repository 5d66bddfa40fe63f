package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.ValueType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What node types and edge types have in common while they are declared; confined to one thread.
 *
 * @param <T> the kind of definition, so that its methods can be chained
 */
public abstract sealed class TypeDefinition<T extends TypeDefinition<T>>
        permits NodeType, EdgeType {
    final Fact.Kind kind;
    final String type;
    final Set<Fact> facts;
    final List<BadDefinition.Problem> problems;

    TypeDefinition(
            Fact.Kind kind, String type, Set<Fact> facts, List<BadDefinition.Problem> problems) {
        this.kind = kind;
        this.type = type;
        this.facts = facts;
        this.problems = problems;
        try {
            Limits.type(type);
        } catch (Invalid invalid) {
            problem("has a name that is none", invalid.getMessage());
        }
        facts.add(new Fact(kind, type, "", Fact.Aspect.TYPE, true));
    }

    abstract T self();

    final void problem(String what, String remedy) {
        problems.add(new BadDefinition.Problem(type, what, remedy));
    }

    final T state(String property, Fact.Aspect aspect, Object value) {
        facts.add(new Fact(kind, type, property, aspect, value));
        return self();
    }

    /** A property of any type. */
    public T any(String name, Constraint... constraints) {
        return property(name, null, constraints);
    }

    /** A property of text. */
    public T text(String name, Constraint... constraints) {
        return property(name, ValueType.TEXT, constraints);
    }

    /** A property of whole numbers. */
    public T integer(String name, Constraint... constraints) {
        return property(name, ValueType.INTEGER, constraints);
    }

    /** A property of numbers. */
    public T number(String name, Constraint... constraints) {
        return property(name, ValueType.NUMBER, constraints);
    }

    /** A property of decimals. */
    public T decimal(String name, Constraint... constraints) {
        return property(name, ValueType.DECIMAL, constraints);
    }

    /** A property that is true or false. */
    public T flag(String name, Constraint... constraints) {
        return property(name, ValueType.FLAG, constraints);
    }

    /** A property of bytes. */
    public T bytes(String name, Constraint... constraints) {
        return property(name, ValueType.BYTES, constraints);
    }

    /** A property of instants. */
    public T instant(String name, Constraint... constraints) {
        return property(name, ValueType.INSTANT, constraints);
    }

    /** A property of dates. */
    public T date(String name, Constraint... constraints) {
        return property(name, ValueType.DATE, constraints);
    }

    /** A property of lists. */
    public T list(String name, Constraint... constraints) {
        return property(name, ValueType.LIST, constraints);
    }

    /** A property of maps. */
    public T map(String name, Constraint... constraints) {
        return property(name, ValueType.MAP, constraints);
    }

    /**
     * A property of a type that is known only when the program runs.
     *
     * @param valueType null for any
     */
    public T property(String name, @Nullable ValueType valueType, Constraint... constraints) {
        try {
            Limits.property(name);
        } catch (Invalid invalid) {
            problem("has a property whose name is none: " + name, invalid.getMessage());
        }
        state(name, Fact.Aspect.PROPERTY, valueType == null ? "any" : valueType.text());
        for (Constraint constraint : constraints) {
            constraint.values().forEach(value -> state(name, constraint.aspect(), value));
        }
        return self();
    }

    /** Says that a property that was required need not be there after all. */
    public T relax(String name) {
        return state(name, Fact.Aspect.OPTIONAL, true);
    }

    /** How strictly the type is kept; strictly when it is not said. */
    public T mode(Ontology.Mode mode) {
        return state("", Fact.Aspect.MODE, mode.name());
    }

    /** What becomes of properties that are not declared; they are kept when it is not said. */
    public T undeclared(Ontology.Undeclared undeclared) {
        return state("", Fact.Aspect.UNDECLARED, undeclared.name());
    }

    /** A property by which they are found without looking at all of them. */
    public T index(String property) {
        return state("", Fact.Aspect.INDEX, property);
    }

    /** What the type is for, in a sentence. */
    public T about(String sentence) {
        return state("", Fact.Aspect.ABOUT, sentence);
    }
}
