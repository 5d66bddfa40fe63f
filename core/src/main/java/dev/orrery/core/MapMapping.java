package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps; keys other than text become text: whole numbers, dates, instants, and whatever itself maps
 * to text. Immutable.
 */
final class MapMapping extends Mapping {
    private final Mapping key;
    private final Mapping element;

    private MapMapping(Mapping key, Mapping element) {
        this.key = key;
        this.element = element;
    }

    static MapMapping make(Type<?> type) {
        var keyType = type.arguments().isEmpty() ? Type.of(String.class) : type.argument(0);
        var key = of(keyType);
        return switch (key.valueType()) {
            case TEXT, INTEGER, DATE, INSTANT -> new MapMapping(key, of(type.argument(1)));
            default ->
                    throw new BadDefinition(
                            type.toString(),
                            "has keys that are " + key.valueType().text(),
                            "use text, an enum, a whole number, a date or an instant as keys, or a list of records");
        };
    }

    @Override
    ValueType valueType() {
        return ValueType.MAP;
    }

    @Override
    Object toValue(Object instance) {
        var entries = (Map<?, ?>) instance;
        var values = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(entries.size());
        entries.forEach((name, each) -> values.put(keyText(name), element.toValueOrNull(each)));
        return Collections.unmodifiableMap(values);
    }

    private String keyText(Object name) {
        return String.valueOf(key.toValue(name));
    }

    @Override
    Object fromValue(Object value) {
        if (!(value instanceof Map<?, ?> values)) {
            throw new Misfit("must be map", value);
        }
        var entries = LinkedHashMap.<Object, @Nullable Object>newLinkedHashMap(values.size());
        values.forEach((name, each) -> {
            try {
                entries.put(keyOf((String) name), element.fromValueOrNull(each));
            } catch (Misfit misfit) {
                throw misfit.under((String) name);
            }
        });
        return Collections.unmodifiableMap(entries);
    }

    private Object keyOf(String text) {
        try {
            return key.fromValue(
                    switch (key.valueType()) {
                        case INTEGER -> Long.valueOf(text);
                        case DATE -> LocalDate.parse(text);
                        case INSTANT -> Instant.parse(text);
                        default -> text;
                    });
        } catch (NumberFormatException | DateTimeException malformed) {
            throw new Misfit("must be " + key.valueType().text() + " as a key", text);
        }
    }

    @Override
    Object ofAbsent() {
        return Map.of();
    }

    @Override
    void check(Set<Mapping> seen) {
        element.check(seen);
    }
}
