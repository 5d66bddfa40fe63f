package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.Name;
import dev.orrery.core.Type;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * What stored keys and values look like, as a hash: the classes with their components, however
 * deep, under the names they are stored by. // law Q31
 */
final class Schema {
    private final StringBuilder text = new StringBuilder();
    private final Set<Class<?>> seen = new HashSet<>();

    private Schema() {}

    static Bytes of(Type<?>... types) {
        Schema schema = new Schema();
        for (Type<?> type : types) {
            schema.add(type);
            schema.text.append(';');
        }
        return Print.sha256(schema.text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void add(Type<?> type) {
        add(type.raw());
        for (Type<?> argument : type.arguments()) {
            text.append('<');
            add(argument);
            text.append('>');
        }
    }

    private void add(Class<?> type) {
        Name stored = type.getAnnotation(Name.class);
        text.append(stored == null ? type.getSimpleName() : stored.value());
        if (!seen.add(type)) {
            return;
        }
        text.append('{');
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                Name name = component.getAnnotation(Name.class);
                text.append(name == null ? component.getName() : name.value()).append(' ');
                add(component.getGenericType());
                text.append(',');
            }
        } else if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                text.append(((Enum<?>) constant).name()).append(',');
            }
        } else if (type.isSealed()) {
            for (Class<?> member : type.getPermittedSubclasses()) {
                add(member);
                text.append('|');
            }
        }
        text.append('}');
    }

    private void add(java.lang.reflect.Type declared) {
        switch (declared) {
            case Class<?> plain -> add(plain);
            case ParameterizedType parameterized -> {
                add(parameterized.getRawType());
                for (java.lang.reflect.Type argument : parameterized.getActualTypeArguments()) {
                    text.append('<');
                    add(argument);
                    text.append('>');
                }
            }
            case TypeVariable<?> variable -> text.append(variable.getName());
            case WildcardType wildcard -> add(wildcard.getUpperBounds()[0]);
            default -> text.append(declared.getTypeName());
        }
    }
}
