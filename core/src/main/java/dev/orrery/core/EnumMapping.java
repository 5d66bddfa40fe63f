package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Enums: the constant's name, or its {@link Name}. Immutable. */
final class EnumMapping extends Mapping {
    private final Map<Object, String> names;
    private final Map<String, Object> constants;

    private EnumMapping(Map<Object, String> names, Map<String, Object> constants) {
        this.names = names;
        this.constants = constants;
    }

    static EnumMapping make(Class<?> type) {
        var names = new HashMap<Object, String>();
        var constants = new HashMap<String, Object>();
        for (var constant : type.getEnumConstants()) {
            var name = storedName(type, ((Enum<?>) constant).name());
            names.put(constant, name);
            if (constants.put(name, constant) != null) {
                throw new BadDefinition(
                        type.getName(),
                        "stores two constants as " + name,
                        "give them different @Name");
            }
        }
        return new EnumMapping(Map.copyOf(names), Map.copyOf(constants));
    }

    private static String storedName(Class<?> type, String constant) {
        try {
            var name = type.getField(constant).getAnnotation(Name.class);
            return name == null ? constant : name.value();
        } catch (NoSuchFieldException impossible) {
            throw new IllegalStateException(
                    "law C24: an enum without its constant " + constant, impossible);
        }
    }

    @Override
    ValueType valueType() {
        return ValueType.TEXT;
    }

    @Override
    Object toValue(Object instance) {
        return Objects.requireNonNull(names.get(instance));
    }

    @Override
    Object fromValue(Object value) {
        var constant = value instanceof String name ? constants.get(name) : null;
        if (constant == null) {
            throw new Misfit(
                    "must be one of "
                            + String.join(", ", names.values().stream().sorted().toList()),
                    value);
        }
        return constant;
    }
}
