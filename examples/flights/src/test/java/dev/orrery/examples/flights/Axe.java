package dev.orrery.examples.flights;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** axe-core on an open page: what it finds wrong for those who do not see or do not use a mouse. */
final class Axe {
    private Axe() {}

    /** Every finding in one line: the rule, how bad, and where. */
    @SuppressWarnings("unchecked") // a list of strings is what the script answers
    static List<String> findings(Page page) {
        page.browser.executeScript(script());
        return (List<String>)
                page.browser.executeAsyncScript(
                        """
                        const done = arguments[arguments.length - 1];
                        axe.run(document, { resultTypes: ['violations'] }).then(
                          ({ violations }) => done(violations.flatMap(({ id, impact, nodes }) =>
                            nodes.map(({ target, failureSummary }) => `${id} (${impact}) at ${target}: ${failureSummary}`))),
                          error => done([String(error)]));
                        """);
    }

    private static String script() {
        try (InputStream axe = Axe.class.getResourceAsStream("/axe.min.js")) {
            return new String(axe.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
