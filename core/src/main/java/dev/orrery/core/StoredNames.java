package dev.orrery.core;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A shape's columns as they are stored: the encoded names in their order, and each one's place in
 * the shape. Immutable.
 */
final class StoredNames {
    private final byte[][] names;
    private final int[] places;

    StoredNames(Shape shape) {
        var encoded = shape.columns().stream().map(Cbor::textBytes).toArray(byte[][]::new);
        this.places =
                IntStream.range(0, encoded.length)
                        .boxed()
                        .sorted(
                                Comparator.comparing(
                                        place -> encoded[place], Arrays::compareUnsigned))
                        .mapToInt(Integer::intValue)
                        .toArray();
        this.names = Arrays.stream(places).mapToObj(place -> encoded[place]).toArray(byte[][]::new);
    }

    /** How many there are. */
    int size() {
        return names.length;
    }

    /** The name that is stored at an index, head and all. */
    byte[] name(int index) {
        return names[index];
    }

    /** Where in the shape the name stored at an index is. */
    int place(int index) {
        return places[index];
    }
}
