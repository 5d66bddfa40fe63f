package dev.orrery.graph;

import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The schema of a graph: types of nodes and edges with their properties and constraints. It is a
 * set of facts, so that schemas can be joined, compared and replicated. Immutable.
 *
 * <pre>{@code
 * Ontology.define("zoo")
 *         .node("Animal", animal -> animal.text("name", required()).integer("age", atLeast(0)))
 *         .node("Bird", bird -> bird.extend("Animal").text("habitat"))
 *         .edge("eats", eats -> eats.from("Animal").to("Animal"))
 *         .build();
 * }</pre>
 */
public final class Ontology {
    /** How strictly a type is kept. */
    public enum Mode {
        /** What breaks a rule is refused where it is written and hidden where it arrives. */
        STRICT,
        /** It is accepted and shown, and listed in the quarantine. */
        WARN,
        /** Nothing is checked. */
        OPEN
    }

    /** What becomes of properties that a type does not declare. */
    public enum Undeclared {
        /** They are kept as they are. */
        KEPT,
        /** They break a rule. */
        REFUSED
    }

    /** How one schema stands to another. */
    public enum Verdict {
        /** They say the same. */
        IDENTICAL,
        /** The first says all that the second does, and more. */
        SUPERSET,
        /** The second says all that the first does, and more. */
        SUBSET,
        /** Each says something the other does not. */
        DIVERGENT
    }

    private final String name;
    private final Set<Fact> facts;

    Ontology(String name, List<Fact> facts) {
        this.name = name;
        this.facts = Set.copyOf(facts);
    }

    /** Begins the schema of a graph of that name. */
    public static OntologyBuilder define(String name) {
        return new OntologyBuilder(new Ontology(Limits.name("graph", name), List.of()));
    }

    /**
     * The schema that a row says, in the words of the builder, as any reader of JSON or YAML gives
     * it: {@code ontology} its name, {@code nodes} and {@code edges} its types by their names. A
     * default or a choice of a type that JSON lacks may be written as its text.
     *
     * @throws BadDefinition with every word that is not known or not what it must be, by its place;
     *     when all are, with everything that does not fit together
     */
    public static Ontology from(Row row) {
        return SchemaReader.read(row);
    }

    /**
     * This schema as data, which {@link #from} reads: equal schemas are equal rows.
     *
     * @throws dev.orrery.core.OrreryException.Unsupported when it was joined from statements that
     *     contradict each other
     */
    public Row row() {
        return SchemaWriter.write(this);
    }

    /** Begins a schema that says all that this one does, and more. */
    public OntologyBuilder extend() {
        return new OntologyBuilder(this);
    }

    /** The name of the graphs it is for. */
    public String name() {
        return name;
    }

    /** What it says, in canonical order. */
    public List<Fact> facts() {
        return Fact.sorted(facts);
    }

    Set<Fact> factSet() {
        return facts;
    }

    /** What this says and another does not. */
    List<Fact> without(Ontology other) {
        return facts.stream().filter(fact -> !other.facts.contains(fact)).toList();
    }

    /**
     * The hash of everything it says: equal for schemas that say the same, however they came about.
     */
    public Hash hash() {
        CborWriter out = new CborWriter();
        List<Fact> sorted = facts();
        out.beginList(sorted.size());
        sorted.forEach(fact -> fact.write(out));
        out.end();
        return Hash.of(out.toByteArray());
    }

    /** How this stands to another schema. */
    public Verdict compare(Ontology other) {
        boolean superset = facts.containsAll(other.facts);
        boolean subset = other.facts.containsAll(facts);
        if (superset) {
            return subset ? Verdict.IDENTICAL : Verdict.SUPERSET;
        }
        return subset ? Verdict.SUBSET : Verdict.DIVERGENT;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ontology ontology
                && name.equals(ontology.name)
                && facts.equals(ontology.facts);
    }

    @Override
    public int hashCode() {
        return facts.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + facts();
    }

    /**
     * What an extension would do to what is visible now.
     *
     * @param wouldHide how many nodes and edges would be hidden
     * @param wouldLose how many values of properties would be hidden on nodes and edges that stay
     * @param examples some of the rules that would be broken
     */
    public record Impact(long wouldHide, long wouldLose, List<Quarantined> examples) {
        public Impact {
            examples = List.copyOf(examples);
        }
    }

    /** Makes a schema; confined to one thread. */
    public static final class OntologyBuilder {
        private final Ontology base;
        private final Set<Fact> facts;
        private final List<BadDefinition.Problem> problems = new ArrayList<>();

        private OntologyBuilder(Ontology base) {
            this.base = base;
            this.facts = new LinkedHashSet<>(base.facts);
        }

        /** Declares a node type, or adds to one that is there. */
        public OntologyBuilder node(String type, Consumer<NodeType> definition) {
            NodeType node = new NodeType(type, facts, problems);
            definition.accept(node);
            return this;
        }

        /** Declares an edge type, or adds to one that is there. */
        public OntologyBuilder edge(String type, Consumer<EdgeType> definition) {
            EdgeType edge = new EdgeType(type, facts, problems);
            definition.accept(edge);
            return this;
        }

        /** Adds facts as they are. */
        OntologyBuilder facts(List<Fact> more) {
            facts.addAll(more);
            return this;
        }

        /** What was stated so far. */
        Set<Fact> stated() {
            return facts;
        }

        /**
         * The schema.
         *
         * @throws BadDefinition with everything that is wrong in it
         */
        public Ontology build() {
            Ontology ontology = new Ontology(base.name, List.copyOf(facts));
            List<BadDefinition.Problem> all = new ArrayList<>(problems);
            all.addAll(SchemaCheck.problems(ontology));
            if (!all.isEmpty()) {
                throw new BadDefinition(all);
            }
            return ontology;
        }
    }
}
