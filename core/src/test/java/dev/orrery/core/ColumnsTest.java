package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where the columns of a relation are known, conditions and orders name no others. Law C68. */
class ColumnsTest {
    private final Timeline timeline = Timeline.startingAt("t", new Revision(0));

    private record Airport(String iata, @Name("of_state") String state) {}

    /** Of which the columns may be known. */
    private static final class Airports extends LocalRelation<String, Airport> {
        private final Optional<Shape> shape;

        Airports(Timeline timeline, Optional<Shape> shape) {
            super(timeline, "airports");
            this.shape = shape;
            restore("SFO", new Airport("SFO", "CA"));
        }

        LocalRelation<String, Airport> all() {
            return subset("all airports", _ -> true);
        }

        @Override
        public Row toRow(String key, Airport value) {
            return Row.from(value);
        }

        @Override
        public Optional<Shape> shape() {
            return shape;
        }
    }

    @Test
    void anUnknownColumnIsRefusedWithTheOnesThereAre() {
        Airports airports = new Airports(timeline, Optional.of(Shape.of(Airport.class)));
        for (Relation<String, Airport> each : List.of(airports, airports.all())) {
            assertThat(each.where(Column.text("of_state").eq("CA")).list()).hasSize(1);
            assertThatThrownBy(() -> each.where(Column.text("state").eq("CA")))
                    .isInstanceOf(Invalid.class)
                    .hasMessage(
                            "column of " + each.name() + " is one of iata, of_state (was state)");
            assertThatThrownBy(() -> each.orderBy(Order.ascending("state")))
                    .isInstanceOf(Invalid.class);
        }
    }

    @Test
    void whereColumnsAreNotKnownAnAbsentOneIsNull() {
        Airports airports = new Airports(timeline, Optional.empty());
        assertThat(airports.where(Column.text("state").eq("CA")).list()).isEmpty();
        assertThat(airports.where(Column.text("state").isNull()).list()).hasSize(1);
    }

    private enum Size {
        SMALL
    }

    private sealed interface Either {}

    private record Left(int left) implements Either {}

    private record Right(int right) implements Either {}

    @Test
    void theColumnsOfInstancesAreKnownWhereTheyAreOfOneClass() {
        assertThat(Shape.ofInstances(Type.of(Airport.class), "value"))
                .contains(Shape.of("iata", "of_state"));
        assertThat(Shape.ofInstances(Type.of(String.class), "value")).contains(Shape.of("value"));
        assertThat(Shape.ofInstances(Type.of(Size.class), "value")).contains(Shape.of("value"));
        assertThat(Shape.ofInstances(Type.of(Either.class), "value")).isEmpty();
        assertThat(Shape.ofInstances(Type.of(Left.class), "value")).contains(Shape.of("left"));
        assertThat(Shape.ofInstances(Type.of(Right.class), "value")).contains(Shape.of("right"));
    }
}
