package dev.orrery.examples.flights;

import dev.orrery.gateway.Gateway;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The console's colours as its style sheet says them, and the contrast between two of them. */
final class Tokens {
    enum Theme {
        LIGHT,
        DARK
    }

    private static final Pattern TOKEN =
            Pattern.compile("--([a-z0-9-]+): light-dark\\(#(\\p{XDigit}{6}), #(\\p{XDigit}{6})\\)");

    private final Map<String, Integer> light = new TreeMap<>();
    private final Map<String, Integer> dark = new TreeMap<>();

    Tokens() {
        Matcher token = TOKEN.matcher(sheet());
        while (token.find()) {
            light.put(token.group(1), Integer.parseInt(token.group(2), 16));
            dark.put(token.group(1), Integer.parseInt(token.group(3), 16));
        }
    }

    private static String sheet() {
        try (InputStream in =
                Gateway.class.getResourceAsStream("/dev/orrery/gateway/web/tokens.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The contrast ratio of WCAG 2, from 1 to 21. */
    double contrast(Theme theme, String one, String other) {
        double first = luminance(colour(theme, one));
        double second = luminance(colour(theme, other));
        return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    }

    private int colour(Theme theme, String name) {
        Integer colour = (theme == Theme.LIGHT ? light : dark).get(name);
        if (colour == null) {
            throw new AssertionError("there is no token --" + name);
        }
        return colour;
    }

    private static double luminance(int colour) {
        return 0.2126 * linear(colour >> 16)
                + 0.7152 * linear(colour >> 8)
                + 0.0722 * linear(colour);
    }

    private static double linear(int channel) {
        double share = (channel & 0xff) / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
}
