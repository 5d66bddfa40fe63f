package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sealed families: a map of one entry, the member's simple name (or its {@link Name}) and the
 * member's value. Immutable.
 */
final class FamilyMapping extends Mapping {
    private final Map<String, Member> byTag;
    private final Map<Class<?>, Member> byClass;

    private record Member(String tag, Bytes stored, Mapping mapping) {}

    private FamilyMapping(Map<String, Member> byTag, Map<Class<?>, Member> byClass) {
        this.byTag = byTag;
        this.byClass = byClass;
    }

    static FamilyMapping make(Class<?> family) {
        var byTag = new LinkedHashMap<String, Member>();
        var byClass = new LinkedHashMap<Class<?>, Member>();
        var open = new ArrayDeque<Class<?>>();
        open.add(family);
        while (!open.isEmpty()) {
            var type = open.remove();
            if (type.isRecord() || type.isEnum()) {
                var member = member(family, type);
                byClass.put(type, member);
                var twin = byTag.put(member.tag(), member);
                if (twin != null && !byClass.get(type).equals(twin)) {
                    throw new BadDefinition(
                            family.getName(),
                            "has two members named " + member.tag(),
                            "give one of them another @Name");
                }
            } else if (type.isSealed()) {
                for (var permitted : type.getPermittedSubclasses()) {
                    open.add(permitted);
                }
            } else {
                throw new BadDefinition(
                        family.getName(),
                        "has a member that is no record: " + type.getName(),
                        "make it a record, an enum or a sealed family of these");
            }
        }
        return new FamilyMapping(Map.copyOf(byTag), Map.copyOf(byClass));
    }

    private static Member member(Class<?> family, Class<?> type) {
        if (type.getTypeParameters().length > 0) {
            throw new BadDefinition(
                    family.getName(),
                    "has a member with type parameters: " + type.getName(),
                    "give the member's components their types");
        }
        var tag = tag(type);
        return new Member(tag, Bytes.wrap(Cbor.textBytes(tag)), of(Type.of(type)));
    }

    /** The name a record or enum goes by in families. */
    static String tag(Class<?> type) {
        var name = type.getAnnotation(Name.class);
        return name == null ? type.getSimpleName() : name.value();
    }

    private Member member(Object instance) {
        var type =
                instance instanceof Enum<?> constant
                        ? constant.getDeclaringClass()
                        : instance.getClass();
        var member = byClass.get(type);
        if (member == null) {
            throw new Misfit("must be one of " + names(), instance);
        }
        return member;
    }

    private Member tagged(String tag) {
        var member = byTag.get(tag);
        if (member == null) {
            throw new Misfit("must be one of " + names(), tag);
        }
        return member;
    }

    private String names() {
        return String.join(", ", byTag.keySet().stream().sorted().toList());
    }

    @Override
    ValueType valueType() {
        return ValueType.MAP;
    }

    @Override
    Object toValue(Object instance) {
        var member = member(instance);
        @Nullable Object value = member.mapping().toValue(instance);
        return value == null ? Map.of() : Map.of(member.tag(), value);
    }

    @Override
    Object fromValue(Object value) {
        if (!(value instanceof Map<?, ?> map) || map.size() != 1) {
            throw new Misfit("must be a map of one name, of " + names(), value);
        }
        var entry = map.entrySet().iterator().next();
        var member = tagged((String) entry.getKey());
        var fields = entry.getValue();
        if (fields == null) {
            throw new Misfit("must not be null", fields).under(member.tag());
        }
        try {
            return member.mapping().fromValue(fields);
        } catch (Misfit misfit) {
            throw misfit.under(member.tag());
        }
    }

    @Override
    void write(Object instance, CborWriter out) {
        var member = member(instance);
        out.beginMap(1);
        out.raw(member.stored().content());
        member.mapping().write(instance, out);
        out.end();
    }

    @Override
    Object read(CborReader in) {
        if (in.tryBeginMap() != 1) {
            throw new Misfit("must be a map of one name, of " + names(), "something else");
        }
        var member = tagged(in.text());
        try {
            var instance = member.mapping().read(in);
            in.end();
            return instance;
        } catch (Misfit misfit) {
            throw misfit.under(member.tag());
        }
    }

    @Override
    void check(Set<Mapping> seen) {
        if (seen.add(this)) {
            byTag.values().forEach(member -> member.mapping().check(seen));
        }
    }
}
