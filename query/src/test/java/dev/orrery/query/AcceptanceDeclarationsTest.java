package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Definitions. They are plain calls, so what a generator would have to refuse cannot be said here;
 * the tests show what is said instead.
 */
class AcceptanceDeclarationsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());

    @AfterEach
    void close() {
        queries.close();
    }

    record Place(String country, String town) {}

    /** There are no key fields: a key is one value, and all of it counts. */
    @Test
    @DisplayName("N1: a key of two fields is one key")
    void aKeyOfTwoFields() {
        Input<Place, Integer> people = queries.input("people", Place.class, Integer.class);
        people.set(new Place("Italy", "Rome"), 2_800_000);
        assertThat(people.find(new Place("Italy", "Rome"))).hasValue(2_800_000);
        assertThat(people.find(new Place("France", "Rome"))).isEmpty();
    }

    /** There is nothing to refuse: a type says its arguments. */
    @Test
    @DisplayName("N2: a generic value is defined with its arguments")
    void aGenericValue() {
        Input<String, List<Place>> places =
                queries.input("places", String.class, Type.listOf(Place.class));
        assertThat(places.valueType()).isEqualTo(Type.listOf(Place.class));
    }

    /** A body has no parameter but its key, and what it reads is recorded all the same. */
    @Test
    @DisplayName("N3: nothing is handed to a body but its key")
    void noParameter() {
        Input<Integer, Integer> slot = queries.input("slot", Integer.class, Integer.class);
        Query<Integer, Integer> copy =
                queries.query("copy", Integer.class, Integer.class, slot::require);
        slot.set(1, 1);
        copy.of(1);
        assertThat(copy.explain(1).reads()).containsExactly("slot(1)");
    }

    @Test
    @DisplayName("N4: a name that is taken is refused when it is defined, and named")
    void aNameTwice() {
        queries.query("total", Integer.class, () -> 1);
        assertThatThrownBy(() -> queries.query("total", Integer.class, () -> 2))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("total");
    }

    @Test
    @DisplayName("N5: inputs and queries share one set of names")
    void oneSetOfNames() {
        queries.input("price", Integer.class);
        assertThatThrownBy(() -> queries.query("price", Integer.class, () -> 1))
                .isInstanceOf(BadDefinition.class);
        assertThatThrownBy(() -> queries.input("price", String.class, Integer.class))
                .isInstanceOf(BadDefinition.class);
    }
}
