package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.io.StringWriter;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Rows as JSON and back, every value with its type, as files of graphs have them. A schema in a
 * file is {@code Ontology.from(Json.row(text))}.
 */
public final class Json { // law X1
    private Json() {}

    /**
     * The row that a JSON object says.
     *
     * @throws Invalid when the text is no JSON object, or says a name twice
     */
    @SuppressWarnings("unchecked") // every object's names are text
    public static Row row(String text) {
        if (JsonValues.parse(text) instanceof Map<?, ?> map) {
            return Row.from((Map<String, ?>) map);
        }
        throw new Invalid("the text", "must be a JSON object", text);
    }

    /** A row as a JSON object, names in their order: equal rows are equal texts. */
    public static String text(Row row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out =
                JsonValues.FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            JsonValues.write(out, row.toMap());
        }
        return text.toString();
    }
}
