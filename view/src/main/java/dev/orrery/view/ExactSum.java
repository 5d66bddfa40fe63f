package dev.orrery.view;

import java.math.BigDecimal;

/**
 * A sum of numbers from which any of them can be taken out again without a trace, which binary
 * fractions alone cannot do. Immutable.
 *
 * @param finite the exact sum of the finite ones
 * @param nans how many are no number
 * @param ups how many are positive infinity
 * @param downs how many are negative infinity
 * @param count how many there are
 */
record ExactSum(BigDecimal finite, long nans, long ups, long downs, long count) { // law V7
    static final ExactSum ZERO = new ExactSum(BigDecimal.ZERO, 0, 0, 0, 0);

    ExactSum plus(Number number) {
        return with(number, 1);
    }

    ExactSum minus(Number number) {
        return with(number, -1);
    }

    private ExactSum with(Number number, int times) {
        return switch (number) {
            case Double binary when binary.isNaN() ->
                    new ExactSum(finite, nans + times, ups, downs, count + times);
            case Double binary when binary == Double.POSITIVE_INFINITY ->
                    new ExactSum(finite, nans, ups + times, downs, count + times);
            case Double binary when binary == Double.NEGATIVE_INFINITY ->
                    new ExactSum(finite, nans, ups, downs + times, count + times);
            default -> {
                BigDecimal exact = exact(number);
                BigDecimal sum = times > 0 ? finite.add(exact) : finite.subtract(exact);
                yield new ExactSum(sum, nans, ups, downs, count + times);
            }
        };
    }

    private static BigDecimal exact(Number number) {
        return switch (number) {
            case BigDecimal decimal -> decimal;
            case Double binary -> new BigDecimal(binary);
            default -> BigDecimal.valueOf(number.longValue());
        };
    }

    /** The sum as the nearest binary fraction. */
    double asDouble() {
        if (nans > 0 || (ups > 0 && downs > 0)) {
            return Double.NaN;
        }
        if (ups > 0) {
            return Double.POSITIVE_INFINITY;
        }
        return downs > 0 ? Double.NEGATIVE_INFINITY : finite.doubleValue();
    }
}
