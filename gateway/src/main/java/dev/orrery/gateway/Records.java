package dev.orrery.gateway;

import dev.orrery.core.Name;
import dev.orrery.core.OrreryException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records as maps, for a wire that is written and never read back, whatever types their components
 * have.
 *
 * <p>A component goes under its name, or its {@link Name}; a member of a sealed family is a map of
 * one entry, from its own name to its components, as in what is stored. Thread-safe: each class is
 * looked at once.
 */
final class Records {
    private final ClassValue<Form> forms =
            new ClassValue<>() {
                @Override
                protected Form computeValue(Class<?> type) {
                    return form(type);
                }
            };

    /** How the records of one class are written. */
    private record Form(List<Part> parts, @Nullable String member) {}

    private record Part(String name, Method accessor) {}

    /** The map of a record's components, not yet converted themselves. */
    Map<String, @Nullable Object> map(Record record) {
        Form form = forms.get(record.getClass());
        Map<String, @Nullable Object> components = new LinkedHashMap<>();
        for (Part part : form.parts()) {
            components.put(part.name(), read(record, part));
        }
        return form.member() == null ? components : singleton(form.member(), components);
    }

    private static Map<String, @Nullable Object> singleton(
            String name, Map<String, @Nullable Object> components) {
        Map<String, @Nullable Object> member = new LinkedHashMap<>();
        member.put(name, components);
        return member;
    }

    private static @Nullable Object read(Record record, Part part) {
        try {
            return part.accessor().invoke(record);
        } catch (ReflectiveOperationException failure) {
            throw new OrreryException.UserFailure(
                    "the accessor " + part.name(), record.getClass().getName(), failure);
        }
    }

    private static Form form(Class<?> type) {
        List<Part> parts = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Name name = component.getAnnotation(Name.class);
            parts.add(
                    new Part(
                            name == null ? component.getName() : name.value(),
                            accessible(type, component)));
        }
        return new Form(List.copyOf(parts), isMember(type) ? name(type) : null);
    }

    private static Method accessible(Class<?> type, RecordComponent component) {
        Method accessor = component.getAccessor();
        if (!accessor.trySetAccessible()) {
            throw new OrreryException.BadDefinition(
                    "record " + type.getName(),
                    "the gateway may not read it",
                    "add to its module: opens "
                            + type.getPackageName()
                            + " to dev.orrery.gateway, dev.orrery.core;");
        }
        return accessor;
    }

    private static boolean isMember(Class<?> type) {
        for (Class<?> family : type.getInterfaces()) {
            if (family.isSealed() || isMember(family)) {
                return true;
            }
        }
        return false;
    }

    private static String name(Class<?> type) {
        Name name = type.getAnnotation(Name.class);
        return name == null ? type.getSimpleName() : name.value();
    }
}
