package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.Column;
import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.core.ValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one property of a type must be, put together from its facts. Whatever the facts are,
 * checking has an answer: a constraint that makes no sense for the value's type holds of nothing.
 * Immutable.
 */
final class PropertyRule {
    private final @Nullable ValueType type;
    private final boolean required;
    private final @Nullable Object defaultValue;
    private final List<Check> checks;

    /** One constraint: what it is called and what it holds of. */
    private interface Check {
        boolean holds(Object value);

        String rule();
    }

    /** From the facts about one property of one type. */
    PropertyRule(Collection<Fact> facts) {
        ValueType found = null;
        boolean mustBe = false;
        boolean needNot = false;
        Object fallback = null;
        List<Check> all = new ArrayList<>();
        List<Object> choices = new ArrayList<>();
        for (Fact fact : facts) {
            switch (fact.aspect()) {
                case PROPERTY -> found = typeOf(fact.value());
                case REQUIRED -> mustBe = true;
                case OPTIONAL -> needNot = true;
                case DEFAULT -> fallback = fact.value();
                case ONE_OF -> choices.add(fact.value());
                case AT_LEAST, AT_MOST, ABOVE, BELOW -> all.add(bound(fact));
                case SHORTEST, LONGEST -> all.add(length(fact));
                case PATTERN -> all.add(pattern(fact));
                default -> {}
            }
        }
        if (!choices.isEmpty()) {
            all.add(oneOf(choices));
        }
        this.type = found;
        this.required = mustBe && !needNot;
        this.defaultValue = fallback;
        this.checks = List.copyOf(all);
    }

    /** The value type of that text; null for any, and for one that is not known. */
    static @Nullable ValueType typeOf(Object text) {
        for (ValueType type : ValueType.values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        return null;
    }

    boolean isRequired() {
        return required && defaultValue == null;
    }

    @Nullable Object defaultValue() {
        return defaultValue;
    }

    @Nullable ValueType type() {
        return type;
    }

    /** The rule a value breaks, or null. */
    @Nullable String brokenBy(@Nullable Object value) {
        if (value == null) {
            return required ? "is required, so it must not be null" : null;
        }
        if (type != null && !type.valueClass().isInstance(value)) {
            return "must be " + type.text();
        }
        for (Check check : checks) {
            if (!check.holds(value)) {
                return check.rule();
            }
        }
        return null;
    }

    private record Rule(String rule, java.util.function.Predicate<Object> test) implements Check {
        @Override
        public boolean holds(Object value) {
            return test.test(value);
        }
    }

    private static Check bound(Fact fact) {
        String word = fact.aspect().text().replace('_', ' ');
        String rule = "must be " + word + " " + fact.value();
        if (!(fact.value() instanceof Number bound)) {
            return new Rule(rule, _ -> false);
        }
        var number = Column.decimal("value");
        var limit = decimal(bound);
        if (limit == null) {
            return new Rule(rule, _ -> false);
        }
        return new Rule(
                rule,
                value -> {
                    Condition condition =
                            switch (fact.aspect()) {
                                case AT_LEAST -> number.ge(limit);
                                case AT_MOST -> number.le(limit);
                                case ABOVE -> number.gt(limit);
                                default -> number.lt(limit);
                            };
                    return value instanceof Number && condition.holds(Row.of("value", value));
                });
    }

    private static java.math.@Nullable BigDecimal decimal(Number number) {
        return (java.math.BigDecimal) ValueType.DECIMAL.normal(number);
    }

    private static Check length(Fact fact) {
        String rule =
                "must have "
                        + (fact.aspect() == Fact.Aspect.SHORTEST ? "at least " : "at most ")
                        + fact.value()
                        + " characters or elements";
        if (!(fact.value() instanceof Long bound)) {
            return new Rule(rule, _ -> false);
        }
        return new Rule(
                rule,
                value -> {
                    long length = length(value);
                    return length >= 0
                            && (fact.aspect() == Fact.Aspect.SHORTEST
                                    ? length >= bound
                                    : length <= bound);
                });
    }

    private static long length(Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case Bytes bytes -> bytes.length();
            case Collection<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            default -> -1;
        };
    }

    private static Check pattern(Fact fact) {
        String rule = "must match " + fact.value();
        try {
            TextPattern pattern = TextPattern.of(String.valueOf(fact.value()));
            return new Rule(rule, value -> value instanceof String text && pattern.matches(text));
        } catch (Invalid unreadable) {
            return new Rule(rule, _ -> false);
        }
    }

    private static Check oneOf(List<Object> choices) {
        Condition condition = Condition.in("value", choices);
        return new Rule(
                "must be one of " + choices,
                value ->
                        choices.contains(value)
                                || (value instanceof Number
                                        && condition.holds(Row.of("value", value))));
    }

    @Override
    public String toString() {
        return String.valueOf(type).toLowerCase(Locale.ROOT) + (required ? ", required" : "");
    }
}
